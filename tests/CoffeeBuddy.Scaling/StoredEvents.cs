using Npgsql;

namespace CoffeeBuddy.Scaling;

/// <summary>Reads the worker's database.</summary>
internal sealed class StoredEvents(string connectionString)
{
    private readonly string _connectionString = $"{connectionString};Pooling=false";

    public async Task<long> UnpublishedAsync(CancellationToken stop) =>
        (await ListAsync("SELECT count(*) FROM outbox WHERE published_at IS NULL", row => row.GetInt64(0), stop))[0];

    /// <summary>The channel and the person of every order.</summary>
    public Task<List<(string Channel, string Person)>> OrdersAsync(CancellationToken stop) =>
        ListAsync(
            "SELECT channel_id, user_id FROM orders JOIN coffee_runs USING (run_id)",
            row => (row.GetString(0), row.GetString(1)),
            stop
        );

    /// <summary>For each run its channel, whether it is completed, and how often a runner was assigned.</summary>
    public Task<List<(string Channel, bool Completed, long Assignments)>> RunsAsync(CancellationToken stop) =>
        ListAsync(
            """
            SELECT channel_id, status = 'completed',
                (SELECT count(*) FROM audit_log a WHERE a.run_id = r.run_id AND event_type = 'runner_assigned')
            FROM coffee_runs r
            """,
            row => (row.GetString(0), row.GetBoolean(1), row.GetInt64(2)),
            stop
        );

    private async Task<List<T>> ListAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken stop)
    {
        await using var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync(stop);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(stop);
        var rows = new List<T>();
        while (await reader.ReadAsync(stop))
            rows.Add(read(reader));
        return rows;
    }
}
