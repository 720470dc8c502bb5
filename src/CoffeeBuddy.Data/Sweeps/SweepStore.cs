using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Data.Outbox;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Data.Users;
using Dapper;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CoffeeBuddy.Data.Sweeps;

/// <summary>
/// The changes that become due with time. Sweeps can run in several workers at once: rows that another sweep has locked
/// are skipped, and the selected rows are marked in the same transaction.
/// </summary>
public sealed partial class SweepStore(Database database, TimeProvider time, IOptions<CoffeeOptions> options)
{
    private readonly CoffeeOptions _options = options.Value;

    /// <summary>Active runs whose runner is to be assigned now, the most overdue first.</summary>
    public Task<IReadOnlyList<(Guid RunId, string WorkspaceId)>> RunsDueForAssignmentAsync(
        int limit,
        CancellationToken ct
    ) =>
        database.RunAsync<IReadOnlyList<(Guid, string)>>(
            async (connection, token) =>
            {
                const string Sql = """
                    SELECT r.run_id, r.workspace_id FROM coffee_runs r
                    WHERE r.status = 'active' AND r.runner_user_id IS NULL AND r.deadline_at IS NOT NULL AND r.undecided_since IS NULL
                      AND (r.deadline_at <= @now OR r.order_window IS NULL AND (SELECT count(DISTINCT o.user_id) FROM all_orders o WHERE o.run_id = r.run_id) >= @enoughOrders)
                    ORDER BY r.deadline_at LIMIT @limit
                    """;
                var due = await connection.QueryAsync<(Guid, string)>(
                    Command(
                        Sql,
                        new
                        {
                            now = time.Now(),
                            enoughOrders = AssignmentRules.EnoughOrders(_options),
                            limit,
                        },
                        token
                    )
                );
                return due.AsList();
            },
            ct
        );

    // When the next reminder of a run r is due: not before the runner's quiet hours end.
    private const string ReminderDueAt = $"""
        CASE WHEN r.assigned_at IS NOT NULL THEN greatest(
            CASE WHEN r.reminder_sent_at IS NULL THEN r.assigned_at + {SettingsStore.ReminderDelay}
                ELSE coalesce(r.snoozed_until, r.reminder_sent_at + @reminderInterval) END,
            r.reminder_not_before) END
        """;

    // A queued reminder is told from a sent one by its time.
    private const string QueueReminder = "greatest(@now, r.reminder_sent_at + INTERVAL '1 microsecond')";

    /// <summary>
    /// Queues the reminders that are due, each once. <see cref="RequeueLaggingAsync"/> queues those whose event was
    /// lost.
    /// </summary>
    public Task<IReadOnlyList<OutboxEvent>> QueueDueRemindersAsync(int limit, CancellationToken ct) =>
        database.TransactAsync(
            async (connection, _, token) =>
            {
                const string Sql = $"""
                    WITH due AS (
                        SELECT r.run_id FROM coffee_runs r
                        WHERE r.status = 'active' AND {ReminderDueAt} <= @now AND {RunRow.CountReminders} < @mostReminders
                          AND coalesce(r.reminder_queued_at <= r.reminder_sent_at, r.reminder_queued_at IS NULL)
                          AND NOT EXISTS (
                            SELECT FROM slack_messages m
                            WHERE m.run_id = r.run_id AND m.kind IN ({MessageKinds.RemindersSql}) AND m.recipient = r.runner_user_id
                              AND m.error IS NOT NULL)
                        ORDER BY r.assigned_at LIMIT @limit
                        FOR NO KEY UPDATE SKIP LOCKED
                    )
                    UPDATE coffee_runs r SET reminder_queued_at = {QueueReminder} FROM due WHERE due.run_id = r.run_id
                    RETURNING {RunRow.Columns}
                    """;
                var now = time.Now();
                var parameters = new
                {
                    now,
                    reminderDelay = _options.ReminderDelay,
                    reminderInterval = _options.ReminderInterval,
                    mostReminders = RunRules.MaxReminders,
                    limit,
                };
                var due = await connection.QueryAsync<RunRow>(Command(Sql, parameters, token));
                var writer = new ChangeWriter(now);
                foreach (var run in due.Select(row => row.ToRun()).OrderBy(run => run.AssignedAt))
                    writer.Event(EventTypes.ReminderDue, EventData.Of(run));
                return await WriteAsync(connection, writer, token);
            },
            ct
        );

    /// <summary>Cancels the runs that have had no order for <see cref="CoffeeOptions.EmptyRunTimeout"/>.</summary>
    public Task<IReadOnlyList<OutboxEvent>> CancelEmptyRunsAsync(int limit, CancellationToken ct) =>
        CloseAsync(
            """
            UPDATE coffee_runs r SET status = 'cancelled', cancelled_at = @now, version = r.version + 1, changed_at = @now
            WHERE r.run_id IN (
                SELECT e.run_id FROM coffee_runs e
                WHERE e.status = 'active' AND e.runner_user_id IS NULL AND e.empty_since <= @before
                ORDER BY e.empty_since LIMIT @limit
                FOR NO KEY UPDATE SKIP LOCKED)
            """,
            _options.EmptyRunTimeout,
            limit,
            (AuditTypes.RunCancelled, EventTypes.RunCancelled, CloseReasons.NobodyOrdered),
            ct
        );

    /// <summary>
    /// Cancels the runs for which nobody could go for <see cref="CoffeeOptions.ForgottenRunTimeout"/>, so that the
    /// channel can have the next run.
    /// </summary>
    public Task<IReadOnlyList<OutboxEvent>> CancelUndecidedRunsAsync(int limit, CancellationToken ct) =>
        CloseAsync(
            """
            UPDATE coffee_runs r SET status = 'cancelled', cancelled_at = @now, version = r.version + 1, changed_at = @now
            WHERE r.run_id IN (
                SELECT u.run_id FROM coffee_runs u
                WHERE u.status = 'active' AND u.runner_user_id IS NULL AND u.undecided_since <= @before
                ORDER BY u.undecided_since LIMIT @limit
                FOR NO KEY UPDATE SKIP LOCKED)
            """,
            _options.ForgottenRunTimeout,
            limit,
            (AuditTypes.RunCancelled, EventTypes.RunCancelled, CloseReasons.NobodyCanGo),
            ct
        );

    /// <summary>
    /// Completes the runs whose assignment is <see cref="CoffeeOptions.ForgottenRunTimeout"/> ago, so that the channel
    /// can have the next run.
    /// </summary>
    public Task<IReadOnlyList<OutboxEvent>> CompleteForgottenRunsAsync(int limit, CancellationToken ct) =>
        CloseAsync(
            """
            UPDATE coffee_runs r SET status = 'completed', completed_at = @now, version = r.version + 1, changed_at = @now
            WHERE r.run_id IN (
                SELECT f.run_id FROM coffee_runs f
                WHERE f.status = 'active' AND f.assigned_at <= @before
                ORDER BY f.assigned_at LIMIT @limit
                FOR NO KEY UPDATE SKIP LOCKED)
            """,
            _options.ForgottenRunTimeout,
            limit,
            (AuditTypes.RunCompleted, EventTypes.RunCompleted, CloseReasons.Forgotten),
            ct
        );

    private Task<IReadOnlyList<OutboxEvent>> CloseAsync(
        string update,
        TimeSpan after,
        int limit,
        (string Audit, string Event, string Reason) what,
        CancellationToken ct
    ) =>
        database.TransactAsync(
            async (connection, _, token) =>
            {
                var now = time.Now();
                var closed = await connection.QueryAsync<RunRow>(
                    Command(
                        $"{update} RETURNING {RunRow.Columns}",
                        new
                        {
                            now,
                            before = now - after,
                            limit,
                        },
                        token
                    )
                );
                var writer = new ChangeWriter(now);
                foreach (var run in closed.Select(row => row.ToRun()))
                {
                    writer
                        .Audit(what.Audit, run.RunId, userId: null, AuditPayload.Of(run) with { Reason = what.Reason })
                        .Event(what.Event, EventData.Of(run));
                }
                return await WriteAsync(connection, writer, token);
            },
            ct
        );

    private static async Task<IReadOnlyList<OutboxEvent>> WriteAsync(
        NpgsqlConnection connection,
        ChangeWriter writer,
        CancellationToken ct
    )
    {
        if (writer.IsEmpty)
            return [];
        await using var results = await connection.QueryMultipleAsync(
            Command(ChangeWriter.Sql, writer.With(new { }), ct)
        );
        return await writer.WrittenAsync(results);
    }

    private static CommandDefinition Command(string sql, object parameters, CancellationToken ct) =>
        new(sql, parameters, cancellationToken: ct);
}
