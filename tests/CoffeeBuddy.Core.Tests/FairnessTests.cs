using CoffeeBuddy.Core.Runs;
using CsCheck;
using Xunit;

namespace CoffeeBuddy.Core.Tests;

/// <summary>Properties of the choice over many runs, in offices of different sizes.</summary>
public sealed class FairnessTests
{
    private static readonly Gen<FairnessStrategy> Strategy = Gen.Enum<FairnessStrategy>();
    private static readonly Gen<(FairnessStrategy Strategy, int People, int Seed)> Offices = Gen.Select(
        Strategy,
        Gen.Int[10, 50],
        Gen.Int
    );

    [Fact]
    public void Over_30_days_the_run_counts_of_regulars_deviate_by_less_than_2() =>
        Offices.Sample(
            (strategy, people, seed) =>
            {
                var office = new Office(strategy, people, seed);
                office.Simulate(days: 30);
                return Deviation([.. office.Regulars.Select(person => office.RunsMade(person.UserId))]) < 2;
            },
            iter: 200
        );

    [Fact]
    public void The_chosen_person_never_has_more_runs_than_another_candidate() =>
        Offices.Sample(
            (_, people, seed) =>
                new Office(FairnessStrategy.FewestRuns, people, seed).Simulate(
                    days: 40,
                    (chosen, candidates) =>
                        Assert.Equal(candidates.Min(candidate => candidate.RunsMade), chosen.RunsMade)
                ),
            iter: 50
        );

    [Fact]
    public void By_fewest_runs_a_newcomer_makes_at_most_one_run_more_than_the_busiest_regular() =>
        Offices.Sample(
            (_, people, seed) =>
            {
                var office = new Office(FairnessStrategy.FewestRuns, people, seed);
                office.Simulate(days: 30);
                var busiest = office.Regulars.Max(person => office.RunsMade(person.UserId));
                Assert.All(
                    office.Newcomers,
                    newcomer => Assert.InRange(office.RunsMade(newcomer.UserId), 0, busiest + 1)
                );
            },
            iter: 200
        );

    [Fact]
    public void Weighted_a_newcomers_share_is_at_most_one_run_above_the_highest_share_of_a_regular() =>
        Offices.Sample(
            (_, people, seed) =>
            {
                var office = new Office(FairnessStrategy.Weighted, people, seed);
                office.Simulate(days: 30);
                var highest = office.Regulars.Max(person => Share(office, person.UserId));
                // Runs are whole numbers: the first run already makes the share 1.
                Assert.All(
                    office.Newcomers,
                    newcomer =>
                        Assert.True(
                            office.RunsMade(newcomer.UserId) <= 1 + (highest * office.TakenPart(newcomer.UserId))
                        )
                );
            },
            iter: 200
        );

    [Fact]
    public void The_choice_does_not_depend_on_the_order_of_the_candidates_or_on_the_time() =>
        Gen.Select(Strategy, Candidates, Gen.Guid, Gen.Int)
            .Sample(
                (strategy, candidates, runId, seed) =>
                {
                    var lastRunner = candidates[0].UserId;
                    var shuffled = candidates.ToArray();
                    new Random(seed).Shuffle(shuffled);
                    return FairRunner.Choose(strategy, candidates, lastRunner, runId)
                        == FairRunner.Choose(strategy, shuffled, lastRunner, runId);
                }
            );

    [Fact]
    public void A_candidate_is_chosen_and_in_a_complete_tie_never_the_last_runner() =>
        Gen.Select(Strategy, Candidates, Gen.Guid)
            .Sample(
                (strategy, candidates, runId) =>
                {
                    var equals = candidates
                        .Select(candidate =>
                            candidate with
                            {
                                RunsMade = 1,
                                RunsTakenPart = 2,
                                LastRunAt = null,
                                FirstSeenAt = default,
                            }
                        )
                        .ToList();
                    var choice = FairRunner.Choose(strategy, equals, equals[0].UserId, runId);
                    return equals.Any(candidate => candidate.UserId == choice.UserId)
                        && (equals.Count == 1 || choice.UserId != equals[0].UserId);
                }
            );

    // Few different values, so that every kind of tie occurs.
    private static Gen<List<Candidate>> Candidates =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 2])
            .List[1, 12]
            .Select(people =>
                people
                    .Select(
                        (person, number) =>
                            new Candidate(
                                $"U{number}",
                                Math.Min(person.Item1, person.Item2),
                                person.Item2,
                                person.Item3 == 0 ? null : DateTimeOffset.UnixEpoch.AddDays(person.Item3),
                                DateTimeOffset.UnixEpoch.AddDays(person.Item4)
                            )
                    )
                    .ToList()
            );

    private static double Share(Office office, string userId) =>
        office.TakenPart(userId) == 0 ? 0 : (double)office.RunsMade(userId) / office.TakenPart(userId);

    private static double Deviation(IReadOnlyCollection<int> counts)
    {
        var mean = counts.Average();
        return Math.Sqrt(counts.Average(count => (count - mean) * (count - mean)));
    }
}
