using CoffeeBuddy.Core.Runs;
using Xunit;

namespace CoffeeBuddy.Core.Tests;

public sealed class RunRulesTests
{
    private static readonly CoffeeRun Run = new()
    {
        RunId = Guid.Parse("11111111-1111-1111-1111-111111111111"),
        WorkspaceId = "T1",
        ChannelId = "C1",
        InitiatorUserId = "UINIT",
        RunnerUserId = "URUNNER",
    };

    [Theory]
    [InlineData("UINIT", false, true, true)]
    [InlineData("URUNNER", false, true, true)]
    [InlineData("UOTHER", false, false, false)]
    [InlineData("UOTHER", true, true, true)]
    public void Who_may_complete_and_who_may_cancel(string userId, bool isAdmin, bool mayComplete, bool mayCancel)
    {
        Assert.Equal(mayComplete, RunRules.MayClose(Run, RunStatus.Completed, userId, isAdmin));
        Assert.Equal(mayCancel, RunRules.MayClose(Run, RunStatus.Cancelled, userId, isAdmin));
    }

    [Fact]
    public void A_run_without_a_runner_is_completed_by_admins_only()
    {
        Assert.False(RunRules.CanBeCompleted(Run with { RunnerUserId = null }, isAdmin: false));
        Assert.True(RunRules.CanBeCompleted(Run with { RunnerUserId = null }, isAdmin: true));
    }

    [Theory]
    [InlineData(RunStatus.Active, true)]
    [InlineData(RunStatus.Completed, false)]
    [InlineData(RunStatus.Cancelled, false)]
    public void Orders_are_accepted_until_the_run_ends_after_the_assignment_too(RunStatus status, bool accepted) =>
        Assert.Equal(accepted, RunRules.AcceptsOrders(Run with { Status = status }));

    [Fact]
    public void No_order_is_accepted_after_the_runner_has_left() =>
        Assert.False(RunRules.AcceptsOrders(Run with { LeftAt = DateTimeOffset.UnixEpoch }));

    [Fact]
    public void A_reminder_is_queued_until_it_is_sent_while_the_run_is_active_and_at_most_four_times()
    {
        var queued = Run with { ReminderQueuedAt = DateTimeOffset.UnixEpoch };

        Assert.True(RunRules.ReminderIsQueued(queued));
        Assert.False(RunRules.ReminderIsQueued(Run));
        Assert.False(RunRules.ReminderIsQueued(queued with { ReminderSentAt = DateTimeOffset.UnixEpoch }));
        Assert.False(RunRules.ReminderIsQueued(queued with { Status = RunStatus.Completed }));
        Assert.False(RunRules.ReminderIsQueued(queued with { RemindersSent = RunRules.MaxReminders }));
    }

    [Fact]
    public void Nobody_makes_a_run_active_again() =>
        Assert.False(RunRules.MayClose(Run, RunStatus.Active, "UINIT", isAdmin: true));

    [Fact]
    public void What_is_not_listed_is_refused() =>
        Assert.All(
            Enum.GetValues<Operation>().Append((Operation)int.MaxValue),
            operation =>
            {
                Assert.False(AccessRules.Allows(operation, Relations.None));
                Assert.Equal(Enum.IsDefined(operation), AccessRules.Allows(operation, (Relations)int.MaxValue));
            }
        );
}
