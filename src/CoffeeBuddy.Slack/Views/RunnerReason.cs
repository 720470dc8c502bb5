using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.Texts;

namespace CoffeeBuddy.Slack.Views;

/// <summary>Why somebody is the runner, or was no candidate, in the current language.</summary>
public static class RunnerReason
{
    /// <summary>The reason of the present runner; null: none is known.</summary>
    internal static string? Of(CoffeeRun run) =>
        run.AssignmentReasonParts is { } parts ? InWords(parts) : run.AssignmentReason;

    public static string InWords(ReasonParts parts)
    {
        string?[] reasons =
        [
            Rule(parts),
            !parts.EverybodyAbsent ? null
            : parts.SomeOptedOut ? ReasonTexts.EverybodyAwayOrOptedOut
            : ReasonTexts.EverybodyAway,
            parts.Before switch
            {
                RunnerBefore.Unreachable => ReasonTexts.BeforeUnreachable,
                RunnerBefore.Declined => ReasonTexts.BeforeDeclined,
                _ => null,
            },
        ];
        return string.Join("; ", reasons.OfType<string>());
    }

    /// <summary>Why a person was no candidate.</summary>
    /// <param name="stored">See <see cref="ReckonedPerson.WhyNot"/>.</param>
    internal static string WhyNot(string stored) =>
        stored switch
        {
            ReckonedPerson.Declined => ReasonTexts.NotDeclined,
            ReckonedPerson.Unreachable => ReasonTexts.NotUnreachable,
            ReckonedPerson.Away => ReasonTexts.NotAway,
            ReckonedPerson.OptedOut => ReasonTexts.NotOptedOut,
            // Of a newer worker.
            _ => stored,
        };

    private static string Rule(ReasonParts parts) =>
        parts.Kind switch
        {
            ReasonKind.OnlyOne => ReasonTexts.FormatOnlyOne(Measure(parts)),
            ReasonKind.Lowest when parts.Strategy == FairnessStrategy.Weighted => ReasonTexts.FormatLowestShare(
                Measure(parts),
                parts.Candidates
            ),
            ReasonKind.Lowest => ReasonTexts.FormatFewest(Measure(parts), parts.Candidates),
            ReasonKind.LongestWithoutRun => Tie(parts, ReasonTexts.LongestWithoutRun),
            ReasonKind.LongestSinceLastRun => Tie(parts, ReasonTexts.LongestSinceLastRun),
            ReasonKind.NotLastRunner => Tie(parts, ReasonTexts.NotLastRunner),
            ReasonKind.Drawn => Tie(parts, ReasonTexts.FormatDrawn(parts.DrawnAmong)),
            ReasonKind.Volunteered => ReasonTexts.Volunteered,
            ReasonKind.TookOverAsFairer => ReasonTexts.TookOverAsFairer,
            _ => ReasonTexts.TookOverWhenAsked,
        };

    private static string Tie(ReasonParts parts, string tieBreak) =>
        parts.Strategy == FairnessStrategy.Weighted
            ? ReasonTexts.FormatLowestShareTie(Measure(parts), parts.Candidates, Counts.Others(parts.Others), tieBreak)
            : ReasonTexts.FormatFewestTie(Measure(parts), parts.Candidates, Counts.Others(parts.Others), tieBreak);

    private static string Measure(ReasonParts parts) =>
        parts.Strategy == FairnessStrategy.Weighted
            ? ReasonTexts.FormatRunsOfTakenPart(
                Counts.Runs(parts.RunsMade),
                parts.RunsTakenPart,
                Counts.Days(parts.WindowDays)
            )
            : ReasonTexts.FormatRunsInDays(Counts.Runs(parts.RunsMade), Counts.Days(parts.WindowDays));
}
