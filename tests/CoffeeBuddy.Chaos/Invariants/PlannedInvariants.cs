using CoffeeBuddy.Chaos.Record;

namespace CoffeeBuddy.Chaos.Invariants;

/// <summary>Planned runs are opened when they are due, or the person who planned them is told why not.</summary>
internal static class PlannedInvariants
{
    public static IEnumerable<Invariant> All(Evidence evidence) =>
        [
            Invariant.Each(
                "every planned run that was due has ended",
                evidence.Planned.Values,
                planned =>
                    planned.Status == "planned" && planned.StartsAt < evidence.Now
                        ? $"planned run {planned.Id} of {planned.StartsAt:HH:mm} has not ended"
                        : null
            ),
            Invariant.Each(
                "a planned run that was started has its run, and no other has",
                evidence.Planned.Values,
                planned =>
                    evidence.Runs.ContainsKey(planned.Id) == (planned.Status == "started")
                        ? null
                        : $"planned run {planned.Id} is {planned.Status}"
            ),
            Invariant.Each(
                "whose planned run was dropped is told",
                evidence.Planned.Values.Where(planned => planned.Status == "dropped"),
                planned =>
                    evidence
                        .PostsOf[planned.Id]
                        .Any(post => post.Kind == MessageKinds.NotStarted && post.Recipient == planned.Person)
                        ? null
                        : $"planned run {planned.Id}: {planned.Person} was not told"
            ),
        ];
}
