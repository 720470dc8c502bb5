using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace CoffeeBuddy.Core.Runs;

/// <summary>A person who can be the runner, with the history on which fairness depends.</summary>
/// <param name="RunsMade">Runs made as the runner within the window; cancelled runs do not count.</param>
/// <param name="RunsTakenPart">Runs within the window in which the person ordered or was the runner; cancelled runs do
/// not count.</param>
/// <param name="LastRunAt">When the person was last assigned a run that was not cancelled, also before the window;
/// null: never.</param>
/// <param name="FirstSeenAt">When the person first used CoffeeBuddy; a newcomer waits since then.</param>
public sealed record Candidate(
    string UserId,
    int RunsMade,
    int RunsTakenPart,
    DateTimeOffset? LastRunAt,
    DateTimeOffset FirstSeenAt
)
{
    internal DateTimeOffset WaitingSince => LastRunAt ?? FirstSeenAt;

    /// <summary>Runs made per run taken part in.</summary>
    public double Share => RunsTakenPart == 0 ? 0 : (double)RunsMade / RunsTakenPart;
}

/// <param name="ReasonParts">Why this person was chosen.</param>
public sealed record RunnerChoice(string UserId, ReasonParts ReasonParts);

/// <summary>
/// Chooses the runner; the same arguments give the same choice. The rules, in this order: the lowest measure of the
/// strategy; the longest time since the last run; not the last runner again; a draw seeded with the run's id.
/// </summary>
public static class FairRunner
{
    /// <param name="candidates">At least one; each person once; in any order.</param>
    /// <param name="lastRunnerUserId">The runner of the channel's previous run, if there was one.</param>
    public static RunnerChoice Choose(
        FairnessStrategy strategy,
        IReadOnlyCollection<Candidate> candidates,
        string? lastRunnerUserId,
        Guid runId,
        int windowDays = 30
    )
    {
        if (candidates.Count == 0)
            throw new ArgumentException("There must be at least one candidate.", nameof(candidates));
        if (candidates.Count == 1)
            return Chosen(ReasonKind.OnlyOne, candidates.First());

        double Score(Candidate candidate) =>
            strategy == FairnessStrategy.Weighted ? candidate.Share : candidate.RunsMade;
        var least = candidates.Min(Score);
        var fewest = candidates.Where(candidate => Score(candidate) == least).ToList();
        if (fewest is [var one])
            return Chosen(ReasonKind.Lowest, one);

        var longestWait = fewest.Min(candidate => candidate.WaitingSince);
        var waiting = fewest.Where(candidate => candidate.WaitingSince == longestWait).ToList();
        if (waiting is [var longest])
            return Chosen(
                longest.LastRunAt is null ? ReasonKind.LongestWithoutRun : ReasonKind.LongestSinceLastRun,
                longest,
                fewest.Count - 1
            );

        var fresh = waiting.Where(candidate => candidate.UserId != lastRunnerUserId).ToList();
        if (fresh is [var other])
            return Chosen(ReasonKind.NotLastRunner, other, fewest.Count - 1);

        var drawn = fresh.MinBy(candidate => (Draw(runId, candidate.UserId), candidate.UserId))!;
        return Chosen(ReasonKind.Drawn, drawn, fewest.Count - 1, fresh.Count);

        RunnerChoice Chosen(ReasonKind kind, Candidate chosen, int others = 0, int drawnAmong = 0) =>
            new(
                chosen.UserId,
                new(
                    kind,
                    strategy,
                    chosen.RunsMade,
                    chosen.RunsTakenPart,
                    windowDays,
                    candidates.Count,
                    others,
                    drawnAmong
                )
            );
    }

    /// <summary>
    /// Whether a person would have been the fairer choice: by the measure, or with the same measure by the longer wait.
    /// </summary>
    public static bool IsFairer(FairnessStrategy strategy, Candidate person, Candidate runner)
    {
        var (own, other) =
            strategy == FairnessStrategy.Weighted
                ? (person.Share, runner.Share)
                : (person.RunsMade, (double)runner.RunsMade);
        return own < other || (own == other && person.WaitingSince < runner.WaitingSince);
    }

    // A hash, not Random: the draw must depend neither on the order of the candidates nor on the version of .NET.
    private static ulong Draw(Guid runId, string userId) =>
        BinaryPrimitives.ReadUInt64BigEndian(
            SHA256.HashData([.. runId.ToByteArray(bigEndian: true), .. Encoding.UTF8.GetBytes(userId)])
        );
}
