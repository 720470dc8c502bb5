using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Inbox;
using Dapper;
using Npgsql;

namespace CoffeeBuddy.Data.Sweeps;

public sealed partial class SweepStore
{
    private const int RowsPerBatch = 1000;
    private const int BatchesPerSweep = 100;
    private static readonly TimeSpan DeliveryRetention = TimeSpan.FromDays(1);

    /// <summary>Longer than the statistics look back.</summary>
    private static readonly TimeSpan SurveyRetention = TimeSpan.FromDays(90);

    /// <summary>
    /// Deletes audit rows older than the retention, in batches. The function deletes none that is younger than 90 days;
    /// the worker may call it, and may not delete rows itself.
    /// </summary>
    /// <returns>How many were deleted.</returns>
    public Task<int> DeleteOldAuditAsync(CancellationToken ct) =>
        InBatchesAsync(
            TimeSpan.FromDays(_options.AuditRetentionDays),
            (connection, command) => connection.ExecuteScalarAsync<int>(command),
            "SELECT delete_old_audit(@before, @rows)",
            ct
        );

    /// <summary>Deletes handled events, published events and idempotency keys older than a day, and answers to surveys older
    /// than 90.</summary>
    /// <returns>How many rows were deleted.</returns>
    public async Task<int> DeleteExpiredAsync(CancellationToken ct)
    {
        var events = await DeleteAsync(
            """
            DELETE FROM processed_events WHERE event_id IN (
                SELECT event_id FROM processed_events WHERE claimed_until < @before ORDER BY claimed_until LIMIT @rows FOR UPDATE SKIP LOCKED)
            """,
            ProcessedEvents.Memory,
            ct
        );
        var published = await DeleteAsync(
            """
            DELETE FROM outbox WHERE outbox_id IN (
                SELECT outbox_id FROM outbox WHERE published_at < @before ORDER BY published_at LIMIT @rows FOR UPDATE SKIP LOCKED)
            """,
            DeliveryRetention,
            ct
        );
        var keys = await DeleteAsync(
            """
            DELETE FROM idempotency_keys WHERE (caller, key) IN (
                SELECT caller, key FROM idempotency_keys WHERE created_at < @before ORDER BY created_at LIMIT @rows FOR UPDATE SKIP LOCKED)
            """,
            DeliveryRetention,
            ct
        );
        var answers = await DeleteAsync(
            """
            DELETE FROM survey_answers WHERE ctid = ANY(ARRAY(
                SELECT ctid FROM survey_answers WHERE answered_at < @before ORDER BY answered_at LIMIT @rows FOR UPDATE SKIP LOCKED))
            """,
            SurveyRetention,
            ct
        );
        return events + published + keys + answers;
    }

    private Task<int> DeleteAsync(string sql, TimeSpan olderThan, CancellationToken ct) =>
        InBatchesAsync(olderThan, (connection, command) => connection.ExecuteAsync(command), sql, ct);

    // Each batch is a short transaction of its own. The next sweep deletes the rows beyond the last batch.
    private async Task<int> InBatchesAsync(
        TimeSpan olderThan,
        Func<NpgsqlConnection, CommandDefinition, Task<int>> delete,
        string sql,
        CancellationToken ct
    )
    {
        var parameters = new { before = time.Now() - olderThan, rows = RowsPerBatch };
        var deleted = 0;
        for (var batch = 0; batch < BatchesPerSweep; batch++)
        {
            var rows = await database.RunAsync(
                (connection, token) => delete(connection, Command(sql, parameters, token)),
                ct
            );
            deleted += rows;
            if (rows < RowsPerBatch)
                break;
        }
        return deleted;
    }
}
