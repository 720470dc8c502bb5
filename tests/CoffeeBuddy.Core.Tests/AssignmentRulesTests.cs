using CoffeeBuddy.Core.Runs;
using Xunit;

namespace CoffeeBuddy.Core.Tests;

public sealed class AssignmentRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero);

    private static readonly CoffeeRun Run = new()
    {
        RunId = Guid.Parse("11111111-1111-1111-1111-111111111111"),
        WorkspaceId = "T1",
        ChannelId = "C1",
        InitiatorUserId = "U1",
        DeadlineAt = Now,
    };

    [Theory]
    // Enough orders; one too few.
    [InlineData(RunStatus.Active, false, 3, 240, AssignWhen.Orders, true)]
    [InlineData(RunStatus.Active, false, 2, 240, AssignWhen.Orders, false)]
    // The deadline: reached; not yet; reached without an order.
    [InlineData(RunStatus.Active, false, 1, 0, AssignWhen.Orders, true)]
    [InlineData(RunStatus.Active, false, 1, 1, AssignWhen.Orders, false)]
    [InlineData(RunStatus.Active, false, 0, -60, AssignWhen.Orders, false)]
    // The policy that assigns only at the deadline.
    [InlineData(RunStatus.Active, false, 50, 240, AssignWhen.Deadline, false)]
    [InlineData(RunStatus.Active, false, 1, 0, AssignWhen.Deadline, true)]
    // A run that has a runner; runs that are over.
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
            RunnerUserId = assigned ? "U9" : null,
            DeadlineAt = Now.AddSeconds(secondsToDeadline),
        };

        Assert.Equal(due, AssignmentRules.IsDue(run, orders, new CoffeeOptions { AssignWhen = policy }, Now));
    }

    [Fact]
    public void Without_a_deadline_one_order_is_not_enough() =>
        Assert.False(
            AssignmentRules.IsDue(Run with { RunnerUserId = null, DeadlineAt = null }, 1, new CoffeeOptions(), Now)
        );

    [Fact]
    public void Before_it_is_due_no_runner_is_chosen() =>
        Assert.Null(
            AssignmentRules.Decide(
                Run with
                {
                    DeadlineAt = Now.AddSeconds(1),
                },
                [Person("U1", runsMade: 0)],
                lastRunnerUserId: null,
                new CoffeeOptions(),
                Now
            )
        );

    [Fact]
    public void People_who_are_away_are_no_candidates()
    {
        var assignment = Decide(Person("U1", runsMade: 0, away: true), Person("U2", runsMade: 5), Person("U3", 6))!;

        Assert.Equal("U2", assignment.RunnerUserId);
        Assert.Equal(["U2", "U3"], assignment.Candidates);
        Assert.Equal(1, assignment.Spread);
        Assert.Equal("5 runs in 30 days, the fewest of 2", assignment.ReasonParts.InEnglish());
    }

    [Fact]
    public void When_everybody_is_away_all_are_candidates_and_the_reason_says_so()
    {
        var assignment = Decide(Person("U1", runsMade: 3, away: true), Person("U2", runsMade: 2, away: true))!;

        Assert.Equal("U2", assignment.RunnerUserId);
        Assert.Equal(
            "2 runs in 30 days, the fewest of 2; everybody who ordered is away",
            assignment.ReasonParts.InEnglish()
        );
    }

    [Theory]
    // Taken part in too seldom; often enough; has gone for these; often enough for the second time.
    [InlineData(9, 0, "U2")]
    [InlineData(10, 0, "U1")]
    [InlineData(19, 1, "U2")]
    [InlineData(20, 1, "U1")]
    public void Who_has_opted_out_goes_at_most_once_for_ten_runs(int takenPart, int made, string runner)
    {
        var optedOut = new Participant(
            new("U1", made, takenPart, LastRunAt: null, Now.AddDays(-90)),
            Away: false,
            OptedOut: true
        );

        var assignment = Decide(optedOut, Person("U2", runsMade: 5), Person("U3", runsMade: 6))!;

        Assert.Equal(runner, assignment.RunnerUserId);
        Assert.Equal(
            runner == "U1" ? null : "has opted out",
            assignment.Reckoning.People.Single(person => person.UserId == "U1").WhyNot
        );
    }

    [Fact]
    public void When_nobody_else_can_go_those_who_have_opted_out_are_candidates_and_the_reason_says_so()
    {
        var optedOut = Person("U1", runsMade: 0) with { OptedOut = true };

        var assignment = Decide(optedOut, Person("U2", runsMade: 2, away: true))!;

        Assert.Equal("U1", assignment.RunnerUserId);
        Assert.EndsWith("; everybody who ordered is away or has opted out", assignment.ReasonParts.InEnglish());
    }

    [Fact]
    public void A_preview_names_the_one_whom_the_choice_would_take_before_it_is_due()
    {
        var run = Run with { DeadlineAt = Now.AddMinutes(2) };
        Participant[] two = [Person("U1", runsMade: 3), Person("U2", runsMade: 1)];

        Assert.Null(AssignmentRules.Decide(run, two, null, new CoffeeOptions(), Now));
        Assert.Equal("U2", AssignmentRules.Preview(run, two, null, new CoffeeOptions())!.RunnerUserId);
        Assert.Null(AssignmentRules.Preview(run with { RunnerUserId = "U1" }, two, null, new CoffeeOptions()));
    }

    private static Assignment? Decide(params Participant[] participants) =>
        AssignmentRules.Decide(Run, participants, lastRunnerUserId: null, new CoffeeOptions(), Now);

    private static Participant Person(string userId, int runsMade, bool away = false) =>
        new(new Candidate(userId, runsMade, runsMade, LastRunAt: null, Now.AddDays(-90)), away);
}
