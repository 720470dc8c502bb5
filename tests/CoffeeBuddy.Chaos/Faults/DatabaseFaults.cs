using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Sandbox.Parts;
using Npgsql;

namespace CoffeeBuddy.Chaos.Faults;

/// <summary>What happens to PostgreSQL: stopped in every way, restarted, its connections cut, slow.</summary>
internal sealed class DatabaseFaults(SandboxHost sandbox)
{
    private NpgsqlConnection? _blocker;

    public IEnumerable<Fault> All() =>
    [
        new("PostgreSQL stopped, fast", Target.Database, 3, _ => sandbox.Postgres.StopAsync(PostgresStop.Fast), StartAsync),
        new("PostgreSQL stopped, immediate", Target.Database, 3, _ => sandbox.Postgres.StopAsync(PostgresStop.Immediate), StartAsync),
        new("PostgreSQL killed", Target.Database, 1, _ => sandbox.Postgres.KillAsync(), StartAsync),
        new("PostgreSQL restarted", Target.Database, 2, _ => sandbox.Postgres.RestartAsync(PostgresStop.Fast), StartAsync, 0, 0),
        new("PostgreSQL's connections cut", Target.Database, 4, _ => CutAsync(), () => Task.CompletedTask, 0, 0),
        new("PostgreSQL slow", Target.Database, 3, _ => BlockAsync(), UnblockAsync, 0.5, 4),
    ];

    private Task StartAsync() => sandbox.Postgres.IsRunning ? Task.CompletedTask : sandbox.Postgres.RestartAsync();

    private async Task CutAsync()
    {
        await using var connection = await OpenAsync();
        await using var command = new NpgsqlCommand("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'coffeebuddy'", connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Whatever touches a run waits for a lock, as for a disk that does not answer.</summary>
    private async Task BlockAsync()
    {
        _blocker = await OpenAsync();
        await using var command = new NpgsqlCommand("BEGIN; LOCK TABLE coffee_runs IN ACCESS EXCLUSIVE MODE", _blocker);
        await command.ExecuteNonQueryAsync();
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
