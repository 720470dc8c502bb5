using CoffeeBuddy.Sandbox.Workers;
using Npgsql;

namespace FunctionsHost.Conformance.Support;

/// <summary>Looks into the worker's database, and disturbs it.</summary>
public sealed class Database(string connectionString) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(connectionString + ";Maximum Pool Size=5");

    /// <summary>The first column of the first row. Parameters are $1, $2 and so on.</summary>
    public async Task<T> OneAsync<T>(string sql, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    public async Task ExecuteAsync(string sql, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Gives a table another name until the result is disposed of: statements that use it fail.</summary>
    public async Task<IAsyncDisposable> HideAsync(string table)
    {
        await ExecuteAsync($"ALTER TABLE {table} RENAME TO {table}_hidden");
        return new AtEnd(async () =>
        {
            await using var command = Command($"ALTER TABLE {table}_hidden RENAME TO {table}", []);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        });
    }

    /// <summary>Locks a table until the result is disposed of: statements that use it wait.</summary>
    public async Task<IAsyncDisposable> LockAsync(string table)
    {
        var connection = await _source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand($"BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE", connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        // Closing a connection rolls its transaction back.
        return new AtEnd(() => connection.DisposeAsync());
    }

    /// <summary>Waits until a statement of the worker waits for a lock.</summary>
    public Task StatementWaitsAsync() =>
        Eventually.TrueAsync(
            async () =>
                await OneAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") > 0,
            "a statement waits for a lock"
        );

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private NpgsqlCommand Command(string sql, object[] parameters)
    {
        var command = _source.CreateCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        return command;
    }

    private sealed class AtEnd(Func<ValueTask> end) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => end();
    }
}
