using Npgsql;

namespace CoffeeBuddy.Chaos.Record;

/// <summary>Reads the worker's database.</summary>
internal sealed class StoredState(string connectionString)
{
    private readonly string _connectionString = connectionString + ";Pooling=false;Application Name=chaos";

    public Task<List<Run>> RunsAsync() =>
        ListAsync(
            """
            SELECT run_id, channel_id, initiator_user_id, runner_user_id, status::text, created_at, deadline_at, assigned_at, empty_since,
                reminder_sent_at, coalesce(completed_at, cancelled_at), closed_by_user_id, version,
                reminders_sent::int
            FROM coffee_runs ORDER BY created_at
            """,
            row => new Run(
                row.GetGuid(0),
                row.GetString(1),
                row.GetString(2),
                Text(row, 3),
                row.GetString(4),
                row.GetDateTime(5),
                Time(row, 6),
                Time(row, 7),
                Time(row, 8),
                Time(row, 9),
                Time(row, 10),
                Text(row, 11),
                row.GetInt32(12),
                row.GetInt32(13)
            )
        );

    public Task<List<StoredOrder>> OrdersAsync() =>
        ListAsync(
            "SELECT run_id, user_id, drink_type, size, created_at FROM orders",
            row => new StoredOrder(
                row.GetGuid(0),
                row.GetString(1),
                row.GetString(2),
                row.GetString(3),
                row.GetDateTime(4)
            )
        );

    public Task<List<AuditRow>> AuditAsync() =>
        ListAsync(
            """
            SELECT a.event_type, a.user_id, a.run_id, a.payload->'drink'->>'drink_type', a.payload->'drink'->>'size', a.payload->>'runner_user_id', a."timestamp", o.outbox_id
            FROM audit_log a
            LEFT JOIN outbox o ON o.created_at = a."timestamp" AND o.event_type = 'coffee.' || replace(a.event_type, '_', '.')
                AND o.data::jsonb->>'run_id' = a.run_id::text AND o.data::jsonb->>'user_id' = a.user_id
            ORDER BY o.outbox_id, a."timestamp", a.log_id
            """,
            row => new AuditRow(
                row.GetString(0),
                Text(row, 1),
                row.IsDBNull(2) ? null : row.GetGuid(2),
                Text(row, 3),
                Text(row, 4),
                Text(row, 5),
                row.GetDateTime(6),
                row.IsDBNull(7) ? null : row.GetInt64(7)
            )
        );

    /// <summary>Number of audit rows by type.</summary>
    public async Task<Dictionary<string, long>> AuditedAsync() =>
        (
            await ListAsync(
                "SELECT event_type, count(*) FROM audit_log GROUP BY event_type",
                row => (row.GetString(0), row.GetInt64(1))
            )
        ).ToDictionary();

    public Task<List<LedgerRow>> LedgerAsync() =>
        ListAsync(
            "SELECT run_id, kind, recipient, channel_id, ts, shown_version, error, claimed_until IS NOT NULL FROM slack_messages",
            row => new LedgerRow(
                row.GetGuid(0),
                row.GetString(1),
                row.GetString(2),
                Text(row, 3),
                Text(row, 4),
                row.GetInt64(5),
                Text(row, 6),
                row.GetBoolean(7)
            )
        );

    public Task<List<StoredPlan>> PlannedAsync() =>
        ListAsync(
            "SELECT run_id, initiator_user_id, status, starts_at FROM planned_runs",
            row => new StoredPlan(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetDateTime(3))
        );

    public Task<List<OutboxRow>> OutboxAsync() =>
        ListAsync(
            // Without an order's id it is no change: a sweep has queued it for its confirmation.
            """
            SELECT event_id, outbox_id, topic, event_type, data::jsonb->>'run_id',
                CASE WHEN event_type NOT LIKE 'coffee.order.%' OR data::jsonb->>'order_id' IS NOT NULL THEN data::jsonb->>'user_id' END,
                published_at IS NOT NULL
            FROM outbox ORDER BY outbox_id
            """,
            row => new OutboxRow(
                row.GetGuid(0),
                row.GetInt64(1),
                row.GetString(2),
                row.GetString(3),
                Guid.TryParse(Text(row, 4), out var run) ? run : null,
                Text(row, 5),
                row.GetBoolean(6)
            )
        );

    public async Task<Dictionary<string, bool>> ProcessedAsync() =>
        (
            await ListAsync(
                "SELECT event_id, done_at IS NOT NULL FROM processed_events",
                row => (row.GetString(0), row.GetBoolean(1))
            )
        ).ToDictionary();

    public async Task<Dictionary<string, long>> PreferencesAsync() =>
        (
            await ListAsync(
                "SELECT user_id, sum(order_count) FROM user_preferences GROUP BY user_id",
                row => (row.GetString(0), row.GetInt64(1))
            )
        ).ToDictionary();

    public async Task<DateTime> NowAsync() => (await ListAsync("SELECT now()", row => row.GetDateTime(0)))[0];

    /// <summary>The workers' connections by client port, and whether they are in use.</summary>
    public async Task<Dictionary<int, bool>> ConnectionsAsync() =>
        (
            await ListAsync(
                "SELECT client_port, state <> 'idle' FROM pg_stat_activity WHERE application_name = 'coffeebuddy' AND client_port > 0 AND state IS NOT NULL",
                row => (row.GetInt32(0), row.GetBoolean(1))
            )
        ).ToDictionary();

    /// <summary>Remaining work by kind. All numbers are 0 when all work is done.</summary>
    public async Task<Dictionary<string, long>> UnderWayAsync(TimeSpan grace) =>
        (
            await ListAsync(
                """
                SELECT 'events not published', count(*) FROM outbox WHERE published_at IS NULL
                UNION ALL
                SELECT 'requests not finished', count(*) FROM processed_events WHERE done_at IS NULL AND event_id NOT LIKE 'request:%'
                UNION ALL
                SELECT 'messages claimed', count(*) FROM slack_messages WHERE claimed_until > now() AND error IS NULL
                UNION ALL
                SELECT 'messages behind', count(*) FROM slack_messages m JOIN coffee_runs r USING (run_id)
                WHERE m.error IS NULL AND (m.kind IN ('announcement', 'summary', 'runner_dm') AND m.shown_version < r.version AND (m.ts IS NOT NULL OR r.status = 'active')
                    OR m.kind IN ('reminder', 'reminder_2', 'reminder_3', 'reminder_4', 'back') AND r.status <> 'active' AND m.ts IS NOT NULL AND m.shown_version < r.version
                    OR m.kind IN ('announcement', 'completion', 'runner_dm') AND m.ts IS NULL)
                UNION ALL
                SELECT 'runs without runner', count(*) FROM coffee_runs r
                WHERE status = 'active' AND runner_user_id IS NULL
                UNION ALL
                SELECT 'runners not reminded', count(*) FROM coffee_runs WHERE status = 'active' AND runner_user_id IS NOT NULL AND reminder_sent_at IS NULL
                UNION ALL
                SELECT 'planned runs', count(*) FROM planned_runs
                -- A command that arrives late can mean the same time of tomorrow.
                WHERE (status = 'planned' AND starts_at < now() + interval '10 minutes')
                    OR (status = 'dropped' AND told_at IS NULL)
                UNION ALL
                SELECT 'changes just made', count(*) FROM coffee_runs WHERE changed_at > now() - $1
                """,
                row => (row.GetString(0), row.GetInt64(1)),
                grace
            )
        ).ToDictionary();

    private async Task<List<T>> ListAsync<T>(string sql, Func<NpgsqlDataReader, T> read, params object[] parameters)
    {
        await using var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
            rows.Add(read(reader));
        return rows;
    }

    private static string? Text(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTime? Time(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetDateTime(column);
}
