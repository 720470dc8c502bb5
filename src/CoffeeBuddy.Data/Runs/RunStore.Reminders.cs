using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Outbox;
using Dapper;

namespace CoffeeBuddy.Data.Runs;

public sealed partial class RunStore
{
    /// <summary>Stores that the runner got the next reminder.</summary>
    /// <param name="run">As it was when the reminder was sent.</param>
    /// <returns>True for the first call for a reminder; false for all others.</returns>
    public Task<bool> MarkReminderSentAsync(CoffeeRun run, CancellationToken ct) =>
        database.TransactAsync(
            run.RunId,
            async (connection, _, token) =>
            {
                var now = time.Now();
                // Not before it was queued, by which a queued reminder is told from a sent one: workers' clocks may differ.
                const string Mark = $"""
                    UPDATE coffee_runs r
                    SET reminder_sent_at = greatest(@now, r.reminder_queued_at), reminders_sent = @RemindersSent + 1,
                        snoozed_until = CASE WHEN r.snoozed_until > @now THEN r.snoozed_until END
                    WHERE r.run_id = @RunId AND r.runner_user_id = @RunnerUserId
                      AND {RunRow.CountReminders} = @RemindersSent
                    """;
                var parameters = new
                {
                    run.RunId,
                    run.RunnerUserId,
                    run.RemindersSent,
                    now,
                };
                if (await connection.ExecuteAsync(Command(Mark, parameters, token)) == 0)
                    return false;

                var writer = new ChangeWriter(now).Audit(
                    AuditTypes.ReminderSent,
                    run.RunId,
                    run.RunnerUserId,
                    AuditPayload.Of(run)
                );
                await connection.ExecuteAsync(Command(ChangeWriter.Sql, writer.With(new { }), token));
                return true;
            },
            ct
        );

    /// <summary>Postpones the runner's next reminder to <see cref="RunRules.Snooze"/> from now.</summary>
    public Task<ProgressResult> SnoozeAsync(Guid runId, string userId, CancellationToken ct) =>
        database.TransactAsync(
            runId,
            async (connection, _, token) =>
            {
                var now = time.Now();
                var until = now + RunRules.Snooze;
                var run = await LockRunAsync(connection, runId, token);
                ProgressOutcome? refusal = run switch
                {
                    null => ProgressOutcome.RunNotFound,
                    _ when !AccessRules.Allows(
                            Operation.SnoozeReminder,
                            RunRules.RelationsOf(run, userId, isAdmin: false)
                        ) => ProgressOutcome.NotAllowed,
                    { Status: not RunStatus.Active } => ProgressOutcome.RunClosed,
                    { RemindersSent: >= RunRules.MaxReminders } => ProgressOutcome.NoMoreReminders,
                    // The first reminder comes on time.
                    { ReminderQueuedAt: null } => ProgressOutcome.NotAllowed,
                    _ when run.SnoozedUntil > until - OrderRules.DoubleClick => ProgressOutcome.AlreadyDone,
                    _ => null,
                };
                if (run is null || refusal is not null)
                    return new ProgressResult(refusal!.Value, run, []);

                const string Sql =
                    $"UPDATE coffee_runs SET snoozed_until = @until WHERE run_id = @runId; {ChangeWriter.Sql}";
                var writer = new ChangeWriter(now).Audit(
                    AuditTypes.ReminderSnoozed,
                    runId,
                    userId,
                    AuditPayload.Of(run)
                );
                await connection.ExecuteAsync(Command(Sql, writer.With(new { runId, until }), token));
                return new(ProgressOutcome.Snoozed, run with { SnoozedUntil = until }, []);
            },
            ct
        );
}
