using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using Xunit;

namespace CoffeeBuddy.Core.Tests;

/// <summary>Each rule of the choice, for both strategies, with the reason that people see.</summary>
public sealed class FairRunnerTests
{
    private static readonly Guid RunId = Guid.Parse("0198c0de-0000-7000-8000-000000000001");
    private static readonly DateTimeOffset Monday = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_person_with_the_fewest_runs_is_chosen()
    {
        var choice = Choose(
            FairnessStrategy.FewestRuns,
            [Person("A", made: 3), Person("B", made: 2), Person("C", made: 4)]
        );

        Assert.Equal(("B", "2 runs in 30 days, the fewest of 3"), (choice.UserId, choice.ReasonParts.InEnglish()));
    }

    [Fact]
    public void Fewest_runs_ignores_how_often_a_person_took_part()
    {
        var choice = Choose(
            FairnessStrategy.FewestRuns,
            [Person("A", made: 2, takenPart: 20), Person("B", made: 1, takenPart: 1)]
        );

        Assert.Equal(("B", "1 run in 30 days, the fewest of 2"), (choice.UserId, choice.ReasonParts.InEnglish()));
    }

    [Fact]
    public void Weighted_chooses_the_person_with_the_lowest_share_of_runs_made()
    {
        var choice = Choose(
            FairnessStrategy.Weighted,
            [Person("A", made: 2, takenPart: 20), Person("B", made: 1, takenPart: 2)]
        );

        Assert.Equal(
            ("A", "2 runs made of 20 taken part in over 30 days, the lowest share of 2"),
            (choice.UserId, choice.ReasonParts.InEnglish())
        );
    }

    [Fact]
    public void Equal_shares_of_different_numbers_are_a_tie()
    {
        var choice = Choose(
            FairnessStrategy.Weighted,
            [
                Person("A", made: 1, takenPart: 3, last: Monday.AddDays(-1)),
                Person("B", made: 2, takenPart: 6, last: Monday.AddDays(-2)),
            ]
        );

        Assert.Equal(
            (
                "B",
                "2 runs made of 6 taken part in over 30 days, the lowest share of 2 together with 1 other, and longest since the last run"
            ),
            (choice.UserId, choice.ReasonParts.InEnglish())
        );
    }

    [Theory]
    [InlineData(FairnessStrategy.FewestRuns)]
    [InlineData(FairnessStrategy.Weighted)]
    public void A_tie_goes_to_the_person_whose_last_run_is_longest_ago(FairnessStrategy strategy)
    {
        var choice = Choose(
            strategy,
            [
                Person("A", 1, 5, Monday.AddDays(-1)),
                Person("B", 1, 5, Monday.AddDays(-9)),
                Person("C", 1, 5, Monday.AddDays(-2)),
                Person("D", 5, 5),
            ]
        );

        Assert.Equal("B", choice.UserId);
        Assert.EndsWith("of 4 together with 2 others, and longest since the last run", choice.ReasonParts.InEnglish());
    }

    [Fact]
    public void A_newcomer_waits_since_first_seen_and_comes_after_people_who_waited_longer()
    {
        Candidate[] candidates =
        [
            Person("OLD", made: 0, last: Monday.AddDays(-40)),
            Person("NEW", made: 0, seen: Monday.AddDays(-1)),
        ];

        Assert.Equal("OLD", Choose(FairnessStrategy.FewestRuns, candidates).UserId);
    }

    [Fact]
    public void Among_people_without_a_run_the_one_seen_first_waited_longest()
    {
        var choice = Choose(
            FairnessStrategy.FewestRuns,
            [Person("A", seen: Monday.AddDays(-3)), Person("B", seen: Monday.AddDays(-5))]
        );

        Assert.Equal(
            ("B", "0 runs in 30 days, the fewest of 2 together with 1 other, and waiting longest without a run"),
            (choice.UserId, choice.ReasonParts.InEnglish())
        );
    }

    [Theory]
    [InlineData(FairnessStrategy.FewestRuns)]
    [InlineData(FairnessStrategy.Weighted)]
    public void Among_people_who_waited_equally_long_the_last_runner_is_not_chosen(FairnessStrategy strategy)
    {
        var choice = Choose(strategy, [Person("A", seen: Monday), Person("B", seen: Monday)], lastRunner: "A");

        Assert.Equal("B", choice.UserId);
        Assert.EndsWith("and not the last runner", choice.ReasonParts.InEnglish());
    }

    [Fact]
    public void The_last_runner_is_chosen_again_when_their_measure_is_lowest() =>
        Assert.Equal(
            "A",
            Choose(FairnessStrategy.FewestRuns, [Person("A", made: 1), Person("B", made: 2)], lastRunner: "A").UserId
        );

    [Fact]
    public void The_only_candidate_is_chosen_whatever_their_history()
    {
        var choice = Choose(FairnessStrategy.FewestRuns, [Person("A", made: 9)], lastRunner: "A");

        Assert.Equal(
            ("A", "the only one who can go, 9 runs in 30 days"),
            (choice.UserId, choice.ReasonParts.InEnglish())
        );
    }

    [Fact]
    public void A_complete_tie_is_drawn_and_over_many_runs_each_person_is_drawn()
    {
        Candidate[] candidates = [Person("A"), Person("B"), Person("C"), Person("LAST")];
        var drawn = Enumerable
            .Range(1, 200)
            .Select(number =>
                FairRunner.Choose(FairnessStrategy.FewestRuns, candidates, "LAST", new Guid(number, 0, 0, new byte[8]))
            )
            .ToList();

        Assert.All(
            drawn,
            choice =>
                Assert.Equal(
                    "0 runs in 30 days, the fewest of 4 together with 3 others, and drawn by lot among 3",
                    choice.ReasonParts.InEnglish()
                )
        );
        Assert.Equal(["A", "B", "C"], drawn.Select(choice => choice.UserId).Distinct().Order());
    }

    [Fact]
    public void The_reason_names_the_configured_window() =>
        Assert.Equal(
            "2 runs in 1 day, the fewest of 2",
            FairRunner
                .Choose(FairnessStrategy.FewestRuns, [Person("A", 2), Person("B", 3)], null, RunId, windowDays: 1)
                .ReasonParts.InEnglish()
        );

    [Fact]
    public void Choosing_without_candidates_is_an_error() =>
        Assert.Throws<ArgumentException>(() => FairRunner.Choose(FairnessStrategy.FewestRuns, [], null, RunId));

    private static RunnerChoice Choose(FairnessStrategy strategy, Candidate[] candidates, string? lastRunner = null) =>
        FairRunner.Choose(strategy, candidates, lastRunner, RunId);

    private static Candidate Person(
        string userId,
        int made = 0,
        int takenPart = 10,
        DateTimeOffset? last = null,
        DateTimeOffset? seen = null
    ) => new(userId, made, takenPart, last, seen ?? Monday.AddDays(-100));
}
