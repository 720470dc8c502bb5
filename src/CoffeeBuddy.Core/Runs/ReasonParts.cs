using System.Globalization;

namespace CoffeeBuddy.Core.Runs;

/// <summary>By which rule somebody became the runner; stored as these names.</summary>
public enum ReasonKind
{
    OnlyOne,

    /// <summary>Alone with the lowest measure.</summary>
    Lowest,

    // One of several with the lowest measure:
    LongestWithoutRun,
    LongestSinceLastRun,
    NotLastRunner,
    Drawn,

    // Not chosen:
    Volunteered,
    TookOverAsFairer,
    TookOverWhenAsked,
}

/// <summary>Why the runner before is not the runner any more; stored as these names.</summary>
public enum RunnerBefore
{
    Unreachable,
    Declined,
}

/// <summary>
/// The reason why somebody is the runner, in parts from which it is said in the language of the reader. The numbers are
/// those of a runner who was chosen.
/// </summary>
/// <param name="Candidates">How many people could go.</param>
/// <param name="Others">How many of them have the same measure, without the runner.</param>
/// <param name="DrawnAmong">How many took part in the draw.</param>
/// <param name="EverybodyAbsent">Everybody who ordered is away, or has opted out.</param>
/// <param name="SomeOptedOut">One of those who are absent has opted out.</param>
/// <param name="Before">What happened to the runner before, in whose place this one was chosen.</param>
public sealed record ReasonParts(
    ReasonKind Kind,
    FairnessStrategy Strategy = FairnessStrategy.FewestRuns,
    int RunsMade = 0,
    int RunsTakenPart = 0,
    int WindowDays = 0,
    int Candidates = 0,
    int Others = 0,
    int DrawnAmong = 0,
    bool EverybodyAbsent = false,
    bool SomeOptedOut = false,
    RunnerBefore? Before = null
)
{
    /// <summary>
    /// The reason as it is stored and told to other programs; without Slack markup. Not taken from the texts that
    /// people read: the stored reasons are compared with it.
    /// </summary>
    public string InEnglish()
    {
        string?[] reasons =
        [
            Rule(),
            !EverybodyAbsent ? null
            : SomeOptedOut ? "everybody who ordered is away or has opted out"
            : "everybody who ordered is away",
            Before switch
            {
                RunnerBefore.Unreachable => "the person chosen first cannot get direct messages from me",
                RunnerBefore.Declined => "the person chosen before cannot go",
                _ => null,
            },
        ];
        return string.Join("; ", reasons.OfType<string>());
    }

    private string Rule() =>
        Kind switch
        {
            ReasonKind.OnlyOne => $"the only one who can go, {Measure()}",
            ReasonKind.Lowest => $"{Measure()}, {Rank()}",
            ReasonKind.LongestWithoutRun => $"{Tie()}, and waiting longest without a run",
            ReasonKind.LongestSinceLastRun => $"{Tie()}, and longest since the last run",
            ReasonKind.NotLastRunner => $"{Tie()}, and not the last runner",
            ReasonKind.Drawn => $"{Tie()}, and drawn by lot among {Number(DrawnAmong)}",
            ReasonKind.Volunteered => "volunteered",
            ReasonKind.TookOverAsFairer => "took over as the fairer choice after ordering late",
            _ => "was asked and took over",
        };

    private string Tie() => $"{Measure()}, {Rank()} together with {Count(Others, "other")}";

    private string Rank() =>
        $"{(Strategy == FairnessStrategy.Weighted ? "the lowest share" : "the fewest")} of {Number(Candidates)}";

    private string Measure() =>
        Strategy == FairnessStrategy.Weighted
            ? $"{Count(RunsMade, "run")} made of {Number(RunsTakenPart)} taken part in over {Count(WindowDays, "day")}"
            : $"{Count(RunsMade, "run")} in {Count(WindowDays, "day")}";

    private static string Count(int count, string what) => $"{Number(count)} {what}{(count == 1 ? "" : "s")}";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
