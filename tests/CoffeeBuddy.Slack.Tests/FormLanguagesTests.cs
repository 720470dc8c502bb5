using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;
using Xunit;

namespace CoffeeBuddy.Slack.Tests;

/// <summary>The Home tab, the order form and the menus in every language.</summary>
public sealed class FormLanguagesTests
{
    private static readonly MenuPlace Workspace = new("T1", ChannelId: null, Version: 1);

    private static readonly MenuPlace Channel = new("T1", "C1", Version: 1);

    private static readonly MenuDocument Document = new(
        ["Espresso", "Latte"],
        ["Small", "Large"],
        ["Oat milk"],
        "Beans",
        "https://beans.example",
        AllowsFreeText: true
    );

    private static readonly StoredMenu Stored = new("C1", Document, new(["Latte"], [], Any.Now.AddHours(1)), 1);

    // What people have typed, and names, are in no language.
    private static readonly string[] NotTranslated =
    [
        "CoffeeBuddy",
        "Small Latte, Oat milk",
        ":pushpin: Small Latte, Oat milk",
        ":round_pushpin: <https://beans.example|Beans>",
        .. Document.Drinks,
        .. Document.Sizes,
        .. Document.Customizations,
        MenuText.Write(Document),
    ];

    public static TheoryData<string> Others => [.. Languages.All.Except([Languages.English])];

    [Theory]
    [MemberData(nameof(Others))]
    public void All_forms_are_within_Slacks_limits_and_no_text_is_cut_or_still_English(string language)
    {
        var english = Texts();
        using var _ = Languages.Use(language);

        Assert.All(Views(), BlockKitLimits.AssertWithin);
        Assert.All(
            english.Zip(Texts()),
            text =>
            {
                Assert.Equal(text.First.EndsWith(Shorten.Ellipsis), text.Second.EndsWith(Shorten.Ellipsis));
                if (text.First == text.Second)
                    Assert.Contains(text.First, NotTranslated);
            }
        );
    }

    [Theory]
    [InlineData(
        "de",
        "In den letzten 30 Tagen hast du an 3 Runden teilgenommen und bist 1-mal gegangen.",
        "Erinnerung nach 4 Minuten im Thread der Runde, keine von 22:00 bis 07:00 Uhr, abwesend, solange Slack deine Mitteilungen pausiert."
    )]
    [InlineData(
        "fr",
        "Ces 30 derniers jours, tu as participé à 3 tournées et tu as fait le trajet 1 fois.",
        "Rappel après 4 minutes dans le fil de la tournée, aucun de 22:00 à 07:00, absence tant que Slack suspend tes notifications."
    )]
    [InlineData(
        "es",
        "En los últimos 30 días has participado en 3 rondas y has ido tú en 1.",
        "Recordatorio después de 4 minutos en el hilo de la ronda, ninguno de 22:00 a 07:00, ausente mientras Slack pausa tus notificaciones."
    )]
    public void The_Home_tab_speaks_the_language_of_its_person(string language, string numbers, string settings)
    {
        using var _ = Languages.Use(language);
        var texts = ShownTexts.Of(
            BlockKitJson.Serialize(
                HomeView.Build(
                    [],
                    [],
                    new()
                    {
                        Numbers = new("U1", RunsMade: 1, RunsTakenPart: 3, LastRunAt: null, Any.Now),
                        Settings = new(4, true, new(new(22, 0), new(7, 0)), AwayInDoNotDisturb: true),
                    }
                )
            )
        );

        Assert.Contains(numbers, texts);
        Assert.Contains(texts, text => text.EndsWith($"\n{settings}", StringComparison.Ordinal));
    }

    private static List<string> Texts() =>
        [
            .. Views().SelectMany(view => ShownTexts.Of(BlockKitJson.Serialize(view))),
            .. Answers().SelectMany(answer => answer.Errors!.Values),
            MenuTexts.NotAllowed,
            MenuTexts.NotRemoved,
            .. Refusals().Select(MenuTexts.NotOrdered),
        ];

    private static List<View> Views()
    {
        var menu = MenuOf(Document, Stored.SoldOut);
        var usual = new Drink("Latte", "Small", ["Oat milk"]);
        var form = new OrderForm
        {
            RunId = Any.Run.RunId,
            ChannelId = "C1",
            InitiatorUserId = "UINIT",
            Menu = MenuOf(Document),
            LastDrinks = [usual],
            OffersSameAs = true,
        };
        var favourite = new OfferedDrink(Any.Run.RunId, usual, IsFavourite: true, Name: null);
        return
        [
            Home(),
            Home(person => person with { Away = true, AwayUntil = Any.Now }),
            Home(person => person with { Away = true, Duties = [new(Any.Run, Why: null), new(Any.Run, "2 runs")] }),
            Home(person =>
                person with
                {
                    WindowDays = 1,
                    Settings = new() { OptedOut = true },
                }
            ),
            Home(person =>
                person with
                {
                    RunsBeforeNextTurn = 10,
                    Settings = new() { OptedOut = true },
                }
            ),
            Home(person =>
                person with
                {
                    Settings = new() { ReminderInThread = true, AwayInDoNotDisturb = true },
                }
            ),
            Home(person =>
                person with
                {
                    Settings = new() { ReminderInThread = true, ReminderMinutes = 2 },
                }
            ),
            HomeView.Build(
                [favourite, favourite, favourite with { IsFavourite = false }],
                [
                    new(Any.Run, 1, []),
                    new(Any.Assigned, 2, []),
                    new(Any.Assigned with { LeftAt = Any.Now }, 2, []),
                    new(Any.Assigned with { LeftAt = Any.Now, BackAt = Any.Now }, 2, []),
                    .. Enumerable.Repeat(new ActiveRun(Any.Run, 2, []), 10),
                ],
                new() { ChangesMenus = true },
                HomeView.TooManyFavourites
            ),
            FavouriteForm.Build(favourite, 40),
            OrderModal.Build(form),
            OrderModal.Build(form with { Notice = OrderModal.FilledInAs("U1") }),
            OrderModal.Build(form with { Notice = OrderModal.NoOrderOf("U1") }),
            OrderModal.Build(
                form with
                {
                    Menu = MenuOf(
                        Document with
                        {
                            AllowsFreeText = false,
                        },
                        new(Document.Drinks, [], Any.Now.AddHours(1))
                    ),
                }
            ),
            OrderModal.ClosedView(null),
            OrderModal.ClosedView(Any.Run with { Status = RunStatus.Completed }),
            MenuPage.Build(Channel, Stored, workspaceHasOwn: true, menu, MenuTexts.Saved),
            MenuPage.Build(Channel, Stored with { Document = null }, workspaceHasOwn: true, menu),
            MenuPage.Build(Channel, Stored with { Document = null }, workspaceHasOwn: false, menu),
            MenuPage.Build(Workspace, Stored, workspaceHasOwn: true, MenuOf(Document with { AllowsFreeText = false })),
            MenuPage.Build(
                Workspace,
                Stored with
                {
                    Document = null,
                },
                false,
                MenuOf(Document with { Customizations = [] })
            ),
            MenuForm.Build(Channel, Document, Stored),
            MenuForm.Build(Workspace, Document with { Drinks = [.. Enumerable.Repeat(new string('x', 74), 38)] }),
            MenuTextForm.Build(Channel, MenuText.Write(Document)),
            SoldOutForm.Build(Workspace, menu, soldOut: null, "UTC", isChanged: true),
        ];
    }

    private static Menu MenuOf(MenuDocument document, SoldOut? soldOut = null) =>
        Menu.Of(new StoredMenu("C1", document, soldOut, 1), null, Menu.Default, Any.Now);

    private static View Home(Func<HomePerson, HomePerson>? change = null)
    {
        var person = new HomePerson
        {
            Settings = new() { ReminderMinutes = 1, QuietHours = new(new(22, 0), new(7, 0)) },
        };
        return HomeView.Build([], [], change is null ? person : change(person));
    }

    private static IEnumerable<ViewResponse> Answers()
    {
        var submission = new OrderSubmission(
            Any.Run.RunId,
            "C1",
            DrinkType: null,
            Size: null,
            Customizations: [],
            Note: null,
            Guest: null,
            Revision: 0,
            MemberUntil: null,
            IsFromHome: false,
            AllowsFreeText: true,
            IsTyped: false
        );
        OrderError[] errors =
        [
            .. from field in Enum.GetValues<OrderField>()
            from fault in Enum.GetValues<OrderFault>()
            select new OrderError(field, fault),
        ];
        MenuFault[] faults = [.. Enum.GetValues<MenuFaultKind>().Select(kind => new MenuFault(MenuField.Sizes, kind))];
        return
        [
            FavouriteForm.TooLong(40),
            OrderModal.SlowDown(TimeSpan.FromSeconds(2), submission),
            .. errors.Select(error => OrderModal.Errors([error], submission)),
            .. Refusals().Select(refusal => OrderModal.NotOffered(refusal, submission)),
            .. faults.Select(fault => MenuForm.Errors([fault])),
            MenuTextForm.Errors(faults),
            MenuTextForm.WrongLine("# Teas"),
        ];
    }

    private static IEnumerable<MenuRefusal> Refusals() =>
        from field in (OrderField[])[OrderField.DrinkType, OrderField.Size, OrderField.Customizations]
        from isSoldOut in (bool[])[true, false]
        select new MenuRefusal(field, "Latte", isSoldOut);
}
