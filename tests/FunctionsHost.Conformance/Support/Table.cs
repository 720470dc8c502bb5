using Npgsql;

namespace FunctionsHost.Conformance.Support;

/// <summary>A table of the worker's database that a test takes away for a moment.</summary>
public sealed class Table(HostedOffice office, string name)
{
    /// <summary>Gives the table another name until the result is disposed of: statements that use it fail.</summary>
    public async Task<IAsyncDisposable> HideAsync()
    {
        await office.Rows.ExecuteAsync($"ALTER TABLE {name} RENAME TO {name}_hidden");
        return new AtEnd(async () => await office.Rows.ExecuteAsync($"ALTER TABLE {name}_hidden RENAME TO {name}"));
    }

    /// <summary>Locks the table until the result is disposed of: statements that use it wait.</summary>
    public async Task<IAsyncDisposable> LockAsync()
    {
        var connection = new NpgsqlConnection(office.Sandbox.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand($"BEGIN; LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE", connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        // Closing a connection rolls its transaction back.
        return new AtEnd(() => connection.DisposeAsync());
    }

    /// <summary>Waits until a statement waits for the locked table.</summary>
    public Task StatementWaitsAsync() =>
        Eventually.TrueAsync(
            async () =>
                await office.Rows.CountAsync("pg_locks WHERE NOT granted AND relation = @name::regclass", new { name })
                > 0,
            $"a statement waits for {name}"
        );

    private sealed class AtEnd(Func<ValueTask> end) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => end();
    }
}
