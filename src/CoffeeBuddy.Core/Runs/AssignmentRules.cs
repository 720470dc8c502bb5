namespace CoffeeBuddy.Core.Runs;

/// <summary>A person who ordered in the run.</summary>
/// <param name="Away">Does not want to be the runner now.</param>
/// <param name="Unreachable">Cannot be told by a direct message: deactivated, a bot, or out of the app's reach.</param>
/// <param name="Declined">Was the runner of this run and cannot go: is not chosen again for it.</param>
/// <param name="OptedOut">Does not want to be the runner at all.</param>
public sealed record Participant(
    Candidate Candidate,
    bool Away,
    bool Unreachable = false,
    bool Declined = false,
    bool OptedOut = false
)
{
    /// <summary>Whether the person is spared because they have opted out.</summary>
    public bool IsSpared(CoffeeOptions options) =>
        OptedOut && Candidate.RunsTakenPart < AssignmentRules.RunsBeforeNextTurn(Candidate.RunsMade, options);
}

/// <param name="ReasonParts">Why this person.</param>
/// <param name="Candidates">The user ids among whom the runner was chosen.</param>
/// <param name="Spread">The most minus the fewest runs that one of them made within the fairness window.</param>
/// <param name="Reckoning">The numbers of everybody who ordered.</param>
public sealed record Assignment(
    string RunnerUserId,
    ReasonParts ReasonParts,
    IReadOnlyList<string> Candidates,
    int Spread,
    Reckoning Reckoning
);

/// <summary>When a run gets its runner, and who is chosen.</summary>
public static class AssignmentRules
{
    /// <summary>
    /// The number of orders that makes the assignment due before the deadline; null when only the deadline counts.
    /// </summary>
    public static int? EnoughOrders(CoffeeOptions options) =>
        options.AssignWhen == AssignWhen.Orders ? options.AssignAfterOrders : null;

    /// <summary>
    /// Whether the runner is to be assigned now: with enough orders, or at the deadline with at least one. With an order
    /// window of the initiator only the deadline counts.
    /// </summary>
    public static bool IsDue(CoffeeRun run, int orderCount, CoffeeOptions options, DateTimeOffset now) =>
        run is { Status: RunStatus.Active, RunnerUserId: null }
        && orderCount > 0
        && (run.DeadlineAt <= now || (run.OrderWindow is null && orderCount >= EnoughOrders(options)));

    /// <summary>
    /// From how many runs taken part in within the fairness window on somebody who has opted out is a candidate again:
    /// they go at most once for every <see cref="CoffeeOptions.OptOutRuns"/>.
    /// </summary>
    public static int RunsBeforeNextTurn(int runsMade, CoffeeOptions options) => options.OptOutRuns * (runsMade + 1);

    /// <summary>Whether a person can be chosen, or asked by the system, while others can too.</summary>
    public static bool IsPresent(Participant participant, CoffeeOptions options) =>
        participant is { Away: false, Unreachable: false, Declined: false } && !participant.IsSpared(options);

    /// <summary>Who would be chosen if it were now, among those who have ordered so far.</summary>
    /// <returns>Null when nobody can be chosen.</returns>
    public static Assignment? Preview(
        CoffeeRun run,
        IReadOnlyList<Participant> participants,
        string? lastRunnerUserId,
        CoffeeOptions options
    ) =>
        run is { Status: RunStatus.Active, RunnerUserId: null }
        && participants.Any(participant => !participant.Declined)
            ? Choose(run, participants, lastRunnerUserId, options, before: null)
            : null;

    /// <summary>Chooses the runner when that is due.</summary>
    /// <param name="participants">Everybody who ordered, each once.</param>
    /// <param name="lastRunnerUserId">The runner of the channel's previous run, if there was one.</param>
    /// <returns>Null while no assignment is due, and when everybody who ordered has declined.</returns>
    public static Assignment? Decide(
        CoffeeRun run,
        IReadOnlyList<Participant> participants,
        string? lastRunnerUserId,
        CoffeeOptions options,
        DateTimeOffset now
    ) => IsDue(run, participants.Count, options, now) ? Preview(run, participants, lastRunnerUserId, options) : null;

    /// <summary>Chooses another runner, because the one chosen before cannot go or cannot be told.</summary>
    /// <param name="participants">Everybody who ordered; the runner chosen before is marked as unreachable or as having
    /// declined.</param>
    /// <param name="before">What happened to the one chosen before.</param>
    /// <returns>Null when nobody else can be chosen.</returns>
    public static Assignment? DecideAgain(
        CoffeeRun run,
        IReadOnlyList<Participant> participants,
        string? lastRunnerUserId,
        CoffeeOptions options,
        RunnerBefore before
    ) =>
        run is { Status: RunStatus.Active, RunnerUserId: not null }
        && participants.Any(participant => participant is { Unreachable: false, Declined: false })
            ? Choose(run, participants, lastRunnerUserId, options, before)
            : null;

    /// <summary>
    /// Among the people who ordered, have not declined, can be reached, are not away and have not opted out. When all of
    /// them are away or have opted out, or none can be reached, all who have not declined are candidates: the coffee has
    /// to be fetched.
    /// </summary>
    private static Assignment Choose(
        CoffeeRun run,
        IReadOnlyList<Participant> participants,
        string? lastRunnerUserId,
        CoffeeOptions options,
        RunnerBefore? before
    )
    {
        var willing = participants.Where(participant => !participant.Declined).ToList();
        var reachable = willing.Where(participant => !participant.Unreachable).ToList();
        var able = reachable.Count > 0 ? reachable : willing;
        var present = able.Where(participant => !participant.Away && !participant.IsSpared(options)).ToList();
        var candidates = (present.Count > 0 ? present : able).Select(participant => participant.Candidate).ToList();
        var choice = FairRunner.Choose(
            options.Fairness,
            candidates,
            lastRunnerUserId,
            run.RunId,
            options.FairnessWindowDays
        );
        var everybodyAbsent = present.Count == 0;
        return new(
            choice.UserId,
            choice.ReasonParts with
            {
                EverybodyAbsent = everybodyAbsent,
                SomeOptedOut = everybodyAbsent && able.Exists(participant => participant.IsSpared(options)),
                Before = before,
            },
            candidates.ConvertAll(candidate => candidate.UserId),
            candidates.Max(candidate => candidate.RunsMade) - candidates.Min(candidate => candidate.RunsMade),
            new(
                options.Fairness,
                options.FairnessWindowDays,
                lastRunnerUserId,
                [
                    .. participants.Select(participant =>
                        ReckonedPerson.Of(
                            participant.Candidate,
                            candidates.Contains(participant.Candidate) ? null : WhyNot(participant)
                        )
                    ),
                ]
            )
        );
    }

    private static string WhyNot(Participant participant) =>
        participant switch
        {
            { Declined: true } => ReckonedPerson.Declined,
            { Unreachable: true } => ReckonedPerson.Unreachable,
            { Away: true } => ReckonedPerson.Away,
            _ => ReckonedPerson.OptedOut,
        };
}
