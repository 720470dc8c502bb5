using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Data.Runs;
using Npgsql;

namespace CoffeeBuddy.Data.Tests;

/// <summary>The runner leaves, is back, everybody collects, and the runner is reminded until that is done.</summary>
public sealed class ProgressTests(PostgresServer server) : DatabaseTest(server)
{
    [Fact]
    public async Task After_the_runner_has_left_no_order_is_taken_changed_or_withdrawn()
    {
        var run = await AssignedAsync(Channel, "U1");
        var guest = await OrderForGuestAsync(run, "Kim");
        Time.Advance(TimeSpan.FromMinutes(1));

        var left = await LeaveAsync(run, "U1");

        Assert.Equal((ProgressOutcome.Left, Now), (left.Outcome, left.Run!.LeftAt));
        Assert.Equal(EventTypes.RunnerAssigned, Assert.Single(left.Events).EventType);
        var before = await StoredAsync();
        OrderOutcome[] outcomes =
        [
            (await OrderAsync(run, "U9")).Outcome,
            (await OrderAsync(run, "U1", Tea)).Outcome,
            (
                await Runs.PlaceOrderAsync(
                    new(run.RunId, "U9", null, Latte, null, IdempotencyKey: new("key", "caller", "hash")),
                    Cancellation
                )
            ).Outcome,
            (await OrderForGuestAsync(run, "Lou")).Outcome,
            (await Runs.WithdrawOrderAsync(run.RunId, "U1", null, Cancellation)).Outcome,
            (await Runs.WithdrawGuestOrderAsync(guest.Order!.OrderId, "U1", null, Cancellation)).Outcome,
        ];
        Assert.All(outcomes, outcome => Assert.Equal(OrderOutcome.RunnerLeft, outcome));
        Assert.Equal(before, await StoredAsync());
    }

    [Fact]
    public async Task Of_many_clicks_one_has_an_effect_for_the_runner_or_an_admin_only()
    {
        var run = await AssignedAsync(Channel, "U1");
        await OrderAsync(run, "U2");
        Assert.Equal(ProgressOutcome.NotAllowed, (await LeaveAsync(run, "U2")).Outcome);
        Assert.Equal(ProgressOutcome.NotAllowed, (await BackAsync(run, "U9")).Outcome);
        Assert.Equal(ProgressOutcome.NotAllowed, (await CollectAsync(run, "U9")).Outcome);
        Assert.Equal(ProgressOutcome.NotBack, (await CollectAsync(run, "U2")).Outcome);

        var left = await AtOnceAsync(4, _ => LeaveAsync(run, "U8", isAdmin: true));
        var back = await AtOnceAsync(4, _ => BackAsync(run, "U1"));
        var collected = await AtOnceAsync(4, _ => CollectAsync(run, "U2"));

        Assert.Single(left, result => result.Outcome == ProgressOutcome.Left);
        Assert.Single(back, result => result.Outcome == ProgressOutcome.Back);
        Assert.Single(collected, result => result.Outcome == ProgressOutcome.Collected);
        Assert.Equal(
            [("order_collected", "U2", null), ("runner_back", "U1", null), ("runner_left", "U8", "true")],
            await QueryAsync<(string, string, string?)>(
                "SELECT event_type, user_id, payload->>'as_admin' FROM audit_log WHERE event_type IN ('runner_left', 'runner_back', 'order_collected') ORDER BY 1"
            )
        );
        Assert.Equal(0, await CountAsync("users WHERE user_id = 'U9'"));
    }

    [Fact]
    public async Task Coming_back_closes_the_orders_too_and_the_runner_stays()
    {
        var run = await AssignedAsync(Channel, "U1");
        await OrderForGuestAsync(run, "Kim");
        await OrderAsync(run, "U2");
        await Runs.AskToGoAsync(run.RunId, "U1", "U5", traceParent: null, Cancellation);

        await BackAsync(run, "U1");

        Assert.Equal(OrderOutcome.RunnerLeft, (await OrderAsync(run, "U3")).Outcome);
        Assert.Equal(
            TurnOutcome.HasRunner,
            (await Runs.AnswerRequestAsync(run.RunId, "U5", accepts: true, null, Cancellation)).Outcome
        );
        Assert.Equal(
            TurnOutcome.IsBack,
            (await Runs.StepBackAsync(run.RunId, "U1", reason: null, traceParent: null, Cancellation)).Outcome
        );
        Assert.Equal(
            TurnOutcome.IsBack,
            (await Runs.AskToGoAsync(run.RunId, "U1", "U6", traceParent: null, Cancellation)).Outcome
        );
        Assert.False((await Runs.ReplaceRunnerAsync(run.RunId, "U1", "user_disabled", null, Cancellation)).Assigned);
        await CollectAsync(run, "U2");
        var details = (await Runs.GetAsync(run.RunId, Cancellation))!;
        Assert.Equal(["U2"], RunRules.Collectors(details.Run, details.Orders));
        Assert.Equal(["U2"], RunRules.Collected(details.Run, details.Orders));
    }

    [Fact]
    public async Task Another_runner_has_not_left_and_orders_are_taken_again()
    {
        var run = await AssignedAsync(Channel, "U1", "U2");
        var (runner, other) = run.RunnerUserId == "U1" ? ("U1", "U2") : ("U2", "U1");
        await LeaveAsync(run, runner);
        await RemindAsync(run);

        await Runs.StepBackAsync(run.RunId, runner, reason: null, traceParent: null, Cancellation);

        var now = await ReadAsync(run);
        Assert.Equal((other, null, 0), (now.RunnerUserId, now.LeftAt, now.RemindersSent));
        Assert.Equal(OrderOutcome.Placed, (await OrderAsync(run, "U3")).Outcome);
    }

    [Fact]
    public async Task A_run_that_an_older_worker_gave_to_another_runner_takes_orders()
    {
        var run = await AssignedAsync(Channel, "U1");
        await BackAsync(run, "U1");
        await ExecuteAsync(
            "UPDATE coffee_runs SET runner_user_id = 'U1', assigned_at = back_at + interval '1 second', reminder_sent_at = NULL"
        );

        Assert.Equal(OrderOutcome.Placed, (await OrderAsync(run, "U3")).Outcome);
        Assert.Equal(ProgressOutcome.Left, (await LeaveAsync(run, "U1")).Outcome);
        Assert.Null((await ReadAsync(run)).BackAt);
    }

    [Fact]
    public async Task Nobody_leaves_without_a_runner_or_without_orders_or_after_the_end()
    {
        var run = (await OpenAsync("U1")).Run;
        Assert.Equal(ProgressOutcome.NoRunner, (await LeaveAsync(run, "U1", isAdmin: true)).Outcome);
        await Runs.VolunteerAsync(run.RunId, "U1", null, traceParent: null, Cancellation);
        Assert.Equal(ProgressOutcome.NoOrders, (await LeaveAsync(run, "U1")).Outcome);
        await OrderAsync(run, "U2");
        await Runs.CompleteAsync(run.RunId, "U1", traceParent: null, Cancellation);

        ProgressOutcome[] outcomes =
        [
            (await LeaveAsync(run, "U1")).Outcome,
            (await BackAsync(run, "U1")).Outcome,
            (await CollectAsync(run, "U2")).Outcome,
            (await SnoozeAsync(run, "U1")).Outcome,
        ];
        Assert.All(outcomes, outcome => Assert.Equal(ProgressOutcome.RunClosed, outcome));
    }

    [Fact]
    public async Task The_runner_is_reminded_four_times_at_the_interval_and_not_again()
    {
        var run = await AssignedAsync(Channel, "U1");
        Time.Advance(Options.ReminderDelay);
        for (var number = 1; number <= RunRules.MaxReminders; number++)
        {
            Assert.Single(await QueueAsync());
            Assert.Empty(await QueueAsync());
            run = await ReadAsync(run);
            Assert.True(RunRules.ReminderIsQueued(run));
            Assert.True(await Runs.MarkReminderSentAsync(run, Cancellation));
            Assert.False(await Runs.MarkReminderSentAsync(run, Cancellation));
            run = await ReadAsync(run);
            Assert.Equal((number, false), (run.RemindersSent, RunRules.ReminderIsQueued(run)));
            Time.Advance(Options.ReminderInterval - TimeSpan.FromSeconds(1));
            Assert.Empty(await QueueAsync());
            Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Empty(await QueueAsync());
        Assert.Equal(ProgressOutcome.NoMoreReminders, (await SnoozeAsync(run, "U1")).Outcome);
    }

    [Fact]
    public async Task A_snooze_postpones_the_next_reminder_but_not_the_first()
    {
        var run = await AssignedAsync(Channel, "U1");
        Assert.Equal(ProgressOutcome.NotAllowed, (await SnoozeAsync(run, "U1")).Outcome);
        await RemindAsync(run);
        Time.Advance(Options.ReminderInterval - TimeSpan.FromMinutes(1));
        Assert.Equal(ProgressOutcome.NotAllowed, (await SnoozeAsync(run, "U2")).Outcome);

        Assert.Equal(ProgressOutcome.Snoozed, (await SnoozeAsync(run, "U1")).Outcome);
        Assert.Equal(ProgressOutcome.AlreadyDone, (await SnoozeAsync(run, "U1")).Outcome);

        Time.Advance(RunRules.Snooze - TimeSpan.FromSeconds(1));
        Assert.Empty(await QueueAsync());
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(await QueueAsync());
        await Runs.MarkReminderSentAsync(await ReadAsync(run), Cancellation);
        Assert.Null((await ReadAsync(run)).SnoozedUntil);
        Assert.Equal(1, await CountAsync("audit_log WHERE event_type = 'reminder_snoozed' AND user_id = 'U1'"));
    }

    [Fact]
    public async Task A_later_reminder_that_is_postponed_comes_when_the_quiet_hours_are_over()
    {
        var run = await AssignedAsync(Channel, "U1");
        await RemindAsync(run);
        Time.Advance(Options.ReminderInterval);
        Assert.Single(await QueueAsync());

        Assert.True(await Runs.PostponeReminderAsync(run.RunId, "U1", Now.AddHours(8), Cancellation));

        Assert.False(RunRules.ReminderIsQueued(await ReadAsync(run)));
        Time.Advance(TimeSpan.FromHours(8) - TimeSpan.FromSeconds(1));
        Assert.Empty(await QueueAsync());
        Assert.DoesNotContain(await RequeueAsync(), lagging => lagging.EventType == EventTypes.ReminderDue);
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(await QueueAsync());
        Assert.True(await Runs.MarkReminderSentAsync(await ReadAsync(run), Cancellation));
        Assert.Equal(2, (await ReadAsync(run)).RemindersSent);
    }

    [Theory]
    [InlineData(MessageKinds.Back, EventTypes.RunnerAssigned)]
    [InlineData("reminder_2", EventTypes.RunCompleted)]
    public async Task A_message_of_the_runners_day_that_is_missing_or_behind_is_queued(string kind, string expected)
    {
        var run = await AssignedAsync(Channel, "U1");
        await OrderAsync(run, "U2");
        await BackAsync(run, "U1");
        await CollectAsync(run, "U2");
        if (kind != MessageKinds.Back)
            await Runs.CompleteAsync(run.RunId, "U1", traceParent: null, Cancellation);
        run = await ReadAsync(run);
        foreach (
            var (shown, recipient) in new[]
            {
                (MessageKinds.Announcement, ""),
                (MessageKinds.Summary, ""),
                (MessageKinds.Assignment, ""),
                (MessageKinds.Completion, ""),
                (MessageKinds.RunnerDm, "U1"),
            }
        )
            await ShowAsync(run, shown, recipient, run.Version);
        foreach (var person in (string[])["U1", "U2"])
            await ShowAsync(run, MessageKinds.Confirmation, person, Now.AddDays(1).UtcTicks);
        await ShowAsync(run, kind, kind == MessageKinds.Back ? "" : "U1", 1);
        Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal([expected], (await RequeueAsync()).Select(queued => queued.EventType));

        await ShowAsync(run, kind, kind == MessageKinds.Back ? "" : "U1", kind == MessageKinds.Back ? 2 : run.Version);
        Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Empty(await RequeueAsync());
    }

    [Theory]
    [InlineData("back_at = now()", "coffee_runs_back_after_leaving")]
    [InlineData("left_at = now(), back_at = now()", "coffee_runs_back_after_leaving")]
    [InlineData("reminders_sent = 5", "coffee_runs_reminders")]
    public async Task The_schema_refuses_what_cannot_be(string set, string constraint)
    {
        await AssignedAsync(Channel, "U1");

        var refused = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync($"UPDATE coffee_runs SET {set}"));

        Assert.Equal(constraint, refused.ConstraintName);
    }

    private Task<ProgressResult> LeaveAsync(CoffeeRun run, string user, bool isAdmin = false) =>
        Runs.LeaveAsync(run.RunId, user, isAdmin, traceParent: null, Cancellation);

    private Task<ProgressResult> BackAsync(CoffeeRun run, string user) =>
        Runs.ComeBackAsync(run.RunId, user, isAdmin: false, traceParent: null, Cancellation);

    private Task<ProgressResult> CollectAsync(CoffeeRun run, string user) =>
        Runs.CollectAsync(run.RunId, user, traceParent: null, Cancellation);

    private Task<ProgressResult> SnoozeAsync(CoffeeRun run, string user) =>
        Runs.SnoozeAsync(run.RunId, user, Cancellation);

    private Task<OrderResult> OrderForGuestAsync(CoffeeRun run, string guest) =>
        Runs.PlaceGuestOrderAsync(new(run.RunId, "U1", null, Latte, null), guest, Cancellation);

    private Task<IReadOnlyList<Outbox.OutboxEvent>> QueueAsync() => Sweeps.QueueDueRemindersAsync(10, Cancellation);

    private Task<IReadOnlyList<Outbox.OutboxEvent>> RequeueAsync() =>
        Sweeps.RequeueLaggingAsync(10, TimeSpan.FromSeconds(30), Cancellation);

    /// <summary>The first reminder is sent.</summary>
    private async Task RemindAsync(CoffeeRun run)
    {
        Time.Advance(Options.ReminderDelay);
        await QueueAsync();
        Assert.True(await Runs.MarkReminderSentAsync(await ReadAsync(run), Cancellation));
    }

    private async Task ShowAsync(CoffeeRun run, string kind, string recipient, long version)
    {
        var claim = await Messages.ClaimAsync(run.RunId, kind, recipient, version, Cancellation);
        if (claim.State is SlackMessageClaimState.Post or SlackMessageClaimState.Update)
            await Messages.CompleteAsync(claim, Channel, $"1.{kind.Length}{recipient}", Cancellation);
    }

    /// <summary>Everything that a late order or withdrawal could change.</summary>
    private async Task<IReadOnlyList<string>> StoredAsync() =>
        await QueryAsync<string>(
            """
            SELECT to_jsonb(r)::text FROM coffee_runs r UNION ALL SELECT to_jsonb(o)::text FROM all_orders o
            UNION ALL SELECT to_jsonb(p)::text FROM user_preferences p UNION ALL SELECT to_jsonb(w)::text FROM order_withdrawals w
            UNION ALL SELECT user_id FROM users UNION ALL SELECT log_id::text FROM audit_log UNION ALL SELECT event_id::text FROM outbox ORDER BY 1
            """
        );
}
