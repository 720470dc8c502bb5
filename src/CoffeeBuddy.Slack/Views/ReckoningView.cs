using System.Globalization;
using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.BlockKit;

namespace CoffeeBuddy.Slack.Views;

/// <summary>"Why me?": the numbers with which the runner was chosen, as they were then.</summary>
public static class ReckoningView
{
    private const int ReasonLength = 1000;

    /// <param name="assignments">How the runners of the run became it, the latest first; empty: an older version chose
    /// the runner.</param>
    public static View Build(CoffeeRun run, IReadOnlyList<StoredAssignment> assignments)
    {
        var runner = run.RunnerUserId is null ? "Nobody goes" : $"{Mrkdwn.User(run.RunnerUserId)} goes";
        var reason = run.AssignmentReason is null ? "" : $": {Mrkdwn.Escape(run.AssignmentReason, ReasonLength)}";
        List<Block> blocks = [new SectionBlock(TextObject.Mrkdwn($":walking: *{runner}*{reason}."))];
        // Somebody who volunteered or took over was not chosen by numbers: those of the last choice are shown.
        if (assignments.FirstOrDefault(assignment => assignment.Reckoning is not null) is { } chosen)
            AddReckoning(blocks, chosen);
        else
            blocks.Add(new SectionBlock(TextObject.Mrkdwn("I have not chosen anybody for this run by numbers.")));
        return new(View.Modal, blocks)
        {
            Title = TextObject.Plain("Why this runner?", 24),
            Close = TextObject.Plain("Close", 24),
        };
    }

    private static void AddReckoning(List<Block> blocks, StoredAssignment chosen)
    {
        var reckoning = chosen.Reckoning!;
        blocks.Add(
            new ContextBlock(
                TextObject.Mrkdwn(
                    $"I chose {Mrkdwn.User(chosen.RunnerUserId)} {Mrkdwn.Time(chosen.AssignedAt)}, with these numbers:"
                )
            )
        );
        var people = reckoning
            .People.OrderByDescending(person => person.WhyNot is null)
            .ThenBy(person => Measure(person, reckoning.Strategy))
            .ThenBy(person => person.LastRunAt ?? person.FirstSeenAt)
            .Select(person =>
                person.UserId == chosen.RunnerUserId
                    ? $":point_right: {Line(person, reckoning.Strategy, reckoning.WindowDays)}"
                    : Line(person, reckoning.Strategy, reckoning.WindowDays)
            )
            .ToList();
        blocks.AddRange(LinePacker.Pack(people, "\n"));
        var last = reckoning.LastRunnerUserId is null
            ? ""
            : $" The last runner here was {Mrkdwn.User(reckoning.LastRunnerUserId)}.";
        blocks.Add(new ContextBlock(TextObject.Mrkdwn($"{RuleOf(reckoning)}{last}")));
    }

    /// <summary>One person's numbers.</summary>
    internal static string Line(ReckonedPerson person, FairnessStrategy strategy, int windowDays)
    {
        var weight =
            strategy == FairnessStrategy.Weighted
                ? $", weight {person.ToCandidate().Share.ToString("0.00", CultureInfo.InvariantCulture)}"
                : "";
        var last = person.LastRunAt is { } at
            ? $"last run {Mrkdwn.Time(at)}"
            : $"no run yet, here since {Mrkdwn.Time(person.FirstSeenAt)}";
        var whyNot = person.WhyNot is null ? "" : $" · _{Mrkdwn.Escape(person.WhyNot, 100)}_";
        return $"{Mrkdwn.User(person.UserId)} — {RunMessages.Count(person.RunsMade, "run")} in {RunMessages.Count(windowDays, "day")}, {person.RunsTakenPart} taken part in{weight}, {last}{whyNot}";
    }

    private static double Measure(ReckonedPerson person, FairnessStrategy strategy) =>
        strategy == FairnessStrategy.Weighted ? person.ToCandidate().Share : person.RunsMade;

    private static string RuleOf(Reckoning reckoning) =>
        reckoning.Strategy == FairnessStrategy.Weighted
            ? "The rule: the lowest weight (runs made for each run taken part in); then who has waited longest since their last run, or since they came; then not the last runner; then a draw."
            : $"The rule: the fewest runs in {RunMessages.Count(reckoning.WindowDays, "day")}; then who has waited longest since their last run, or since they came; then not the last runner; then a draw.";
}
