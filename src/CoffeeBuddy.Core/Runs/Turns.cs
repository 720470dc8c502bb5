namespace CoffeeBuddy.Core.Runs;

/// <summary>How somebody became the runner; stored as snake_case names.</summary>
public enum AssignedHow
{
    Chosen,
    Volunteered,
    TookOver,
}

/// <summary>A person with the numbers on which the choice of the runner depends.</summary>
/// <param name="WhyNot">Why the person was no candidate, one of the constants; null: they were one.</param>
public sealed record ReckonedPerson(
    string UserId,
    int RunsMade,
    int RunsTakenPart,
    DateTimeOffset? LastRunAt,
    DateTimeOffset FirstSeenAt,
    string? WhyNot = null
)
{
    // They are stored, so that older workers can show them.
    public const string Declined = "cannot go";
    public const string Unreachable = "cannot get direct messages from me";
    public const string Away = "away";
    public const string OptedOut = "has opted out";

    public static ReckonedPerson Of(Candidate candidate, string? whyNot = null) =>
        new(
            candidate.UserId,
            candidate.RunsMade,
            candidate.RunsTakenPart,
            candidate.LastRunAt,
            candidate.FirstSeenAt,
            whyNot
        );

    public Candidate ToCandidate() => new(UserId, RunsMade, RunsTakenPart, LastRunAt, FirstSeenAt);
}

/// <summary>The numbers with which a runner was chosen.</summary>
/// <param name="LastRunnerUserId">The runner of the channel's previous run, if there was one.</param>
/// <param name="People">Everybody who had ordered.</param>
public sealed record Reckoning(
    FairnessStrategy Strategy,
    int WindowDays,
    string? LastRunnerUserId,
    IReadOnlyList<ReckonedPerson> People
);

/// <summary>How the present runner became it.</summary>
/// <param name="Reckoning">Only of a runner who was chosen.</param>
public sealed record StoredAssignment(
    int Version,
    string RunnerUserId,
    DateTimeOffset AssignedAt,
    AssignedHow How,
    string Reason,
    Reckoning? Reckoning
);

/// <summary>A person who was the runner of a run and cannot go.</summary>
/// <param name="Reason">The person's own words; null: none.</param>
public sealed record Decline(string UserId, string? Reason, DateTimeOffset DeclinedAt)
{
    /// <summary>Longest reason in characters.</summary>
    public const int MaxReasonLength = 200;
}

public enum TakeOverAnswer
{
    Accepted,
    Declined,

    /// <summary>Somebody goes meanwhile, or somebody else was asked.</summary>
    Lapsed,
}

/// <summary>The numbers of the person who is asked and of the runner.</summary>
public sealed record Comparison(FairnessStrategy Strategy, int WindowDays, ReckonedPerson Asked, ReckonedPerson Runner);

/// <summary>Somebody is asked to go in the runner's place.</summary>
/// <param name="AskedByUserId">Null: the system, because the person is the fairer choice.</param>
/// <param name="Comparison">Only of a request of the system.</param>
/// <param name="Answer">Null: not answered yet.</param>
/// <param name="Version">The version of the run in which the request last changed.</param>
public sealed record TakeOverRequest(
    string UserId,
    string? AskedByUserId,
    Comparison? Comparison,
    TakeOverAnswer? Answer,
    int Version
);
