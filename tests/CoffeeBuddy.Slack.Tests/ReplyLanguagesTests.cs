using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Core.Statistics;
using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Views;
using Xunit;

namespace CoffeeBuddy.Slack.Tests;

/// <summary>What one person is answered, lists, progress, statistics and planned runs in every language.</summary>
public sealed class ReplyLanguagesTests
{
    private static readonly Drink Latte = new("Latte", "Large");

    private static readonly RunStatistics Counted = new()
    {
        Weeks =
        [
            .. Enumerable
                .Range(0, RunStatistics.WeekCount)
                .Select(week => new WeekNumbers(
                    new DateOnly(2026, 1, 5).AddDays(7 * week),
                    99_999,
                    TimeSpan.FromSeconds(99_999)
                )),
        ],
        Times = new(99_999, 1, TimeSpan.FromSeconds(3_599), TimeSpan.FromSeconds(359_999)),
        Fairness = new(7, 16, 1.234),
        ActivePeople = 7,
        Drinks = [new("Tea", 2)],
        Survey = new(6, 1, 0),
        NeverRunners = [],
    };

    private static readonly StatisticsFrame OfWorkspace = new(new("T1", ChannelId: null), 30, true, true);

    public static TheoryData<string> Others => [.. Languages.All.Except([Languages.English])];

    [Theory]
    [MemberData(nameof(Others))]
    public void All_messages_are_within_Slacks_limits_and_no_label_is_cut(string language)
    {
        var (english, englishLabels) = (Messages(), Labels());
        using var _ = Languages.Use(language);

        Assert.All(Messages(), BlockKitLimits.AssertWithin);
        Assert.All(Views(), BlockKitLimits.AssertWithin);
        Assert.All(english.Zip(Messages()), message => Assert.NotEqual(message.First.Text, message.Second.Text));
        Assert.All(
            englishLabels.Zip(Labels()),
            label => Assert.Equal(label.First.EndsWith(Shorten.Ellipsis), label.Second.EndsWith(Shorten.Ellipsis))
        );
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void The_chart_in_words_is_within_Slacks_limit(string language)
    {
        using var _ = Languages.Use(language);

        Assert.InRange(StatisticsChart.Of(Counted, windowDays: 90).AltText.Length, 1, StatisticsChart.MaxAltText);
    }

    [Theory]
    [InlineData("de", "Deine Bestellung: Large Latte\nFür deinen Gast Zoë: Large Latte")]
    [InlineData("fr", "Ta commande\u00a0: Large Latte\nPour ton invité Zoë\u00a0: Large Latte")]
    [InlineData("es", "Tu pedido: Large Latte\nPara tu invitado Zoë: Large Latte")]
    public void An_order_is_confirmed_in_the_language_and_the_menu_stays_as_it_is(string language, string text)
    {
        using var _ = Languages.Use(language);

        Assert.Equal(text, Replies.OrderConfirmation([Own, Guest]).Text);
    }

    [Theory]
    [InlineData("en", "large chai and sprinkles", "I do not know \"sprinkles\" or \"chai\". I have changed nothing.")]
    [InlineData("de", "large chai and sprinkles", "„sprinkles“ oder „chai“ kenne ich nicht. Ich habe nichts geändert.")]
    [InlineData("en", "latte or tea", "I read Latte and Tea. I have changed nothing.")]
    [InlineData("fr", "latte or tea", "Je lis Latte et Tea. Je n'ai rien changé.")]
    [InlineData("en", "sugar, no sugar", "I read both with and without Sugar. I have changed nothing.")]
    [InlineData("es", "sugar, no sugar", "Leo tanto con como sin Sugar. No he cambiado nada.")]
    [InlineData("en", "no latte", "I am not sure what you want and what you do not want. I have changed nothing.")]
    [InlineData("en", "sugar instead", "I am not sure what is to be replaced. I have changed nothing.")]
    [InlineData("en", "latte?", "I am not sure whether you are asking or ordering. I have changed nothing.")]
    [InlineData("en", "withdraw?", "I am not sure whether you are asking or withdrawing. I have changed nothing.")]
    [InlineData("en", "cancel", "I am not sure what to change or withdraw. I have changed nothing.")]
    public void A_reply_that_is_not_clear_is_answered_with_why(string language, string reply, string answer)
    {
        using var _ = Languages.Use(language);
        var unclear = Assert.IsType<OrderReply.Unclear>(OrderReplyText.Read(reply, Menu.Default));

        Assert.StartsWith(
            answer,
            OrderReplies.Unclear(unclear, Any.Run.RunId, orders: []).Text,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("de", "16 Runden von 7 Personen", "1,23 ist die Standardabweichung", "5. Jan.: 99999")]
    [InlineData("fr", "16 tournées par 7 personnes", "1,23 est l'écart type", "5 janv.: 99999")]
    [InlineData("es", "16 rondas entre 7 personas", "1,23 es la desviación típica", "5 ene: 99999")]
    public void Statistics_have_the_numbers_and_days_of_the_language(string language, params string[] texts)
    {
        using var _ = Languages.Use(language);
        var shown = string.Join(
            '\n',
            ShownTexts.Of(BlockKitJson.Serialize(StatisticsView.Message(Counted, OfWorkspace)))
        );

        Assert.All(texts, text => Assert.Contains(text, shown, StringComparison.Ordinal));
    }

    private static Order Own => Any.Order("U1", Latte);

    private static Order Guest => Own with { Guest = "Zoë" };

    // Every status, with a runner or without, and everybody who can close a run.
    private static IEnumerable<CoffeeRun> Runs =>
        from status in Enum.GetValues<RunStatus>()
        from run in (CoffeeRun[])[Any.Run, Any.Assigned, Any.Assigned with { RunnerUserId = Any.Run.InitiatorUserId }]
        from closed in (CoffeeRun[])
            [
                run,
                run with
                {
                    UndecidedSince = Any.Now,
                },
                run with
                {
                    ClosedBySubject = "S",
                },
                run with
                {
                    ClosedByUserId = "U9",
                },
            ]
        select closed with
        {
            Status = status,
            CompletedAt = status == RunStatus.Completed && closed.UndecidedSince is null ? Any.Now : null,
        };

    private static List<SlackMessage> Messages() =>
        [
            .. Runs.SelectMany(run =>
                new[]
                {
                    Replies.NotAllowedToReport(run),
                    Replies.NotAllowedToCancel(run),
                    Replies.NotAllowedToComplete(run),
                    Replies.AlreadyCompleted(run),
                    Replies.AlreadyCancelled(run),
                    Replies.NotNeeded(run),
                    Replies.NotAllowedToChangeDeadline(run),
                    Replies.WindowOfOtherRun(run),
                    Said(Replies.NotTheRunner(run)),
                    Said(Replies.AlreadySteppedBack(run)),
                }
            ),
            .. Runs.Where(run => run.Status != RunStatus.Active).Select(OrderReplies.TooLate),
            .. Runs.Where(run => run.RunnerUserId is not null)
                .SelectMany(run =>
                    new[] { run with { LeftAt = Any.Now }, run with { LeftAt = Any.Now, BackAt = Any.Now } }
                )
                .SelectMany(run =>
                    new[]
                    {
                        OrderReplies.TooLate(run),
                        Replies.OrdersClosed(run),
                        Replies.NotBackYet(run),
                        ProgressMessages.Back(run, []),
                        ProgressMessages.Back(run, [Own, Guest]),
                        ProgressMessages.Back(run, [Own with { CollectedAt = Any.Now }]),
                        ProgressMessages.BackDirectly(run, hasCollected: false),
                        ProgressMessages.BackDirectly(run, hasCollected: true),
                    }
                ),
            .. new[] { null, "C1" }.SelectMany(channel =>
                new[]
                {
                    Replies.OrderConfirmation([Own], channel),
                    Replies.OrderConfirmation([Guest], channel),
                    Replies.OrderConfirmation([Own, Guest], channel),
                }
            ),
            .. new Order[][] { [], [Guest], [Guest, Guest] }.SelectMany(guests =>
                new[]
                {
                    OrderReplies.Withdrawn(Own, guests),
                    OrderReplies.Withdrawn(order: null, guests),
                    OrderReplies.NothingToWithdraw(guests),
                    OrderReplies.WhichOne(guests),
                    OrderReplies.DoesNotFit(Any.Run.RunId, guests),
                }
            ),
            .. Enum.GetValues<UnclearReason>()
                .Select(reason => OrderReplies.Unclear(new(reason, "sugar", "milk"), Any.Run.RunId, orders: [])),
            OrderReplies.NothingToChange(Any.Run.RunId),
            OrderReplies.Overtaken(Own),
            OrderReplies.Unchanged(Own),
            OrderReplies.StillOrdered(Own),
            Replies.GuestOrderWithdrawn(Guest),
            Replies.NoGuestOrderToWithdraw(),
            Said(Replies.TooManyGuests),
            Replies.NothingOrdered(),
            Replies.NothingToCollect(),
            Said(Replies.IsBack),
            Replies.Snoozed(Any.Now),
            Replies.NoMoreReminders(),
            Replies.OnlyRunnerSnoozes(),
            Replies.NotUnderstood(),
            Replies.Help(),
            Replies.CannotPost("C1"),
            Replies.FormDidNotOpen(Any.Run.RunId),
            Replies.RunCancelled(),
            Replies.NoActiveRun(),
            Replies.WindowTooLong(),
            Replies.NobodyToChoose(),
            Replies.WrongWindow(),
            Replies.YouGoAlready(),
            Replies.NotAsked(),
            Said(Replies.HasDeclined),
            Said(Replies.IsAsked),
            Said(Replies.IsYourself),
            Said(Replies.AskedNotInChannel),
            Replies.UnknownRun(),
            Replies.TooManyRuns(1),
            Replies.TooManyRuns(2),
            Replies.SlowDown(TimeSpan.FromSeconds(2)),
            Replies.AlreadyReceived(),
            Said(Replies.FormAlreadyReceived),
            Said(Replies.NotInChannel),
            Replies.CannotCheckMembership(),
            Replies.UnknownCommand("/tea"),
            Replies.OnlyInChannels(),
            Replies.Away(until: null, "UTC"),
            Replies.Away(Any.Now, "UTC"),
            Replies.Back(),
            .. Enum.GetValues<AwayFault>().Select(Replies.AwayUnclear),
            PlannedRunReplies.Planned(Planned),
            PlannedRunReplies.AlreadyPlanned(Planned, Planned.InitiatorUserId),
            PlannedRunReplies.AlreadyPlanned(Planned, "UOTHER"),
            PlannedRunReplies.TooMany(1),
            PlannedRunReplies.NoActiveRun([.. Enumerable.Repeat(Planned, 7)]),
            .. Enum.GetValues<PlannedTimeFault>().Select(PlannedRunReplies.Unclear),
            PlannedRunReplies.ZoneUnknown(),
            PlannedRunReplies.Unknown(),
            .. Enum.GetValues<PlannedRunStatus>()
                .Select(status => PlannedRunReplies.Cancelled(Planned with { Status = status })),
            .. Enum.GetValues<DropReason>()
                .Select(reason => PlannedRunReplies.NotStarted(Planned with { DropReason = reason })),
            HistoryMessage.Build([]),
            HistoryMessage.Build([Entry(RunStatus.Active)]),
            HistoryMessage.Build([.. Enum.GetValues<RunStatus>().Select(Entry)]),
            StatisticsView.Message(Counted, OfWorkspace),
            StatisticsView.Message(Empty, OfWorkspace with { Scope = new("T1", "C1") }),
            StatisticsReplies.OnlyInChannels(),
            StatisticsReplies.NotAllowed(),
            StatisticsReplies.CannotExport(),
            StatisticsReplies.Sent(),
            StatisticsReplies.NotSent(),
            Said(StatisticsReplies.CsvTitle),
            Said(StatisticsReplies.ChartTitle),
            Said(StatisticsReplies.CsvComment(OfWorkspace.Scope, runs: 1, limit: 2)),
            Said(StatisticsReplies.CsvComment(OfWorkspace.Scope, runs: 2, limit: 2)),
            Said(StatisticsReplies.ChartComment(OfWorkspace.Scope)),
            SurveyMessages.OnlyWhoOrdered(),
            .. Enum.GetValues<SurveyAnswer>().Select(SurveyMessages.Thanks),
        ];

    private static List<View> Views() =>
        [
            BaristaView.Build([], Menu.Default),
            BaristaView.Build([Own, Any.Order("U2", new("Tea", "Small"), "hot")], Menu.Default),
            StatisticsView.Modal(Counted, OfWorkspace),
            StatisticsView.Modal(Empty, OfWorkspace),
            new(View.Home, [.. SurveyMessages.Ask(Any.Run.RunId), StatisticsView.AtHome()]),
            new(
                View.Home,
                [
                    new ActionsBlock([
                        .. ProgressMessages.Buttons(Any.Assigned),
                        ProgressMessages.SnoozeButton(Any.Run.RunId),
                    ]),
                ]
            ),
        ];

    private static PlannedRun Planned => PlannedRunMessagesTests.Planned(Any.Run);

    private static RunStatistics Empty =>
        Counted with
        {
            Weeks = [.. Counted.Weeks.Select(week => week with { Runs = 0, MedianTime = null })],
            Times = new(0, 0, Median: null, Percentile95: null),
            Fairness = new(0, 0, Score: null),
            Survey = new(0, 0, 0),
            NeverRunners = [new("U1", 3)],
        };

    private static HistoryEntry Entry(RunStatus status) =>
        new(Any.Now, status, status == RunStatus.Active ? null : "U1", ["U1"], OrderCount: 1);

    private static SlackMessage Said(string text) => new(text, [new SectionBlock(TextObject.Mrkdwn(text))]);

    /// <summary>Titles, buttons and other plain texts, which are cut where they are too long.</summary>
    private static List<string> Labels() =>
        [
            .. Messages()
                .Select(BlockKitJson.Serialize)
                .Concat(Views().Select(BlockKitJson.Serialize))
                .SelectMany(ShownTexts.Plain),
        ];
}
