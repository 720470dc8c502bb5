using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Data.Sweeps;

namespace CoffeeBuddy.Data.Tests;

/// <summary>Which runners are to be told by e-mail.</summary>
public sealed class UntoldRunnerTests(PostgresServer server) : DatabaseTest(server)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task A_runner_is_untold_when_slack_has_not_shown_their_message_for_long_enough()
    {
        var run = await AssignedAsync(Channel, "U1");
        Time.Advance(Patience - TimeSpan.FromSeconds(1));
        Assert.Empty(await UntoldAsync());
        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([new UntoldRunner(run.RunId, "U1", MessageKinds.RunnerEmail, null)], await UntoldAsync());
    }

    [Fact]
    public async Task The_reminder_is_due_later_and_waits_as_long()
    {
        await AssignedAsync(Channel, "U1");
        Time.Advance(Options.ReminderDelay + Patience - TimeSpan.FromSeconds(1));
        Assert.Equal([MessageKinds.RunnerEmail], (await UntoldAsync()).Select(untold => untold.Kind));
        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(
            [MessageKinds.RunnerEmail, MessageKinds.ReminderEmail],
            (await UntoldAsync()).Select(untold => untold.Kind)
        );
    }

    [Theory]
    [InlineData(MessageKinds.RunnerDm)]
    [InlineData(MessageKinds.RunnerEmail)]
    public async Task A_runner_who_was_told_in_slack_or_by_mail_is_not_told_again(string kind)
    {
        var run = await AssignedAsync(Channel, "U1");
        await Messages.CompleteAsync(
            await Messages.ClaimAsync(run.RunId, kind, "U1", 1, Cancellation),
            "D1",
            "1.1",
            Cancellation
        );
        Time.Advance(Patience);

        Assert.Empty(await UntoldAsync());
    }

    [Fact]
    public async Task A_runner_whose_message_failed_is_untold()
    {
        var run = await AssignedAsync(Channel, "U1");
        await Messages.LeaveAsync(
            await Messages.ClaimAsync(run.RunId, MessageKinds.RunnerDm, "U1", 1, Cancellation),
            Cancellation
        );
        Time.Advance(Patience);

        Assert.Single(await UntoldAsync());
    }

    [Fact]
    public async Task Runners_whose_message_was_refused_or_whose_mail_is_being_sent_are_not_untold()
    {
        var refused = await AssignedAsync("C1", "U1");
        await Messages.FailAsync(
            await Messages.ClaimAsync(refused.RunId, MessageKinds.RunnerDm, "U1", 1, Cancellation),
            "user_disabled",
            Cancellation
        );
        var sending = await AssignedAsync("C2", "U2");
        Time.Advance(Patience);
        await Messages.ClaimAsync(sending.RunId, MessageKinds.RunnerEmail, "U2", 1, Cancellation);

        Assert.DoesNotContain(await UntoldAsync(), untold => untold.Kind == MessageKinds.RunnerEmail);
    }

    [Fact]
    public async Task A_run_that_is_over_has_no_untold_runner_and_the_channel_is_named_where_it_is_known()
    {
        var run = (
            await Runs.OpenOrJoinAsync(
                new(Workspace, Channel, "U1", null, null, ChannelName: "coffee-corner"),
                Cancellation
            )
        ).Run;
        await OrderAsync(run, "U1");
        Time.Advance(Options.OrderWindow);
        await AssignAsync(run);
        Time.Advance(Patience);
        Assert.Equal("coffee-corner", Assert.Single(await UntoldAsync()).ChannelName);

        await Runs.CompleteAsync(run.RunId, "U1", traceParent: null, Cancellation);

        Assert.Empty(await UntoldAsync());
    }

    private Task<IReadOnlyList<UntoldRunner>> UntoldAsync() => Sweeps.UntoldRunnersAsync(10, Patience, Cancellation);
}
