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
        Assert.Equal(mayComplete, RunRules.MayComplete(Run, userId, isAdmin));
        Assert.Equal(mayCancel, RunRules.MayCancel(Run, userId, isAdmin));
    }

    [Fact]
    public void The_initiator_cannot_complete_a_run_without_a_runner() =>
        Assert.False(RunRules.MayComplete(Run with { RunnerUserId = null }, "UINIT", isAdmin: false));

    [Theory]
    [InlineData(RunStatus.Active, true)]
    [InlineData(RunStatus.Completed, false)]
    [InlineData(RunStatus.Cancelled, false)]
    public void Orders_are_accepted_until_the_run_ends_after_the_assignment_too(RunStatus status, bool accepted) =>
        Assert.Equal(accepted, RunRules.AcceptsOrders(Run with { Status = status }));

    [Theory]
    [InlineData(RunStatus.Cancelled, true)]
    [InlineData(RunStatus.Completed, false)]
    public void The_system_can_cancel_a_run_but_not_complete_one(RunStatus status, bool allowed) =>
        Assert.Equal(allowed, RunRules.MayClose(Run, status, userId: null, isAdmin: false));
}
