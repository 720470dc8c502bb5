using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Core.Statistics;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Views;
using CsCheck;
using Xunit;

namespace CoffeeBuddy.Slack.Tests;

public sealed class StatisticsTests
{
    private static readonly DateOnly FirstMonday = new(2025, 12, 15);

    private static readonly RunStatistics Counted = new()
    {
        Weeks = [.. Weeks((week, _) => new(week, Runs: 4, TimeSpan.FromSeconds(90)))],
        Times = new(48, 47, TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(272)),
        Fairness = new(7, 16, 1.234),
        ActivePeople = 7,
        Drinks = [new("Latte *hot*", 12), new("Tea", 1)],
        Survey = new(6, 1, 0),
        NeverRunners = [new("U7", 5)],
    };

    private static readonly StatisticsFrame OfChannel = new(
        new("T1", "C1"),
        WindowDays: 30,
        WithSurvey: true,
        MayExport: false
    );

    [Fact]
    public void The_statistics_are_shown_with_the_targets_of_the_specification()
    {
        var shown = Shown(Counted with { NeverRunners = null }, OfChannel);

        Assert.Contains("Coffee runs of <#C1> in the last 12 weeks", shown, StringComparison.Ordinal);
        Assert.Contains(
            "*Weekly Active Runs*\n4 a week on average. The target for 7 active people is at least 3.5 a week.",
            shown,
            StringComparison.Ordinal
        );
        Assert.Contains("15 Dec: 4 · 22 Dec: 4 · ", shown, StringComparison.Ordinal);
        Assert.Contains(
            "From the first order to a runner: median 1 min 30 s, 95th percentile 4 min 32 s; 97 % of 48 runs within 5 min. The target for the 95th percentile is under 5 min.",
            shown,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "*Fairness Score*\n1.23 is the standard deviation of the runs made in 30 days: 16 runs by 7 people. The target is under 2.",
            shown,
            StringComparison.Ordinal
        );
        Assert.Contains("• Latte ∗hot∗: 12 orders\n• Tea: 1 order", shown, StringComparison.Ordinal);
        Assert.Contains(
            "85 % of 7 answers are satisfied, 1 so-so, 0 not satisfied. The target is at least 80 %.",
            shown,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("Who orders", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_and_the_runs_are_for_who_may_have_them()
    {
        var members = StatisticsView.Message(Counted with { NeverRunners = null }, OfChannel);
        var admins = StatisticsView.Message(Counted, OfChannel with { MayExport = true });

        Assert.Equal([(Actions.StatisticsChart, "C1")], Buttons(members.Blocks));
        Assert.Equal([(Actions.StatisticsChart, "C1"), (Actions.StatisticsCsv, "C1")], Buttons(admins.Blocks));
        Assert.Contains("• <@U7>: took part in 5 runs", Text(admins.Blocks), StringComparison.Ordinal);
        Assert.DoesNotContain("U7", admins.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_statistics_of_the_workspace_name_no_channel()
    {
        var frame = OfChannel with { Scope = new("T1", ChannelId: null), MayExport = true };

        var view = StatisticsView.Modal(Counted, frame);

        Assert.Contains("Coffee runs of the workspace", Text(view.Blocks), StringComparison.Ordinal);
        Assert.Contains((Actions.StatisticsCsv, Actions.Workspace), Buttons(view.Blocks));
    }

    [Fact]
    public void Few_answers_are_not_shown()
    {
        var shown = Shown(Counted with { Survey = new(0, 0, 4) }, OfChannel);

        Assert.Contains("There are 4 answers so far. I show them from 5 on", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("4 not satisfied", shown, StringComparison.Ordinal);
        var off = OfChannel with { WithSurvey = false };
        Assert.DoesNotContain(
            "Satisfaction",
            Shown(Counted with { Survey = new(0, 0, 0) }, off),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void All_statistics_are_within_Slacks_limits() =>
        Gen.Select(Any.Drinks.List[0, 5], Gen.Int[0, 100_000], Gen.Bool, Any.Runs)
            .Sample(
                (drinks, number, any, run) =>
                {
                    var counted = new RunStatistics
                    {
                        Weeks = [.. Weeks((week, _) => new(week, number, any ? TimeSpan.FromSeconds(number) : null))],
                        Times = new(
                            number + 1,
                            0,
                            any ? TimeSpan.FromSeconds(number) : null,
                            any ? TimeSpan.FromDays(number) : null
                        ),
                        Fairness = new(number, number, any ? number / 3.0 : null),
                        ActivePeople = number,
                        Drinks = [.. drinks.Select(drink => new DrinkNumbers(drink.DrinkType, number))],
                        Survey = new(number, number, number),
                        NeverRunners =
                        [
                            .. Enumerable
                                .Range(0, RunStatistics.MaxNeverRunners)
                                .Select(_ => new NeverRunner(run.InitiatorUserId, number)),
                        ],
                    };
                    BlockKitLimits.AssertWithin(StatisticsView.Message(counted, OfChannel));
                    BlockKitLimits.AssertWithin(StatisticsView.Modal(counted, OfChannel with { MayExport = true }));
                    Assert.InRange(StatisticsChart.Of(counted, 30).AltText.Length, 1, StatisticsChart.MaxAltText);
                },
                iter: 60
            );

    [Fact]
    public void The_chart_says_in_words_what_it_shows()
    {
        var chart = StatisticsChart.Of(
            Counted with
            {
                Weeks = [.. Weeks((week, index) => new(week, index, index == 0 ? null : TimeSpan.FromSeconds(63)))],
            },
            windowDays: 30
        );

        Assert.Equal(
            "Coffee runs in the last 12 weeks. "
                + "Weekly Active Runs: runs started in each week: 15 Dec 0, 22 Dec 1, 29 Dec 2, 5 Jan 3, 12 Jan 4, 19 Jan 5, 26 Jan 6, 2 Feb 7, 9 Feb 8, 16 Feb 9, 23 Feb 10, 2 Mar 11. "
                + "Order Confirmation Time: median minutes from the first order to a runner, by week (line: 5): 22 Dec 1, 29 Dec 1, 5 Jan 1, 12 Jan 1, 19 Jan 1, 26 Jan 1, 2 Feb 1, 9 Feb 1, 16 Feb 1, 23 Feb 1, 2 Mar 1. "
                + "Order Confirmation Time, 95th percentile: 4 min 32 s (target under 5 min). Fairness Score over 30 days: 1.23 (target under 2). User Satisfaction: 85 % (target at least 80 %).",
            chart.AltText
        );
        Assert.Equal([0, 1.05], chart.Panels[1].Bars.Take(2).Select(bar => bar.Value));
    }

    [Fact]
    public void The_question_comes_after_a_completed_run_with_orders_when_it_is_wanted()
    {
        var run = Any.Assigned with { Status = RunStatus.Completed, CompletedAt = Any.Now };
        string[] answers = [Actions.Satisfied, Actions.SoSo, Actions.Dissatisfied];
        var order = Any.Order("U1", new("Tea", "Small"));

        Assert.Equal(answers, Asked(RunMessages.Completed(run, [order], withSurvey: true)));
        Assert.Equal(answers, Asked(RunMessages.ClosedDirectly(run, withSurvey: true)));
        Assert.Empty(Asked(RunMessages.Completed(run, [order])));
        Assert.Empty(Asked(RunMessages.Completed(run, [], withSurvey: true)));
        Assert.Empty(Asked(RunMessages.ClosedDirectly(run with { Status = RunStatus.Cancelled }, withSurvey: true)));
        BlockKitLimits.AssertWithin(RunMessages.Completed(run, [order], withSurvey: true));

        static IEnumerable<string> Asked(SlackMessage message) => Buttons(message.Blocks).Select(button => button.Id);
    }

    [Fact]
    public void Every_answer_about_statistics_is_within_Slacks_limits() =>
        Assert.All(
            [
                StatisticsReplies.OnlyInChannels(),
                StatisticsReplies.NotAllowed(),
                StatisticsReplies.CannotExport(),
                StatisticsReplies.Sent(),
                StatisticsReplies.NotSent(),
                SurveyMessages.OnlyWhoOrdered(),
                .. Enum.GetValues<SurveyAnswer>().Select(SurveyMessages.Thanks),
            ],
            BlockKitLimits.AssertWithin
        );

    private static IEnumerable<WeekNumbers> Weeks(Func<DateOnly, int, WeekNumbers> week) =>
        Enumerable.Range(0, RunStatistics.WeekCount).Select(index => week(FirstMonday.AddDays(7 * index), index));

    private static string Shown(RunStatistics statistics, StatisticsFrame frame) =>
        Text(StatisticsView.Message(statistics, frame).Blocks);

    private static string Text(IReadOnlyList<Block> blocks) =>
        string.Join(
            '\n',
            blocks.SelectMany(block =>
                block switch
                {
                    SectionBlock section => [section.Text!.Text],
                    ContextBlock context => context.Elements.Select(text => text.Text),
                    _ => [],
                }
            )
        );

    private static IEnumerable<(string Id, string? Value)> Buttons(IReadOnlyList<Block> blocks) =>
        blocks.OfType<ActionsBlock>().SelectMany(block => block.Elements).OfType<Button>().Select(Of);

    private static (string, string?) Of(Button button) => (button.ActionId, button.Value);
}
