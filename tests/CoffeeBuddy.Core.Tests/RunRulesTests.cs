using CoffeeBuddy.Core.Runs;
using Xunit;

namespace CoffeeBuddy.Core.Tests;

public sealed class RunRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero);

    private static readonly CoffeeRun Run = new()
    {
        RunId = Guid.Parse("11111111-1111-1111-1111-111111111111"),
        WorkspaceId = "T1",
        ChannelId = "C1",
        InitiatorUserId = "UINIT",
        RunnerUserId = "URUNNER",
        DeadlineAt = Now.AddMinutes(4),
    };

    [Theory]
    [InlineData("UINIT", false, false, true)]
    [InlineData("URUNNER", false, true, true)]
    [InlineData("UOTHER", false, false, false)]
    [InlineData("UOTHER", true, true, true)]
    public void Who_may_complete_and_who_may_cancel(string userId, bool isAdmin, bool mayComplete, bool mayCancel)
    {
        Assert.Equal(mayComplete, RunRules.MayComplete(Run, userId, isAdmin));
        Assert.Equal(mayCancel, RunRules.MayCancel(Run, userId, isAdmin));
    }

    [Theory]
    [InlineData(RunStatus.Active, true)]
    [InlineData(RunStatus.Completed, false)]
    [InlineData(RunStatus.Cancelled, false)]
    public void Orders_are_accepted_until_the_run_ends_after_the_assignment_too(RunStatus status, bool accepted) =>
        Assert.Equal(accepted, RunRules.AcceptsOrders(Run with { Status = status }));

    [Theory]
    // Enough orders, and one too few.
    [InlineData(RunStatus.Active, false, 3, 240, AssignWhen.Orders, true)]
    [InlineData(RunStatus.Active, false, 2, 240, AssignWhen.Orders, false)]
    // The deadline: reached, just not, and with nobody to go.
    [InlineData(RunStatus.Active, false, 1, 0, AssignWhen.Orders, true)]
    [InlineData(RunStatus.Active, false, 1, 1, AssignWhen.Orders, false)]
    [InlineData(RunStatus.Active, false, 0, -60, AssignWhen.Orders, false)]
    // The policy that waits for it.
    [InlineData(RunStatus.Active, false, 50, 240, AssignWhen.Deadline, false)]
    [InlineData(RunStatus.Active, false, 1, 0, AssignWhen.Deadline, true)]
    // Never twice, and never when it is over.
    [InlineData(RunStatus.Active, true, 3, 0, AssignWhen.Orders, false)]
    [InlineData(RunStatus.Completed, false, 3, 0, AssignWhen.Orders, false)]
    [InlineData(RunStatus.Cancelled, false, 3, 0, AssignWhen.Orders, false)]
    public void When_a_runner_is_due(
        RunStatus status,
        bool assigned,
        int orders,
        int secondsToDeadline,
        AssignWhen policy,
        bool due
    )
    {
        var run = Run with
        {
            Status = status,
            RunnerUserId = assigned ? "URUNNER" : null,
            DeadlineAt = Now.AddSeconds(secondsToDeadline),
        };

        Assert.Equal(due, AssignmentRules.IsDue(run, orders, new CoffeeOptions { AssignWhen = policy }, Now));
    }

    [Fact]
    public void A_run_without_a_first_order_has_no_deadline_to_reach() =>
        Assert.False(
            AssignmentRules.IsDue(Run with { RunnerUserId = null, DeadlineAt = null }, 1, new CoffeeOptions(), Now)
        );
}
