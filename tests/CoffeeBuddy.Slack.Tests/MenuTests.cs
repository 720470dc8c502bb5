using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;
using Xunit;

namespace CoffeeBuddy.Slack.Tests;

/// <summary>The forms for menus, and what menus do to the order form and the run's message.</summary>
public sealed class MenuTests
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly MenuPlace Place = new("T1", "C1", Version: 4);

    private static readonly MenuDocument Beans = new(
        ["Espresso", "Latte"],
        ["Small", "Large"],
        ["Oat milk", "Sugar"],
        "Beans *&* Co",
        "https://beans.example/?a=1&b=2",
        AllowsFreeText: false
    );

    private static readonly MenuDocument Largest = new(
        Entries(Menu.MaxDrinks, Drink.MaxCustomizationLength),
        Entries(Menu.MaxSizes, Drink.MaxSizeLength),
        Entries(Drink.MaxCustomizations, Drink.MaxCustomizationLength),
        new string('&', MenuRules.MaxShopNameLength),
        "https://" + new string('&', MenuRules.MaxShopLinkLength - 8),
        AllowsFreeText: false
    );

    private static readonly SoldOut Everything = new(Largest.Drinks, Largest.Customizations, Any.Now.AddHours(1));

    [Fact]
    public void A_menu_that_is_submitted_as_it_is_stays_as_it_is_however_large_it_is()
    {
        foreach (var document in (MenuDocument[])[Beans, Largest, Beans with { Customizations = [], ShopLink = null }])
        {
            Assert.Equal(
                MenuText.Write(document),
                MenuText.Write(MenuForm.Read(Submit(MenuForm.Build(Place, document))))
            );
            var text = MenuTextForm.Read(Submit(MenuTextForm.Build(Place, MenuText.Write(document))));
            Assert.Equal(MenuText.Write(document), MenuText.Write(MenuText.Read(text, out var wrongLine)));
            Assert.Null(wrongLine);
        }
        Assert.Equal(Place, MenuPlace.Read(Submit(MenuForm.Build(Place, Beans))));
    }

    [Fact]
    public void All_views_of_the_largest_menu_are_within_Slacks_limits()
    {
        var now = new StoredMenu("C1", Largest, Everything, 5);
        var menu = Of(Largest, Everything);
        BlockKitLimits.AssertWithin(MenuPage.Build(Place, now, workspaceHasOwn: true, menu, MenuTexts.Saved));
        BlockKitLimits.AssertWithin(MenuForm.Build(Place, Largest, now));
        BlockKitLimits.AssertWithin(MenuTextForm.Build(Place, MenuText.Write(Largest), now));
        BlockKitLimits.AssertWithin(SoldOutForm.Build(Place, menu, Everything, new string('&', 200), isChanged: true));
        BlockKitLimits.AssertWithin(SoldOutForm.Build(Place, Of(new(["Tea"], ["Cup"], [])), null, "UTC"));
        BlockKitLimits.AssertWithin(RunMessages.Announcement(Any.Run, 3, menu.Shop));
        BlockKitLimits.AssertWithin(OrderModal.Build(Form(menu)));
        BlockKitLimits.AssertWithin(OrderModal.Build(Form(Of(Largest))));
    }

    [Fact]
    public void Each_fault_of_a_menu_is_shown_below_its_field()
    {
        var written = MenuForm.Read(
            Submit(
                MenuForm.Build(Place, Beans),
                ("drinks", " \n"),
                ("sizes", "Small\nEven larger than the largest"),
                ("shop_link", "http://beans.example")
            )
        );

        Assert.Equal(
            new Dictionary<string, string>
            {
                ["drinks:0"] = "Write at least one.",
                ["sizes:0"] = "\"Even larger than the largest\" has more than 20 characters.",
                ["shop_link:0"] = "Give an address that begins with https://.",
            },
            MenuForm.Errors(MenuRules.Validate(written)).Errors
        );
    }

    [Fact]
    public void After_a_change_by_somebody_else_the_form_has_both()
    {
        var form = MenuForm.Build(Place, Beans, new StoredMenu("C1", Beans with { Drinks = ["Tea"] }, null, 5));

        Assert.Contains("This was changed meanwhile", Json(form), StringComparison.Ordinal);
        Assert.Contains("\\nTea\\n", Json(form), StringComparison.Ordinal);
        Assert.Equal(Beans.Drinks, MenuForm.Read(Submit(form)).Drinks);

        var soldOut = SoldOutForm.Build(Place, Of(Beans), new(["Latte"], ["Sugar"], Any.Now), "UTC", isChanged: true);
        var (drinks, customizations) = SoldOutForm.Read(Submit(soldOut), Place);
        Assert.Equal(["Latte"], drinks);
        Assert.Equal(["Sugar"], customizations);
        Assert.Contains("together with what you have chosen", Json(soldOut), StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_strikes_out_what_is_sold_out_and_offers_to_remove_only_a_menu_of_its_own()
    {
        var menu = Of(Beans, new SoldOut(["Latte"], [], Any.Now.AddHours(1)));
        var own = MenuPage.Build(Place, new("C1", Beans, null, 4), workspaceHasOwn: true, menu);
        var inherited = MenuPage.Build(Place, new("C1", null, null, 0), workspaceHasOwn: true, menu);

        Assert.Contains("Espresso, ~Latte~ (sold out)", Json(own), StringComparison.Ordinal);
        Assert.Contains("This channel has a menu of its own.", Json(own), StringComparison.Ordinal);
        Assert.Contains(Actions.RemoveMenu, Json(own), StringComparison.Ordinal);
        Assert.Contains("that of the workspace applies", Json(inherited), StringComparison.Ordinal);
        Assert.DoesNotContain(Actions.RemoveMenu, Json(inherited), StringComparison.Ordinal);
    }

    [Fact]
    public void The_order_form_offers_the_menu_without_what_is_sold_out_and_no_text_field_where_only_the_menu_counts()
    {
        var menu = Of(Beans, new SoldOut(["Latte"], ["Sugar"], Any.Now.AddHours(1)));
        var form = OrderModal.Build(
            Form(menu) with
            {
                LastDrinks = [new("Latte", "Large"), new("Mocha", "Large"), new("Espresso", "Small", ["Oat milk"])],
            }
        );

        Assert.Equal(["Espresso"], Choices<StaticSelect>(form, "drink", select => select.Options));
        Assert.Equal(["Small", "Large"], Choices<RadioButtons>(form, "size", radio => radio.Options));
        Assert.Equal(["Oat milk"], Choices<Checkboxes>(form, "customizations", boxes => boxes.Options));
        Assert.DoesNotContain(form.Blocks, block => block.BlockId == "other:0");
        Assert.Equal(
            ["Small Espresso, Oat milk"],
            Assert
                .Single(form.Blocks.OfType<ActionsBlock>())
                .Elements.OfType<Button>()
                .Select(button => button.Text.Text)
        );
        Assert.Contains(
            "<https://beans.example/?a=1&amp;b=2|Beans ∗&amp;∗ Co>",
            MenuTexts.Shop(menu.Shop!),
            StringComparison.Ordinal
        );
        Assert.Contains("round_pushpin", Json(form), StringComparison.Ordinal);
    }

    [Fact]
    public void An_order_of_before_stays_in_the_form_and_a_refusal_is_shown_at_its_field()
    {
        var menu = Of(Beans, new SoldOut(["Latte"], [], Any.Now.AddHours(1)));
        var latte = new Drink("Latte", "Large", ["Oat milk", "Cinnamon"]);
        var submission = Read(OrderModal.Build(Form(menu) with { Prefill = latte }));

        Assert.Equal(latte, new Drink(submission.DrinkType!, submission.Size!, submission.Customizations));
        Assert.Equal(
            new Dictionary<string, string> { ["drink:0"] = "\"Latte\" is sold out today. Choose something else." },
            OrderModal.NotOffered(menu.Refuse(latte)!, submission).Errors
        );
        Assert.Equal("drink:0", Assert.Single(OrderModal.NotTaken("No.", submission).Errors!).Key);

        var open = Of(Beans with { AllowsFreeText = true }, new SoldOut(["Latte"], [], Any.Now.AddHours(1)));
        var typed = Read(OrderModal.Build(Form(open)), ("drink", "something_else"), ("other", "latte"));
        Assert.Equal("other:0", Assert.Single(OrderModal.NotOffered(open.Refuse(latte)!, typed).Errors!).Key);
    }

    [Fact]
    public void Where_everything_is_sold_out_the_form_says_so() =>
        Assert.Contains(
            "Everything on the menu is sold out today.",
            Json(OrderModal.Build(Form(Of(Largest, Everything)))),
            StringComparison.Ordinal
        );

    [Fact]
    public void Only_those_who_change_menus_have_the_button()
    {
        Assert.DoesNotContain(Actions.OpenMenu, Json(HomeView.Build([], [], new())), StringComparison.Ordinal);
        Assert.Contains(
            Actions.OpenMenu,
            Json(HomeView.Build([], [], new() { ChangesMenus = true })),
            StringComparison.Ordinal
        );
    }

    private static string[] Entries(int count, int length) =>
        [.. Enumerable.Range(10, count).Select(number => $"{number}".PadRight(length, '&'))];

    private static Menu Of(MenuDocument document, SoldOut? soldOut = null) =>
        Menu.Of(new StoredMenu("C1", document, soldOut, 1), null, Menu.Default, Any.Now);

    private static OrderForm Form(Menu menu) =>
        new()
        {
            RunId = Any.Run.RunId,
            ChannelId = "C1",
            InitiatorUserId = "UINIT",
            Menu = menu,
        };

    private static IEnumerable<string> Choices<T>(View view, string input, Func<T, IReadOnlyList<Choice>> options)
        where T : Element =>
        options((T)view.Blocks.OfType<InputBlock>().Single(block => block.Element.ActionId == input).Element)
            .Select(choice => choice.Value);

    private static OrderSubmission Read(View view, params (string Name, string Value)[] changes)
    {
        Assert.True(OrderModal.TryRead(Submit(view, changes), out var submission));
        return submission;
    }

    private static string Json(View view) => JsonNode.Parse(BlockKitJson.Serialize(view))!.ToJsonString(Readable);

    /// <summary>What Slack sends when a person changes these fields and submits.</summary>
    private static Interaction Submit(View form, params (string Name, string Value)[] changes)
    {
        var values = new JsonObject();
        foreach (var input in form.Blocks.OfType<InputBlock>())
        {
            var name = input.Element.ActionId;
            var changed = changes.FirstOrDefault(change => change.Name == name).Value;
            JsonNode? Option(Choice? initial) =>
                (changed ?? initial?.Value) is { } value ? new JsonObject { ["value"] = value } : null;
            JsonArray Options(IReadOnlyList<Choice>? initial) =>
                [.. (initial ?? []).Select(choice => new JsonObject { ["value"] = choice.Value })];
            values[input.BlockId!] = new JsonObject
            {
                [name] = input.Element switch
                {
                    PlainTextInput text => new JsonObject { ["value"] = changed ?? text.InitialValue },
                    StaticSelect select => new JsonObject { ["selected_option"] = Option(select.InitialOption) },
                    RadioButtons radio => new JsonObject { ["selected_option"] = Option(radio.InitialOption) },
                    Checkboxes boxes => new JsonObject { ["selected_options"] = Options(boxes.InitialOptions) },
                    MultiStaticSelect several => new JsonObject
                    {
                        ["selected_options"] = Options(several.InitialOptions),
                    },
                    _ => throw new NotSupportedException(),
                },
            };
        }
        var payload = new JsonObject
        {
            ["type"] = "view_submission",
            ["team"] = new JsonObject { ["id"] = "T1" },
            ["user"] = new JsonObject { ["id"] = "U1" },
            ["view"] = new JsonObject
            {
                ["callback_id"] = form.CallbackId,
                ["private_metadata"] = form.PrivateMetadata,
                ["state"] = new JsonObject { ["values"] = values },
            },
        };
        Assert.True(Interaction.TryParse(payload.ToJsonString(), out var interaction, out var fault), fault);
        return interaction;
    }
}
