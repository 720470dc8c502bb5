using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Runs;
using Npgsql;

namespace CoffeeBuddy.Data.Tests;

/// <summary>The initiator's order window.</summary>
public sealed class DeadlineTests(PostgresServer server) : DatabaseTest(server)
{
    [Fact]
    public async Task A_window_is_extended_before_and_after_the_first_order_up_to_two_hours()
    {
        var run = (await OpenAsync("U1")).Run;
        var window = Options.OrderWindow + RunRules.Extension;
        Assert.Equal(window, (await ExtendAsync(run)).Run!.OrderWindow);
        run = (await OrderAsync(run, "U2")).Run!;
        Assert.Equal(run.FirstOrderAt + window, run.DeadlineAt);

        DeadlineResult result;
        do
        {
            result = await ExtendAsync(run);
        } while (result.Outcome == DeadlineOutcome.Extended);

        Assert.Equal(DeadlineOutcome.TooLong, result.Outcome);
        Assert.InRange(
            result.Run!.OrderWindow!.Value,
            RunRules.LongestWindow - RunRules.Extension,
            RunRules.LongestWindow
        );
        Assert.Equal(result.Run.FirstOrderAt + result.Run.OrderWindow, result.Run.DeadlineAt);
    }

    [Fact]
    public async Task Choosing_now_needs_an_order_and_somebody_who_can_go()
    {
        var run = (await OpenAsync("U1")).Run;
        Assert.Equal(DeadlineOutcome.NoOrders, (await ChooseAsync(run)).Outcome);
        await OrderAsync(run, "U2");
        Assert.Equal(
            DeadlineOutcome.NotAllowed,
            (await Runs.ChooseNowAsync(run.RunId, "U2", isAdmin: false, traceParent: null, Cancellation)).Outcome
        );

        var chosen = await ChooseAsync(run);

        Assert.Equal((DeadlineOutcome.Ended, "U2"), (chosen.Outcome, chosen.Run!.RunnerUserId));
        Assert.Equal("coffee.runner.assigned", Assert.Single(chosen.Events).EventType);
        Assert.Equal(DeadlineOutcome.HasRunner, (await ChooseAsync(run)).Outcome);
        Assert.Equal(DeadlineOutcome.HasRunner, (await ExtendAsync(run)).Outcome);
        await Runs.StepBackAsync(run.RunId, "U2", reason: null, traceParent: null, Cancellation);
        var again = await ChooseAsync(run);
        Assert.Equal((DeadlineOutcome.Ended, null), (again.Outcome, again.Run!.RunnerUserId));
        Assert.NotNull(again.Run.UndecidedSince);
        await Runs.CancelAsync(run.RunId, "U1", traceParent: null, Cancellation);
        Assert.Equal(DeadlineOutcome.RunClosed, (await ExtendAsync(run)).Outcome);
    }

    [Fact]
    public async Task An_admin_who_has_never_ordered_changes_the_deadline_and_a_refusal_stores_nobody()
    {
        var run = (await OpenAsync("U1")).Run;
        await OrderAsync(run, "U2");
        Assert.Equal(
            DeadlineOutcome.NotAllowed,
            (await Runs.ExtendAsync(run.RunId, "U8", isAdmin: false, traceParent: null, Cancellation)).Outcome
        );
        Assert.Equal(
            DeadlineOutcome.NotAllowed,
            (await Runs.ChooseNowAsync(run.RunId, "U8", isAdmin: false, traceParent: null, Cancellation)).Outcome
        );

        var extended = await Runs.ExtendAsync(run.RunId, "U9", isAdmin: true, traceParent: null, Cancellation);
        var chosen = await Runs.ChooseNowAsync(run.RunId, "U7", isAdmin: true, traceParent: null, Cancellation);

        Assert.Equal((DeadlineOutcome.Extended, DeadlineOutcome.Ended), (extended.Outcome, chosen.Outcome));
        Assert.Equal(0, await CountAsync("users WHERE user_id = 'U8'"));
        Assert.Equal(
            2,
            await CountAsync("audit_log WHERE event_type = 'deadline_changed' AND user_id IN ('U7', 'U9')")
        );
    }

    [Fact]
    public async Task The_schema_refuses_a_window_that_is_too_short_or_too_long()
    {
        await OpenAsync();

        foreach (var window in (string[])["30 seconds", "121 minutes"])
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() =>
                ExecuteAsync("UPDATE coffee_runs SET order_window = @window::interval", new { window })
            );
            Assert.Equal("coffee_runs_order_window", refused.ConstraintName);
        }
    }

    private Task<DeadlineResult> ExtendAsync(CoffeeRun run) =>
        Runs.ExtendAsync(run.RunId, "U1", isAdmin: false, traceParent: null, Cancellation);

    private Task<DeadlineResult> ChooseAsync(CoffeeRun run) =>
        Runs.ChooseNowAsync(run.RunId, "U1", isAdmin: false, traceParent: null, Cancellation);
}
