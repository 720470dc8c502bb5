using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Data.Outbox;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Data.Users;
using Dapper;

namespace CoffeeBuddy.Data.Sweeps;

public sealed partial class SweepStore
{
    private static readonly TimeSpan ReconcileEvery = TimeSpan.FromMinutes(1);

    // Messages about a run that was closed more than a day ago are no longer useful.
    private static readonly TimeSpan ReconcileClosedFor = TimeSpan.FromDays(1);

    // The version of an order's confirmation: .NET's ticks of its time.
    internal const string OrderVersion = "(extract(epoch FROM o.created_at) * 10000000)::bigint + 621355968000000000";

    /// <summary>
    /// Finds runs whose Slack messages lag behind the database, because an event was lost or a backup was restored, and
    /// queues the missing events again, at most once a minute per run. Messages that Slack refused permanently are
    /// ignored.
    /// </summary>
    /// <param name="olderThan">How long a change may take to reach Slack before it counts as lagging.</param>
    public Task<IReadOnlyList<OutboxEvent>> RequeueLaggingAsync(int limit, TimeSpan olderThan, CancellationToken ct) =>
        database.TransactAsync(
            async (connection, _, token) =>
            {
                // "missing": not posted, not refused and not claimed by a worker. "behind": posted, but shows an older
                // version.
                const string Sql = $"""
                    WITH seen AS (
                        SELECT r.run_id, r.status, r.version, r.runner_user_id, r.undecided_since, r.deadline_at, r.assigned_at,
                            {ReminderDueAt} AS reminder_due_at, {RunRow.CountReminders} AS reminders_sent,
                            announcement.ts IS NOT NULL AS announced,
                            announcement.error IS NOT NULL AS unpostable,
                            announcement.ts IS NULL AND announcement.error IS NULL AND coalesce(announcement.claimed_until <= @now, TRUE) AS announcement_missing,
                            assignment.ts IS NULL AND assignment.error IS NULL AND coalesce(assignment.claimed_until <= @now, TRUE) AS assignment_missing,
                            runner_dm.ts IS NULL AND runner_dm.error IS NULL AND coalesce(runner_dm.claimed_until <= @now, TRUE) AS runner_dm_missing,
                            -- Messages to those who are not the runner any more.
                            EXISTS (
                                SELECT FROM slack_messages m
                                WHERE m.run_id = r.run_id AND m.kind IN ('{MessageKinds.RunnerDm}', {MessageKinds.RemindersSql}) AND m.recipient IS DISTINCT FROM r.runner_user_id
                                  AND m.ts IS NOT NULL AND m.error IS NULL AND m.shown_version < r.runner_version AND coalesce(m.claimed_until <= @now, TRUE)
                            ) AS earlier_behind,
                            decision.ts IS NULL AND decision.error IS NULL AND coalesce(decision.claimed_until <= @now, TRUE)
                                AND EXISTS (SELECT FROM all_orders o WHERE o.run_id = r.run_id) AS decision_missing,
                            EXISTS (
                                SELECT FROM take_over_requests q
                                LEFT JOIN slack_messages asked ON asked.run_id = q.run_id AND asked.kind = '{MessageKinds.TakeOver}' AND asked.recipient = q.user_id
                                WHERE q.run_id = r.run_id AND asked.error IS NULL AND coalesce(asked.claimed_until <= @now, TRUE)
                                  AND CASE WHEN asked.ts IS NULL THEN q.answer IS NULL ELSE asked.shown_version < q.version END
                            ) AS request_behind,
                            completion.ts IS NULL AND completion.error IS NULL AND coalesce(completion.claimed_until <= @now, TRUE) AS completion_missing,
                            NOT EXISTS (
                                SELECT FROM slack_messages m
                                WHERE m.run_id = r.run_id AND m.kind IN ({MessageKinds.RemindersSql}) AND m.recipient = r.runner_user_id
                                  AND (m.error IS NOT NULL OR m.claimed_until > @now)
                            ) AS reminder_possible,
                            r.back_at IS NOT NULL AND r.left_at >= r.assigned_at AND back.error IS NULL AND coalesce(back.claimed_until <= @now, TRUE)
                                AND coalesce(back.shown_version, 0) < 1 + (
                                    SELECT count(DISTINCT o.user_id) FROM all_orders o
                                    WHERE o.run_id = r.run_id AND o.collected_at IS NOT NULL AND o.user_id <> r.runner_user_id) AS back_behind,
                            summary.ts IS NULL AND summary.error IS NULL AND coalesce(summary.claimed_until <= @now, TRUE)
                                AND EXISTS (SELECT FROM all_orders o WHERE o.run_id = r.run_id) AS summary_missing,
                            EXISTS (
                                SELECT FROM slack_messages m
                                WHERE m.run_id = r.run_id AND m.ts IS NOT NULL AND m.error IS NULL AND m.shown_version < r.version AND coalesce(m.claimed_until <= @now, TRUE)
                                  -- The summary is not updated when Slack refuses to change the announcement.
                                  AND ((m.kind = '{MessageKinds.RunnerDm}' AND m.recipient = r.runner_user_id)
                                    OR (m.kind IN ({MessageKinds.RemindersSql}) AND m.recipient = r.runner_user_id AND r.status <> 'active')
                                    OR (m.kind IN ('{MessageKinds.TakeOver}', '{MessageKinds.Decision}', '{MessageKinds.Back}') AND r.status <> 'active')
                                    OR (m.kind IN ('{MessageKinds.Announcement}', '{MessageKinds.Summary}') AND announcement.error IS NULL))
                            ) AS behind,
                            CASE WHEN r.status = 'active' THEN array(
                                SELECT DISTINCT o.user_id::text FROM all_orders o
                                WHERE o.run_id = r.run_id AND o.created_at <= @before AND NOT EXISTS (
                                    SELECT FROM slack_messages m
                                    WHERE m.run_id = r.run_id AND m.recipient = o.user_id AND m.kind IN ('{MessageKinds.Confirmation}', '{MessageKinds.ConfirmationDm}')
                                      AND (m.claimed_until > @now
                                        OR (m.ts IS NOT NULL AND m.shown_version >= {OrderVersion})
                                        OR (m.kind = '{MessageKinds.ConfirmationDm}' AND m.error IS NOT NULL)))
                                ORDER BY 1
                            ) ELSE array[]::text[] END AS unconfirmed
                        FROM coffee_runs r
                        LEFT JOIN slack_messages announcement ON announcement.run_id = r.run_id AND announcement.kind = '{MessageKinds.Announcement}'
                        LEFT JOIN slack_messages summary ON summary.run_id = r.run_id AND summary.kind = '{MessageKinds.Summary}'
                        LEFT JOIN slack_messages assignment ON assignment.run_id = r.run_id AND assignment.kind = '{MessageKinds.Assignment}' AND assignment.recipient = ''
                        LEFT JOIN slack_messages runner_dm ON runner_dm.run_id = r.run_id AND runner_dm.kind = '{MessageKinds.RunnerDm}' AND runner_dm.recipient = r.runner_user_id
                        LEFT JOIN slack_messages decision ON decision.run_id = r.run_id AND decision.kind = '{MessageKinds.Decision}' AND decision.recipient = r.initiator_user_id
                        LEFT JOIN slack_messages completion ON completion.run_id = r.run_id AND completion.kind = '{MessageKinds.Completion}' AND completion.recipient = ''
                        LEFT JOIN slack_messages back ON back.run_id = r.run_id AND back.kind = '{MessageKinds.Back}' AND back.recipient = ''
                        WHERE (r.status = 'active' OR r.changed_at > @closedAfter)
                          AND (r.reconciled_at IS NULL OR r.reconciled_at <= @reconciledBefore)
                          AND (r.changed_at <= @before OR r.deadline_at <= @before)
                    ), lagging AS (
                        SELECT s.run_id, s.unconfirmed,
                            s.status = 'active' AND s.announcement_missing AS lacks_announcement,
                            s.status = 'active' AND (s.behind OR (s.announced AND NOT s.unpostable AND s.summary_missing) OR (s.runner_user_id IS NULL AND s.undecided_since IS NULL AND s.deadline_at <= @before)) AS lacks_orders,
                            s.status = 'active' AND (s.earlier_behind OR s.request_behind OR (s.announced AND NOT s.unpostable AND s.back_behind) OR (s.runner_user_id IS NOT NULL AND ((s.assignment_missing AND NOT s.unpostable) OR s.runner_dm_missing))
                                OR (s.runner_user_id IS NULL AND s.undecided_since IS NOT NULL AND s.decision_missing)) AS lacks_assignment,
                            s.status = 'active' AND s.reminder_due_at <= @before AND s.reminders_sent < @mostReminders AND s.reminder_possible AS lacks_reminder,
                            s.status <> 'active' AND (s.behind OR s.earlier_behind OR (s.announced AND NOT s.unpostable AND s.completion_missing)) AS lacks_closing
                        FROM seen s
                    ), chosen AS (
                        SELECT c.run_id FROM coffee_runs c JOIN lagging USING (run_id)
                        WHERE lacks_announcement OR lacks_orders OR lacks_assignment OR lacks_reminder OR lacks_closing OR cardinality(unconfirmed) > 0
                        ORDER BY c.changed_at LIMIT @limit
                        FOR NO KEY UPDATE OF c SKIP LOCKED
                    )
                    UPDATE coffee_runs r
                    SET reconciled_at = @now, reminder_queued_at = CASE WHEN lacks_reminder THEN {QueueReminder} ELSE r.reminder_queued_at END
                    FROM chosen JOIN lagging USING (run_id)
                    WHERE r.run_id = chosen.run_id AND (r.reconciled_at IS NULL OR r.reconciled_at <= @reconciledBefore)
                    RETURNING {RunRow.Columns}, lacks_announcement, lacks_orders, lacks_assignment, lacks_reminder, lacks_closing, unconfirmed
                    """;
                var now = time.Now();
                var before = now - olderThan;
                var parameters = new
                {
                    now,
                    before,
                    reminderDelay = _options.ReminderDelay,
                    reminderInterval = _options.ReminderInterval,
                    mostReminders = RunRules.MaxReminders,
                    closedAfter = now - ReconcileClosedFor,
                    reconciledBefore = now - ReconcileEvery,
                    limit,
                };
                var lagging = await connection.QueryAsync<RunRow, Lacks, (CoffeeRun Run, Lacks Lacks)>(
                    Command(Sql, parameters, token),
                    (row, lacks) => (row.ToRun(), lacks),
                    splitOn: "lacks_announcement"
                );
                var writer = new ChangeWriter(now);
                foreach (var (run, lacks) in lagging.OrderBy(row => row.Run.CreatedAt))
                {
                    foreach (var (eventType, userId) in lacks.EventsFor(run))
                        writer.Event(eventType, EventData.Of(run, userId));
                }
                return await WriteAsync(connection, writer, token);
            },
            ct
        );

    private sealed class Lacks
    {
        public bool LacksAnnouncement { get; set; }
        public bool LacksOrders { get; set; }
        public bool LacksAssignment { get; set; }
        public bool LacksReminder { get; set; }
        public bool LacksClosing { get; set; }

        /// <summary>The people whose order is not confirmed.</summary>
        public string[] Unconfirmed { get; set; } = [];

        public IEnumerable<(string Type, string? UserId)> EventsFor(CoffeeRun run)
        {
            if (LacksAnnouncement)
                yield return (EventTypes.RunCreated, null);
            if (LacksOrders && Unconfirmed.Length == 0)
                yield return (EventTypes.OrderPlaced, null);
            foreach (var userId in Unconfirmed)
                yield return (EventTypes.OrderPlaced, userId);
            if (LacksAssignment)
                yield return (EventTypes.RunnerAssigned, null);
            if (LacksReminder)
                yield return (EventTypes.ReminderDue, null);
            if (LacksClosing)
                yield return (
                    run.Status == RunStatus.Completed ? EventTypes.RunCompleted : EventTypes.RunCancelled,
                    null
                );
        }
    }
}
