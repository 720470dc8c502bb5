using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Data.Outbox;
using CoffeeBuddy.Data.Runs;
using Dapper;
using Npgsql;

namespace CoffeeBuddy.Data.Tests;

public sealed class SweepTests(PostgresServer server) : DatabaseTest(server)
{
    [Fact]
    public async Task A_reminder_is_queued_when_it_is_due_and_not_before()
    {
        var run = await AssignedAsync(Channel, "U1");
        Time.Advance(Options.ReminderDelay - TimeSpan.FromSeconds(1));
        Assert.Empty(await Sweeps.QueueDueRemindersAsync(10, Cancellation));
        Time.Advance(TimeSpan.FromSeconds(1));

        var due = Assert.Single(await Sweeps.QueueDueRemindersAsync(10, Cancellation));

        Assert.Equal((Topics.Assignments, EventTypes.ReminderDue), (due.Topic, due.EventType));
        Assert.Equal(new EventData(run.RunId, Workspace, Channel, null, null, "U1"), EventData.Parse(due.Data));
        Assert.Empty(await Sweeps.QueueDueRemindersAsync(10, Cancellation));
    }

    [Fact]
    public async Task Two_sweepers_at_once_queue_each_reminder_once()
    {
        for (var channel = 0; channel < 12; channel++)
            await AssignedAsync($"C{channel}", $"U{channel}");
        Time.Advance(Options.ReminderDelay);

        var swept = await AtOnceAsync(6, _ => Sweeps.QueueDueRemindersAsync(5, Cancellation));
        var rest = await Sweeps.QueueDueRemindersAsync(100, Cancellation);

        var keys = swept.SelectMany(events => events).Concat(rest).Select(due => due.Key).ToList();
        Assert.Equal(12, keys.Count);
        Assert.Equal(12, keys.Distinct().Count());
    }

    [Fact]
    public async Task A_queued_reminder_whose_event_was_lost_is_queued_again_by_reconciling_only()
    {
        await AssignedAsync(Channel, "U1");
        Time.Advance(Options.ReminderDelay);
        Assert.Single(await Sweeps.QueueDueRemindersAsync(10, Cancellation));
        Time.Advance(TimeSpan.FromMinutes(3));

        Assert.Empty(await Sweeps.QueueDueRemindersAsync(10, Cancellation));
        var requeued = await Sweeps.RequeueLaggingAsync(10, TimeSpan.FromMinutes(1), Cancellation);
        Assert.Contains(requeued, lagging => lagging.EventType == EventTypes.ReminderDue);
    }

    [Theory]
    [InlineData("sent")]
    [InlineData("refused")]
    [InlineData("completed")]
    public async Task A_reminder_that_is_not_needed_is_not_queued(string because)
    {
        var run = await AssignedAsync(Channel, "U1");
        if (because == "sent")
            await Runs.MarkReminderSentAsync(run, Cancellation);
        if (because == "completed")
            await Runs.CompleteAsync(run.RunId, "U1", null, Cancellation);
        if (because == "refused")
            await Messages.FailAsync(
                await Messages.ClaimAsync(run.RunId, MessageKinds.Reminder, "U1", 1, Cancellation),
                "user_disabled",
                Cancellation
            );
        Time.Advance(Options.ReminderDelay);

        Assert.Empty(await Sweeps.QueueDueRemindersAsync(10, Cancellation));
    }

    [Fact]
    public async Task A_claim_of_a_message_does_not_block_changes_of_its_run()
    {
        var run = await OpenWithOrdersAsync(Channel, "U1");
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(Cancellation);
        await using var claiming = await connection.BeginTransactionAsync(Cancellation);
        // What a row that refers to the run holds while it is being written.
        await connection.ExecuteAsync("SELECT FROM coffee_runs FOR KEY SHARE");

        Assert.Equal(OrderOutcome.Placed, (await OrderAsync(run, "U2")).Outcome);
        Time.Advance(Options.OrderWindow);
        Assert.True((await AssignAsync(run)).Assigned);
        Time.Advance(Options.ReminderDelay);
        Assert.Single(await Sweeps.QueueDueRemindersAsync(10, Cancellation));
        Assert.NotEmpty(await Sweeps.RequeueLaggingAsync(10, TimeSpan.FromSeconds(30), Cancellation));
        var changed = await Runs.CancelInChannelAsync(Channel, "U1", null, Cancellation);

        Assert.Equal(CloseOutcome.Closed, changed.Outcome);
    }

    [Fact]
    public async Task A_reminder_counts_as_sent_once()
    {
        var run = await AssignedAsync(Channel, "U1");

        var marked = await AtOnceAsync(8, _ => Runs.MarkReminderSentAsync(run, Cancellation));

        Assert.Single(marked, first => first);
        Assert.Equal(Now, (await ReadAsync(run)).ReminderSentAt);
        Assert.Equal(1, await CountAsync("audit_log WHERE event_type = 'reminder_sent' AND user_id = 'U1'"));
    }

    [Fact]
    public async Task A_run_without_orders_is_cancelled_after_its_time()
    {
        var empty = (await OpenAsync("U1", "C1")).Run;
        var ordered = await OpenWithOrdersAsync("C2", "U2");
        Time.Advance(Options.EmptyRunTimeout - TimeSpan.FromSeconds(1));
        Assert.Empty(await Sweeps.CancelEmptyRunsAsync(10, Cancellation));
        Time.Advance(TimeSpan.FromSeconds(1));

        var swept = await AtOnceAsync(4, _ => Sweeps.CancelEmptyRunsAsync(10, Cancellation));

        var cancelled = Assert.Single(swept.SelectMany(events => events));
        Assert.Equal((EventTypes.RunCancelled, empty.RunId.ToString()), (cancelled.EventType, cancelled.Key));
        var run = await ReadAsync(empty);
        Assert.Equal(
            (RunStatus.Cancelled, Now, null, empty.Version + 1),
            (run.Status, run.CancelledAt, run.ClosedByUserId, run.Version)
        );
        Assert.Equal(ordered, await ReadAsync(ordered));
        Assert.Equal(
            ["nobody ordered"],
            await QueryAsync<string>(
                "SELECT payload ->> 'reason' FROM audit_log WHERE event_type = 'run_cancelled' AND user_id IS NULL"
            )
        );
    }

    [Fact]
    public async Task Audit_rows_older_than_ninety_days_are_deleted_and_no_younger_one()
    {
        await ExecuteAsync(
            """
            INSERT INTO audit_log (log_id, event_type, payload, "timestamp")
            SELECT gen_random_uuid(), CASE WHEN days > 90 THEN 'old' ELSE 'young' END, '{}', @Now - make_interval(days => days)
            FROM generate_series(88, 93) days, generate_series(1, 700)
            """,
            new { Now }
        );

        var deleted = await Sweeps.DeleteOldAuditAsync(Cancellation);

        Assert.Equal(3 * 700, deleted);
        Assert.Equal(["young"], await QueryAsync<string>("SELECT DISTINCT event_type FROM audit_log"));
        Assert.Equal(3 * 700, await CountAsync("audit_log"));
    }

    [Fact]
    public async Task Rows_of_finished_deliveries_are_deleted_after_a_day_and_needed_ones_are_kept()
    {
        var published = await Outbox.AddAsync("t", "k", "type", "{}", null, Cancellation);
        await Outbox.MarkPublishedAsync([published.OutboxId], Cancellation);
        var pending = await Outbox.AddAsync("t", "k", "type", "{}", null, Cancellation);
        await Processed.DoneAsync(
            await Processed.ClaimAsync("Ev1", TimeSpan.FromSeconds(30), Cancellation),
            Cancellation
        );
        await Runs.OpenOrJoinAsync(new(Workspace, Channel, "U1", null, null, new("k", "api", "h")), Cancellation);
        await ExecuteAsync("DELETE FROM outbox WHERE outbox_id > @OutboxId", new { pending.OutboxId });
        Assert.Equal(0, await Sweeps.DeleteExpiredAsync(Cancellation));
        Time.Advance(TimeSpan.FromDays(1) + TimeSpan.FromMinutes(1));

        Assert.Equal(3, await Sweeps.DeleteExpiredAsync(Cancellation));

        Assert.Equal([pending.OutboxId], await QueryAsync<long>("SELECT outbox_id FROM outbox"));
        Assert.Equal(0, await CountAsync("processed_events") + await CountAsync("idempotency_keys"));
    }

    [Fact]
    public async Task A_run_that_is_not_marked_as_complete_is_completed_in_the_end()
    {
        var forgotten = await AssignedAsync("C1", "U1");
        Time.Advance(Options.ForgottenRunTimeout - TimeSpan.FromSeconds(1));
        Assert.Empty(await Sweeps.CompleteForgottenRunsAsync(10, Cancellation));
        Time.Advance(TimeSpan.FromSeconds(1));

        var swept = await AtOnceAsync(4, _ => Sweeps.CompleteForgottenRunsAsync(10, Cancellation));

        var completed = Assert.Single(swept.SelectMany(events => events));
        Assert.Equal((EventTypes.RunCompleted, forgotten.RunId.ToString()), (completed.EventType, completed.Key));
        Assert.Equal(
            (RunStatus.Completed, null),
            ((await ReadAsync(forgotten)).Status, (await ReadAsync(forgotten)).ClosedByUserId)
        );
        Assert.True((await OpenAsync("U2", "C1")).Created);
        Assert.Equal(
            ["forgotten"],
            await QueryAsync<string>(
                "SELECT payload ->> 'reason' FROM audit_log WHERE event_type = 'run_completed' AND user_id IS NULL"
            )
        );
    }
}
