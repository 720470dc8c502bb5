using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Texts;

namespace CoffeeBuddy.Slack.Views;

/// <summary>"Why me?": the numbers with which the runner was chosen, as they were then.</summary>
public static class ReckoningView
{
    private const int ReasonLength = 1000;

    /// <param name="assignments">How the runners of the run became it, the latest first; empty: an older version chose
    /// the runner.</param>
    public static View Build(CoffeeRun run, IReadOnlyList<StoredAssignment> assignments)
    {
        var runner =
            run.RunnerUserId is null ? RunnerTexts.NobodyGoes
            : RunnerReason.Of(run) is not { } reason ? RunnerTexts.FormatRunnerGoes(Mrkdwn.User(run.RunnerUserId))
            : RunnerTexts.FormatRunnerGoesBecause(Mrkdwn.User(run.RunnerUserId), Mrkdwn.Escape(reason, ReasonLength));
        List<Block> blocks = [new SectionBlock(TextObject.Mrkdwn(runner))];
        // Somebody who volunteered or took over was not chosen by numbers: those of the last choice are shown.
        if (assignments.FirstOrDefault(assignment => assignment.Reckoning is not null) is { } chosen)
            AddReckoning(blocks, chosen);
        else
            blocks.Add(new SectionBlock(TextObject.Mrkdwn(RunnerTexts.NoReckoning)));
        return new(View.Modal, blocks)
        {
            Title = TextObject.Plain(RunnerTexts.WhyThisRunner, 24),
            Close = TextObject.Plain(RunnerTexts.Close, 24),
        };
    }

    private static void AddReckoning(List<Block> blocks, StoredAssignment chosen)
    {
        var reckoning = chosen.Reckoning!;
        blocks.Add(
            new ContextBlock(
                TextObject.Mrkdwn(
                    RunnerTexts.FormatChosen(Mrkdwn.User(chosen.RunnerUserId), Mrkdwn.Time(chosen.AssignedAt))
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
            : $" {RunnerTexts.FormatLastRunner(Mrkdwn.User(reckoning.LastRunnerUserId))}";
        blocks.Add(new ContextBlock(TextObject.Mrkdwn($"{RuleOf(reckoning)}{last}")));
    }

    /// <summary>One person's numbers.</summary>
    internal static string Line(ReckonedPerson person, FairnessStrategy strategy, int windowDays)
    {
        var (who, runs, days) = (Mrkdwn.User(person.UserId), Counts.Runs(person.RunsMade), Counts.Days(windowDays));
        var since = Mrkdwn.Time(person.LastRunAt ?? person.FirstSeenAt);
        var weight = Dates.Number(person.ToCandidate().Share, "0.00");
        var numbers = (strategy, person.LastRunAt) switch
        {
            (FairnessStrategy.Weighted, null) => RunnerTexts.FormatNumbersWeightedNoRun(
                who,
                runs,
                days,
                person.RunsTakenPart,
                weight,
                since
            ),
            (FairnessStrategy.Weighted, _) => RunnerTexts.FormatNumbersWeighted(
                who,
                runs,
                days,
                person.RunsTakenPart,
                weight,
                since
            ),
            (_, null) => RunnerTexts.FormatNumbersFewestNoRun(who, runs, days, person.RunsTakenPart, since),
            _ => RunnerTexts.FormatNumbersFewest(who, runs, days, person.RunsTakenPart, since),
        };
        return person.WhyNot is null
            ? numbers
            : $"{numbers} · _{Mrkdwn.Escape(RunnerReason.WhyNot(person.WhyNot), 100)}_";
    }

    private static double Measure(ReckonedPerson person, FairnessStrategy strategy) =>
        strategy == FairnessStrategy.Weighted ? person.ToCandidate().Share : person.RunsMade;

    private static string RuleOf(Reckoning reckoning) =>
        reckoning.Strategy == FairnessStrategy.Weighted
            ? RunnerTexts.RuleWeighted
            : RunnerTexts.FormatRuleFewest(Counts.Days(reckoning.WindowDays));
}
