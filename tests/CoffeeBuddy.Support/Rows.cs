using System.Data;
using Dapper;
using Npgsql;

namespace CoffeeBuddy.Support;

/// <summary>Reads and changes the worker's database.</summary>
public sealed class Rows(string connectionString) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(connectionString);

    public Task<T> GetAsync<T>(string sql, object? parameters = null) =>
        WithConnectionAsync(async connection => (await connection.QuerySingleAsync<T>(sql, parameters))!);

    public Task<IReadOnlyList<T>> ListAsync<T>(string sql, object? parameters = null) =>
        WithConnectionAsync<IReadOnlyList<T>>(async connection =>
            (await connection.QueryAsync<T>(sql, parameters)).AsList()
        );

    public Task<long> CountAsync(string fromWhere, object? parameters = null) =>
        GetAsync<long>($"SELECT count(*) FROM {fromWhere}", parameters);

    public Task ExecuteAsync(string sql, object? parameters = null) =>
        WithConnectionAsync(connection => connection.ExecuteAsync(sql, parameters));

    /// <summary>For every table, the number of rows and a digest of their content.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ContentAsync()
    {
        var tables = await ListAsync<string>("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1");
        var contents = string.Join(
            " UNION ALL ",
            tables.Select(table =>
                $"SELECT '{table}' AS name, count(*) || ' rows, ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') AS content FROM \"{table}\" t {(table == "audit_log" ? "WHERE event_type <> 'access_refused'" : "")}"
            )
        );
        return (await ListAsync<(string Name, string Content)>(contents)).ToDictionary(
            table => table.Name,
            table => table.Content
        );
    }

    /// <summary>Stores this person as the runner.</summary>
    public Task AssignAsync(string runId, string userId) =>
        ExecuteAsync(
            "UPDATE coffee_runs SET runner_user_id = @userId, assigned_at = created_at WHERE run_id = @runId::uuid",
            new { runId, userId }
        );

    /// <summary>The types of the run's events in the outbox, in order.</summary>
    public Task<IReadOnlyList<string>> EventsAsync(string runId) =>
        ListAsync<string>("SELECT event_type FROM outbox WHERE message_key = @runId ORDER BY outbox_id", new { runId });

    /// <summary>Locks a run's row, so that changes of it wait until the result is disposed of.</summary>
    public async Task<HeldRun> HoldRunAsync(string runId)
    {
        var connection = await _source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await connection.ExecuteAsync(
            "BEGIN; SELECT FROM coffee_runs WHERE run_id = @runId::uuid FOR UPDATE",
            new { runId }
        );
        return new(connection);
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    /// <summary>Some tests stop the server, which breaks the connections of the pool: then once more with a new one.</summary>
    private async Task<T> WithConnectionAsync<T>(Func<NpgsqlConnection, Task<T>> use)
    {
        for (var isRepeated = false; ; isRepeated = true)
        {
            await using var connection = await _source.OpenConnectionAsync(TestContext.Current.CancellationToken);
            try
            {
                return await use(connection);
            }
            catch (NpgsqlException) when (connection.State != ConnectionState.Open && !isRepeated)
            {
                _source.Clear();
            }
        }
    }
}

/// <summary>A lock on a run's row.</summary>
public sealed class HeldRun(NpgsqlConnection connection) : IAsyncDisposable
{
    /// <summary>Whether a change waits for the lock.</summary>
    public Task<bool> IsWaitedForAsync() =>
        connection.ExecuteScalarAsync<bool>(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
        );

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
