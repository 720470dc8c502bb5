namespace CoffeeBuddy.Core.Runs;

/// <summary>A person who ordered in the run.</summary>
/// <param name="Away">Does not want to be the runner now.</param>
public sealed record Participant(Candidate Candidate, bool Away);

/// <param name="Reason">Why this person, as shown to people.</param>
/// <param name="Candidates">The user ids among whom the runner was chosen.</param>
public sealed record Assignment(string RunnerUserId, string Reason, IReadOnlyList<string> Candidates);

/// <summary>When a run gets its runner, and who is chosen.</summary>
public static class AssignmentRules
{
    /// <summary>
    /// The number of orders that makes the assignment due before the deadline; null when only the deadline counts.
    /// </summary>
    public static int? EnoughOrders(CoffeeOptions options) =>
        options.AssignWhen == AssignWhen.Orders ? options.AssignAfterOrders : null;

    /// <summary>
    /// Whether the runner is to be assigned now: with enough orders, or at the deadline with at least one.
    /// </summary>
    public static bool IsDue(CoffeeRun run, int orderCount, CoffeeOptions options, DateTimeOffset now) =>
        run is { Status: RunStatus.Active, RunnerUserId: null }
        && orderCount > 0
        && (run.DeadlineAt <= now || orderCount >= EnoughOrders(options));

    /// <summary>
    /// Chooses the runner among the people who ordered and are not away. When all of them are away, all are candidates:
    /// the coffee has to be fetched.
    /// </summary>
    /// <param name="participants">Everybody who ordered, each once.</param>
    /// <param name="lastRunnerUserId">The runner of the channel's previous run, if there was one.</param>
    /// <returns>Null while no assignment is due.</returns>
    public static Assignment? Decide(
        CoffeeRun run,
        IReadOnlyList<Participant> participants,
        string? lastRunnerUserId,
        CoffeeOptions options,
        DateTimeOffset now
    )
    {
        if (!IsDue(run, participants.Count, options, now))
            return null;

        var present = participants.Where(participant => !participant.Away).ToList();
        var candidates = (present.Count > 0 ? present : participants)
            .Select(participant => participant.Candidate)
            .ToList();
        var choice = FairRunner.Choose(
            options.Fairness,
            candidates,
            lastRunnerUserId,
            run.RunId,
            options.FairnessWindowDays
        );
        var reason = present.Count > 0 ? choice.Reason : $"{choice.Reason}; everybody who ordered is away";
        return new(choice.UserId, reason, candidates.ConvertAll(candidate => candidate.UserId));
    }
}
