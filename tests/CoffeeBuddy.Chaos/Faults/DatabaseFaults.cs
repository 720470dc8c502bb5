using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Sandbox.Postgres;
using Npgsql;

namespace CoffeeBuddy.Chaos.Faults;

/// <summary>Faults of PostgreSQL: stopped in each mode, killed, restarted, connections closed, slow.</summary>
internal sealed class DatabaseFaults(SandboxHost sandbox)
{
    private NpgsqlConnection? _blocker;

    public IEnumerable<Fault> All() =>
        [
            Stopped("PostgreSQL stopped, fast", () => sandbox.Postgres.StopAsync(PostgresStop.Fast)),
            Stopped("PostgreSQL stopped, immediate", () => sandbox.Postgres.StopAsync(PostgresStop.Immediate)),
            Stopped("PostgreSQL killed", sandbox.Postgres.KillAsync),
            Stopped("PostgreSQL restarted", () => sandbox.Postgres.RestartAsync(PostgresStop.Fast), 0, 0),
            new("PostgreSQL connections closed", Target.Database, _ => CutAsync(), () => Task.CompletedTask, 0, 0),
            new("PostgreSQL slow", Target.Database, _ => BlockAsync(), UnblockAsync, 0.5, 3),
        ];

    private Fault Stopped(string kind, Func<Task> stop, double from = 0.5, double to = 2.5) =>
        new(
            kind,
            Target.Database,
            async _ =>
            {
                var ran = sandbox.Postgres.IsRunning;
                await stop();
                return ran;
            },
            StartAsync,
            from,
            to
        );

    private Task StartAsync() => sandbox.Postgres.IsRunning ? Task.CompletedTask : sandbox.Postgres.RestartAsync();

    private async Task<bool> CutAsync()
    {
        await using var connection = await OpenAsync();
        await using var command = new NpgsqlCommand(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'coffeebuddy'",
            connection
        );
        return await command.ExecuteScalarAsync() is > 0L;
    }

    /// <summary>Locks the table of runs: every statement that uses it waits, as with a slow disk.</summary>
    private async Task<bool> BlockAsync()
    {
        _blocker = await OpenAsync();
        await using var command = new NpgsqlCommand("BEGIN; LOCK TABLE coffee_runs IN ACCESS EXCLUSIVE MODE", _blocker);
        await command.ExecuteNonQueryAsync();
        return true;
    }

    private async Task UnblockAsync()
    {
        if (_blocker is not null)
            await _blocker.DisposeAsync();
        _blocker = null;
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(sandbox.ConnectionString + ";Pooling=false;Application Name=chaos");
        await connection.OpenAsync();
        return connection;
    }
}
