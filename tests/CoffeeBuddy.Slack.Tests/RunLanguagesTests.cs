using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Views;
using Xunit;

namespace CoffeeBuddy.Slack.Tests;

/// <summary>The messages about a run and its runner in every language.</summary>
public sealed class RunLanguagesTests
{
    private static readonly CoffeeRun Undecided = Any.Run with { UndecidedSince = Any.Now };
    private static readonly CoffeeRun Back = Any.Assigned with { LeftAt = Any.Now, BackAt = Any.Now };
    private static readonly CoffeeRun Completed = Any.Assigned with
    {
        Status = RunStatus.Completed,
        ClosedByUserId = "URUNNER",
    };
    private static readonly CoffeeRun Cancelled = Any.Run with { Status = RunStatus.Cancelled };

    // By whom or what a run is cancelled.
    private static readonly CoffeeRun[] AllCancelled =
    [
        Cancelled,
        Cancelled with
        {
            UndecidedSince = Any.Now,
        },
        Cancelled with
        {
            ClosedBySubject = "office-manager",
        },
        Cancelled with
        {
            ClosedByUserId = "UINIT",
        },
    ];

    private static readonly Order[] Orders = [Any.Order("UA", new Drink("Latte", "Large"), "hot", minute: 1)];
    private static readonly Decline[] Declines = [new("UB", null, Any.Now), new("UC", "a meeting", Any.Now)];

    public static TheoryData<string> AllLanguages => [.. Languages.All];

    [Theory]
    [MemberData(nameof(AllLanguages))]
    public void Messages_and_views_are_within_Slacks_limits_and_no_title_is_cut(string language)
    {
        using var _ = Languages.Use(language);

        Assert.All(Messages(), BlockKitLimits.AssertWithin);
        Assert.All(
            Views(),
            view =>
            {
                BlockKitLimits.AssertWithin(view);
                Assert.All(
                    new[] { view.Title, view.Submit, view.Close }.OfType<TextObject>(),
                    text => Assert.DoesNotContain(Shorten.Ellipsis, text.Text)
                );
            }
        );
    }

    [Fact]
    public void Every_message_is_said_in_the_language_of_the_reader()
    {
        var texts = Languages
            .All.Select(language =>
            {
                using var _ = Languages.Use(language);
                return Messages().Select(message => message.Text).ToList();
            })
            .ToList();

        for (var message = 0; message < texts[0].Count; message++)
            Assert.Distinct(texts.Select(inLanguage => inLanguage[message]));
    }

    [Theory]
    [InlineData(
        "en",
        "<@URUNNER> goes for the coffee run in <#C1>.",
        ":alarm_clock: A reminder: 1 order from <#C1> to"
    )]
    [InlineData("de", "<@URUNNER> holt den Kaffee für", ":alarm_clock: Erinnerung: Bitte 1 Bestellung aus <#C1>")]
    [InlineData("fr", "<@URUNNER> y va pour la tournée", ":alarm_clock: Petit rappel : 1 commande de <#C1> à")]
    [InlineData("es", "<@URUNNER> va a por el café para", ":alarm_clock: Recordatorio: 1 pedido de <#C1> por")]
    public void The_runner_and_the_reminder_are_announced_in_the_language(string language, string goes, string reminder)
    {
        using var _ = Languages.Use(language);

        Assert.StartsWith(goes, RunMessages.AssignmentDirectly(Any.Assigned, mayComplete: true).Text);
        Assert.StartsWith(
            reminder,
            RunnerMessages.Reminder(Any.Assigned, Orders, 1, inThread: false).Text.Replace('\u00a0', ' ')
        );
    }

    [Theory]
    [InlineData("en", "You go for coffee: 1 order from #coffee", "Hello Ana,", "  1 x Large Latte, for Ana (guest Bo)")]
    [InlineData(
        "de",
        "Du holst den Kaffee: 1 Bestellung aus #coffee",
        "Hallo Ana,",
        "  1 x Large Latte, für Ana (Gast Bo)"
    )]
    [InlineData(
        "fr",
        "À toi d'aller chercher le café : 1 commande",
        "Bonjour Ana,",
        "  1 x Large Latte, pour Ana (invité"
    )]
    [InlineData("es", "Te toca ir a por el café: 1 pedido", "Hola, Ana:", "  1 x Large Latte, para Ana (invitado")]
    public void The_mail_to_the_runner_is_in_the_language(string language, string subject, string greeting, string line)
    {
        using var _ = Languages.Use(language);
        var orders = new[] { Orders[0] with { Guest = "Bo", Note = null } };

        var body = RunnerMailText.Body(
            Any.Assigned,
            orders,
            id => id.Length > 0 ? "Ana" : id,
            "#coffee",
            isReminder: false
        );

        Assert.StartsWith(subject, RunnerMailText.Subject(1, "#coffee", isReminder: false).Replace('\u00a0', ' '));
        Assert.StartsWith(greeting, body);
        Assert.Contains(line, body, StringComparison.Ordinal);
    }

    private static IEnumerable<SlackMessage> Messages() =>
        [
            RunMessages.Announcement(Any.Run, 0),
            RunMessages.Announcement(Any.Run, 1),
            RunMessages.Announcement(Any.Run with { DeadlineAt = Any.Now }, 2),
            RunMessages.Announcement(Any.Assigned, 3),
            RunMessages.Announcement(Undecided, 3),
            RunMessages.Announcement(Back, 3),
            RunMessages.Announcement(Completed, 3),
            RunMessages.Announcement(Completed with { RunnerUserId = null }, 3),
            RunMessages.Summary(Any.Run, Orders),
            RunMessages.Assignment(Any.Assigned, Declines),
            RunMessages.NobodyGoes(Undecided, Declines),
            RunMessages.AssignmentDirectly(Any.Assigned, mayComplete: true),
            RunMessages.Completed(Completed, Orders),
            RunMessages.Completed(Completed with { RunnerUserId = null }, Orders),
            RunMessages.Completed(Completed with { ClosedByUserId = null }, Orders),
            RunMessages.ClosedDirectly(Completed),
            RunMessages.ClosedDirectly(Completed with { RunnerUserId = null }),
            RunMessages.ClosedDirectly(Completed with { ClosedByUserId = null }),
            .. AllCancelled.SelectMany(run =>
                new[]
                {
                    RunMessages.Announcement(run, 2),
                    RunMessages.Cancelled(run),
                    RunMessages.ClosedDirectly(run),
                    RunnerMessages.Decision(run, Orders, [], []),
                    RunnerMessages.Closed(run, 2),
                }
            ),
            RunnerMessages.Assigned(Any.Assigned, Orders, Declines, Requests("URUNNER")),
            .. Enumerable
                .Range(1, RunRules.MaxReminders)
                .SelectMany(number =>
                    new[]
                    {
                        RunnerMessages.Reminder(Any.Assigned, Orders, number, inThread: false),
                        RunnerMessages.Reminder(Back, Orders, number, inThread: true),
                    }
                ),
            RunnerMessages.Released(Any.Run),
            RunnerMessages.Released(Any.Assigned, named: "UA"),
            .. Requests("URUNNER").Select(request => RunnerMessages.TakeOver(Any.Assigned, request, 2)),
            RunnerMessages.Decision(Undecided, Orders, Declines, Requests("UINIT")),
            RunnerMessages.Decision(Any.Assigned, Orders, [], []),
            RunnerMessages.Decision(Any.Run, Orders, [], []),
            RunnerMessages.Closed(Completed, 2),
        ];

    private static IEnumerable<View> Views() =>
        [
            RunnerForms.StepBack(Any.Assigned),
            RunnerForms.AskToGo(Any.Assigned),
            RunnerForms.AskToGo(Undecided),
            RunnerForms.ExplanationView(RunnerForms.IsOver(Completed)),
            RunnerForms.ExplanationView(RunnerForms.IsOver(Cancelled)),
            RunnerForms.NoRun().View!,
            ReckoningView.Build(Any.Run, []),
            .. Enum.GetValues<FairnessStrategy>()
                .Select(strategy =>
                    ReckoningView.Build(
                        Any.Assigned,
                        [
                            new(
                                3,
                                "URUNNER",
                                Any.Now,
                                AssignedHow.Chosen,
                                "the fewest",
                                new(strategy, 30, "UB", [Person("URUNNER", Any.Now), Person("UA", null)])
                            ),
                        ]
                    )
                ),
        ];

    private static TakeOverRequest[] Requests(string askedBy) =>
        [
            new("UD", askedBy, null, null, 3),
            new("UE", askedBy, null, TakeOverAnswer.Declined, 3),
            new("UF", askedBy, null, TakeOverAnswer.Accepted, 3),
            new("UG", askedBy, null, TakeOverAnswer.Lapsed, 3),
            new(
                "UH",
                null,
                new(FairnessStrategy.FewestRuns, 30, Person("UH", null), Person("URUNNER", Any.Now)),
                null,
                3
            ),
        ];

    private static ReckonedPerson Person(string userId, DateTimeOffset? lastRunAt) =>
        new(userId, 1, 5, lastRunAt, Any.Now);
}
