using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Texts;

namespace CoffeeBuddy.Slack.Views;

/// <summary>The order form. Its inputs are a drink from the menu or typed, a size, customizations and a note.</summary>
public static partial class OrderModal
{
    private const string DrinkInput = "drink";
    private const string OtherInput = "other";
    private const string SizeInput = "size";
    private const string CustomizationsInput = "customizations";
    private const string NoteInput = "note";
    private const string GuestInput = "guest";
    private const string SomethingElse = "something_else";
    private const int ChoiceLength = 75;

    public static View Build(OrderForm form)
    {
        var lastDrinks = form
            .LastDrinks.Where(drink => form.Menu.Refuse(drink) is null)
            .Take(OrderForm.MaxLastDrinks)
            .ToList();
        var prefill = form.Prefill ?? lastDrinks.FirstOrDefault();
        // Menu.MaxDrinks leaves one option for "Something else".
        var drinks = Choices(form.Menu.OfferedDrinks.Take(Menu.MaxDrinks));
        var onMenu = prefill is null ? null : Find(drinks, prefill.DrinkType);
        var typed =
            prefill is not null && onMenu is null ? Shorten.To(prefill.DrinkType, Drink.MaxDrinkTypeLength) : null;
        if (form.Menu.AllowsFreeText)
            drinks.Add(new Choice(TextObject.Plain(OrderTexts.SomethingElse, ChoiceLength), SomethingElse));
        else if (typed is not null)
            // What the person has ordered stays theirs.
            drinks.Add(new Choice(TextObject.Plain(typed, ChoiceLength), typed));
        if (drinks.Count == 0)
            return Explanation(OrderTexts.AllSoldOut);
        var state = new OrderFormState(
            form.RunId,
            form.ChannelId,
            form.InitiatorUserId,
            form.Revision,
            typed,
            [.. lastDrinks.Select(OrderFormState.Pack)],
            form.MemberUntil,
            form.OffersSameAs ? true : null,
            form.IsFromHome ? true : null,
            form.Menu.AllowsFreeText ? null : true
        );

        List<Block> blocks =
        [
            new ContextBlock(
                TextObject.Mrkdwn(
                    OrderTexts.FormatRunOf(Mrkdwn.User(form.InitiatorUserId), Mrkdwn.Channel(form.ChannelId))
                )
            ),
        ];
        if (form.Menu.Shop is { } shop)
            blocks.Add(new ContextBlock(TextObject.Mrkdwn(MenuTexts.Shop(shop))));
        if (lastDrinks.Count > 0)
            blocks.Add(new ActionsBlock([.. lastDrinks.Select(UsualButton)]) { BlockId = Id("usual", form.Revision) });
        if (form.OffersSameAs)
            blocks.Add(
                new SectionBlock(
                    TextObject.Mrkdwn(OrderTexts.SameAsSomebody),
                    Accessory: new UsersSelect(Actions.SameAs, TextObject.Plain(OrderTexts.ChoosePerson, 150))
                )
                {
                    BlockId = Id(Actions.SameAs, form.Revision),
                }
            );
        if (form.Notice is not null)
            blocks.Add(new ContextBlock(TextObject.Mrkdwn(form.Notice)));
        blocks.Add(
            Input(
                DrinkInput,
                OrderTexts.Drink,
                form,
                new StaticSelect(
                    DrinkInput,
                    drinks,
                    typed is null ? onMenu : drinks[^1],
                    TextObject.Plain(OrderTexts.ChooseDrink, 150)
                )
            )
        );
        if (form.Menu.AllowsFreeText)
            blocks.Add(
                Input(
                    OtherInput,
                    OrderTexts.SomethingElse,
                    form,
                    new PlainTextInput(OtherInput, Drink.MaxDrinkTypeLength, typed),
                    optional: true,
                    hint: OrderTexts.SomethingElseHint
                )
            );
        var sizes = Choices(form.Menu.Sizes.Take(Menu.MaxSizes));
        blocks.Add(
            Input(
                SizeInput,
                OrderTexts.Size,
                form,
                new RadioButtons(SizeInput, sizes, Find(sizes, prefill?.Size) ?? Find(sizes, form.Menu.UsualSize))
            )
        );
        var (customizations, ticked) = Customizations(form.Menu, prefill);
        if (customizations.Count > 0)
            blocks.Add(
                Input(
                    CustomizationsInput,
                    OrderTexts.Customizations,
                    form,
                    new Checkboxes(CustomizationsInput, customizations, ticked.Count > 0 ? ticked : null),
                    optional: true
                )
            );
        var note = string.IsNullOrWhiteSpace(form.Note) ? null : Shorten.To(form.Note, Order.MaxNoteLength);
        blocks.Add(
            Input(
                NoteInput,
                OrderTexts.Note,
                form,
                new PlainTextInput(NoteInput, Order.MaxNoteLength, note, Multiline: true),
                optional: true
            )
        );

        blocks.Add(
            Input(
                GuestInput,
                OrderTexts.Guest,
                form,
                new PlainTextInput(GuestInput, Order.MaxGuestLength, form.Guest),
                optional: true,
                hint: OrderTexts.GuestHint
            )
        );

        return new View(View.Modal, blocks)
        {
            CallbackId = Actions.OrderCallback,
            Title = TextObject.Plain(OrderTexts.Title, 24),
            Submit = TextObject.Plain(OrderTexts.Order, 24),
            Close = TextObject.Plain(OrderTexts.Cancel, 24),
            PrivateMetadata = state.Write(),
        };
    }

    /// <summary>Replaces the form with the explanation that the run takes no more orders.</summary>
    /// <param name="run">Null: it does not exist any more.</param>
    public static ViewResponse Closed(CoffeeRun? run) => new("update", View: ClosedView(run));

    /// <summary>The view to open instead of the form when the run takes no more orders.</summary>
    /// <param name="run">Null: it does not exist any more.</param>
    public static View ClosedView(CoffeeRun? run) =>
        Explanation(
            run is { Status: RunStatus.Active } ? Replies.TooLate(run)
            : run is null or { Status: RunStatus.Cancelled } ? OrderTexts.FormatRunCancelled(Commands.Coffee)
            : OrderTexts.FormatRunComplete(Commands.Coffee)
        );

    private static View Explanation(string text) =>
        new(View.Modal, [new SectionBlock(TextObject.Mrkdwn(text))])
        {
            Title = TextObject.Plain(OrderTexts.Title, 24),
            Close = TextObject.Plain(OrderTexts.Close, 24),
        };

    private static (List<Choice> Choices, List<Choice> Ticked) Customizations(Menu menu, Drink? prefill)
    {
        var own = Choices((prefill?.Customizations ?? []).Take(Drink.MaxCustomizations));
        // The drink's own customizations come first; the menu's others are offered while there is room.
        var offered = Choices(menu.OfferedCustomizations);
        var extras = own.Where(choice => Find(offered, choice.Value) is null).ToList();
        var ticked = offered.Where(choice => Find(own, choice.Value) is not null).ToList();
        var room = Drink.MaxCustomizations - extras.Count - ticked.Count;
        var rest = offered.Except(ticked).Take(Math.Max(0, room)).ToHashSet();
        return (
            [.. offered.Where(choice => ticked.Contains(choice) || rest.Contains(choice)), .. extras],
            [.. ticked, .. extras]
        );
    }

    private static Button UsualButton(Drink drink, int index) =>
        new(
            $"{Actions.UsualPrefix}{index}",
            TextObject.Plain(drink.ToString(), ChoiceLength),
            OrderFormState.Pack(drink)
        );

    private static InputBlock Input(
        string name,
        string label,
        OrderForm form,
        Element element,
        bool optional = false,
        string? hint = null
    ) =>
        new(TextObject.Plain(label, 2000), element, optional, hint is null ? null : TextObject.Plain(hint, 2000))
        {
            BlockId = Id(name, form.Revision),
        };

    private static List<Choice> Choices(IEnumerable<string> texts) =>
        [
            .. texts
                .Select(text => Shorten.To(text, ChoiceLength))
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .Select(text => new Choice(TextObject.Plain(text, ChoiceLength), text)),
        ];

    private static Choice? Find(IEnumerable<Choice> choices, string? text) =>
        text is null
            ? null
            : choices.FirstOrDefault(choice => choice.Value.Equals(text, StringComparison.OrdinalIgnoreCase));

    private static string Id(string name, int revision) => $"{name}:{revision}";
}
