using System.Text.Json;
using System.Text.Json.Nodes;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;
using CsCheck;
using Xunit;

namespace CoffeeBuddy.Slack.Tests;

public sealed class OrderModalTests
{
    private static readonly OrderForm Form = new()
    {
        RunId = Any.Run.RunId,
        ChannelId = "C1",
        InitiatorUserId = "UINIT",
        Menu = Menu.Default,
    };
    private static readonly Drink OatLatte = new("Latte", "Large", ["Oat milk"]);
    private static readonly Drink Matcha = new("Matcha", "Small", ["Honey"]);

    [Fact]
    public void A_newcomer_gets_an_empty_form_with_the_usual_size()
    {
        var view = OrderModal.Build(Form);

        Assert.Equal(
            ["drink:0", "other:0", "size:0", "customizations:0", "note:0", "guest:0"],
            view.Blocks.OfType<InputBlock>().Select(input => input.BlockId)
        );
        Assert.Null(Select(view).InitialOption);
        Assert.Equal("Medium", Radio(view).InitialOption?.Value);
        Assert.Null(Checks(view).InitialOptions);
        Assert.Empty(view.Blocks.OfType<ActionsBlock>());
    }

    [Fact]
    public void The_last_drink_is_filled_in_and_the_last_three_have_buttons()
    {
        var view = OrderModal.Build(
            Form with
            {
                LastDrinks = [OatLatte, Matcha, new("Tea", "Small"), new("Mocha", "Large")],
            }
        );

        Assert.Equal("Latte", Select(view).InitialOption?.Value);
        Assert.Equal("Large", Radio(view).InitialOption?.Value);
        Assert.Equal(["Oat milk"], Checks(view).InitialOptions?.Select(choice => choice.Value));
        var buttons = Assert.Single(view.Blocks.OfType<ActionsBlock>()).Elements.Cast<Button>().ToList();
        Assert.Equal(
            ["Large Latte, Oat milk", "Small Matcha, Honey", "Small Tea"],
            buttons.Select(button => button.Text.Text)
        );
        Assert.Equal(["usual:0", "usual:1", "usual:2"], buttons.Select(button => button.ActionId));
    }

    [Fact]
    public void The_order_in_this_run_is_filled_in_instead_of_the_last_drink()
    {
        var view = OrderModal.Build(
            Form with
            {
                LastDrinks = [OatLatte],
                Prefill = new Drink("tea", "SMALL"),
                Note = "leave it at my desk",
            }
        );

        Assert.Equal("Tea", Select(view).InitialOption?.Value);
        Assert.Equal("Small", Radio(view).InitialOption?.Value);
        Assert.Equal("leave it at my desk", Input<PlainTextInput>(view, "note").InitialValue);
    }

    [Fact]
    public void A_drink_that_is_not_on_the_menu_is_filled_in_as_typed_and_keeps_its_customizations()
    {
        var view = OrderModal.Build(Form with { Prefill = Matcha });

        Assert.Equal("Something else", Select(view).InitialOption?.Text.Text);
        Assert.Equal("Matcha", Input<PlainTextInput>(view, "other").InitialValue);
        Assert.Equal(["Honey"], Checks(view).InitialOptions?.Select(choice => choice.Value));
        Assert.Equal(10, Checks(view).Options.Count);
    }

    [Fact]
    public void The_submission_of_an_unchanged_form_is_the_drink_filled_in() =>
        Gen.Select(Any.Drinks, Any.Notes)
            .Sample(
                (drink, note) =>
                {
                    var form = Form with
                    {
                        Menu = new Menu(["Latte"], [drink.Size, "Other"], []),
                        Prefill = drink,
                        Note = note,
                    };

                    Assert.True(OrderModal.TryRead(Submit(OrderModal.Build(form)), out var submission));
                    Assert.Equal(
                        (Any.Run.RunId, "C1", drink.DrinkType, drink.Size),
                        (submission.RunId, submission.ChannelId, submission.DrinkType, submission.Size)
                    );
                    Assert.Equal(
                        drink.Customizations.Order(StringComparer.Ordinal),
                        submission.Customizations.Order(StringComparer.Ordinal)
                    );
                    Assert.Equal(string.IsNullOrWhiteSpace(note) ? null : note.Trim(), submission.Note);
                }
            );

    [Fact]
    public void A_typed_drink_replaces_the_chosen_one()
    {
        var view = OrderModal.Build(Form with { Prefill = OatLatte });

        Assert.Equal("Chai", Read(Submit(view, ("other", "Chai"))).DrinkType);
        Assert.Equal("Latte", Read(Submit(view, ("other", "  "))).DrinkType);
    }

    [Fact]
    public void A_chosen_drink_replaces_a_text_that_the_form_filled_in()
    {
        var view = OrderModal.Build(Form with { Prefill = Matcha });

        Assert.Equal("Mocha", Read(Submit(view, ("drink", "Mocha"))).DrinkType);
        Assert.Equal("Chai", Read(Submit(view, ("drink", "Mocha"), ("other", "Chai"))).DrinkType);
    }

    [Fact]
    public void Something_else_without_text_is_an_error_below_the_text_field()
    {
        var submission = Read(Submit(OrderModal.Build(Form with { Prefill = Matcha, Revision = 3 }), ("other", "")));

        var errors = OrderRules.Validate(
            submission.DrinkType,
            submission.Size,
            submission.Customizations,
            submission.Note
        );
        Assert.Equal(
            """{"response_action":"errors","errors":{"other:3":"Choose a drink, or type one."}}""",
            OrderModal.Errors(errors, submission).ToJson()
        );
    }

    [Fact]
    public void Each_error_is_shown_below_its_field()
    {
        var response = OrderModal.Errors(
            [
                new(OrderField.Size, OrderFault.Missing),
                new(OrderField.Customizations, OrderFault.TooMany),
                new(OrderField.Note, OrderFault.Length),
                new(OrderField.Note, OrderFault.NotText),
            ],
            Read(Submit(OrderModal.Build(Form with { Revision = 1 })))
        );

        Assert.Equal(
            new Dictionary<string, string>
            {
                ["size:1"] = "Choose a size.",
                ["customizations:1"] = "Choose at most 10 customizations.",
                ["note:1"] = "Use at most 200 characters for the note. Write the note as plain text.",
            },
            response.Errors
        );
    }

    [Fact]
    public void A_click_on_an_earlier_drink_fills_in_the_form_and_keeps_the_note()
    {
        var view = OrderModal.Build(Form with { LastDrinks = [OatLatte, Matcha] });
        var usual = (Button)view.Blocks.OfType<ActionsBlock>().Single().Elements[1];

        Assert.True(OrderModal.TryRebuild(Click(view, usual, ("note", "hot please")), Menu.Default, out var rebuilt));

        Assert.Equal("Matcha", Input<PlainTextInput>(rebuilt, "other").InitialValue);
        Assert.Equal("hot please", Input<PlainTextInput>(rebuilt, "note").InitialValue);
        // The ids must be new: Slack keeps the values of blocks with the same ids.
        Assert.All(rebuilt.Blocks.Skip(1), block => Assert.EndsWith(":1", block.BlockId));
        Assert.Equal(
            ["Large Latte, Oat milk", "Small Matcha, Honey"],
            rebuilt.Blocks.OfType<ActionsBlock>().Single().Elements.Cast<Button>().Select(button => button.Text.Text)
        );
        Assert.Equal(
            ("Matcha", "Small", Any.Run.RunId),
            (Read(Submit(rebuilt)).DrinkType, Read(Submit(rebuilt)).Size, Read(Submit(rebuilt)).RunId)
        );
    }

    [Theory]
    [InlineData("order", "")]
    [InlineData("order", "{}")]
    [InlineData("order", "not json")]
    [InlineData("order", "{\"run_id\":\"x\"}")]
    [InlineData("another", null)]
    public void A_submission_of_another_form_is_not_read(string callbackId, string? metadata)
    {
        var view = OrderModal.Build(Form);

        Assert.False(
            OrderModal.TryRead(
                Submit(view with { CallbackId = callbackId, PrivateMetadata = metadata ?? view.PrivateMetadata }),
                out _
            )
        );
    }

    [Fact]
    public void A_late_submission_is_answered_with_the_reason()
    {
        var update = JsonNode.Parse(OrderModal.Closed(Any.Run with { Status = RunStatus.Completed }).ToJson())!;

        Assert.Equal("update", (string?)update["response_action"]);
        Assert.Equal("modal", (string?)update["view"]!["type"]);
        Assert.Contains("complete", (string?)update["view"]!["blocks"]![0]!["text"]!["text"]);
        Assert.Null(update["view"]!["submit"]);
    }

    private static OrderSubmission Read(Interaction interaction)
    {
        Assert.True(OrderModal.TryRead(interaction, out var submission));
        return submission;
    }

    private static StaticSelect Select(View view) => Input<StaticSelect>(view, "drink");

    private static RadioButtons Radio(View view) => Input<RadioButtons>(view, "size");

    private static Checkboxes Checks(View view) => Input<Checkboxes>(view, "customizations");

    private static T Input<T>(View view, string name)
        where T : Element =>
        Assert.IsType<T>(
            view.Blocks.OfType<InputBlock>()
                .Single(input => input.BlockId!.StartsWith(name + ":", StringComparison.Ordinal))
                .Element
        );

    private static Interaction Submit(View view, params (string Name, string Value)[] changes) =>
        Payload(new JsonObject { ["type"] = "view_submission", ["view"] = Filled(view, changes) });

    private static Interaction Click(View view, Button button, params (string Name, string Value)[] changes) =>
        Payload(
            new JsonObject
            {
                ["type"] = "block_actions",
                ["actions"] = new JsonArray(
                    new JsonObject
                    {
                        ["type"] = "button",
                        ["action_id"] = button.ActionId,
                        ["value"] = button.Value,
                    }
                ),
                ["view"] = Filled(view, changes),
            }
        );

    private static Interaction Payload(JsonObject payload)
    {
        payload["team"] = new JsonObject { ["id"] = "T1" };
        payload["user"] = new JsonObject { ["id"] = "U1" };
        Assert.True(Interaction.TryParse(payload.ToJsonString(), out var interaction, out var reason), reason);
        return interaction;
    }

    /// <summary>The view as Slack submits it: the initial values with the given changes.</summary>
    private static JsonObject Filled(View view, (string Name, string Value)[] changes)
    {
        var values = new JsonObject();
        foreach (var input in view.Blocks.OfType<InputBlock>())
        {
            var name = input.Element.ActionId;
            var change = changes.Where(change => change.Name == name).Select(change => change.Value).FirstOrDefault();
            values[input.BlockId!] = new JsonObject { [name] = State(input.Element, change) };
        }
        return new JsonObject
        {
            ["id"] = "V1",
            ["callback_id"] = view.CallbackId,
            ["private_metadata"] = view.PrivateMetadata,
            ["state"] = new JsonObject { ["values"] = values },
        };
    }

    private static JsonObject State(Element element, string? change) =>
        element switch
        {
            PlainTextInput input => new() { ["type"] = input.Type, ["value"] = change ?? input.InitialValue },
            StaticSelect select => new()
            {
                ["type"] = select.Type,
                ["selected_option"] = Option(change ?? select.InitialOption?.Value),
            },
            RadioButtons radio => new()
            {
                ["type"] = radio.Type,
                ["selected_option"] = Option(change ?? radio.InitialOption?.Value),
            },
            Checkboxes checks => new()
            {
                ["type"] = checks.Type,
                ["selected_options"] = new JsonArray([
                    .. (checks.InitialOptions ?? []).Select(choice => Option(choice.Value)),
                ]),
            },
            _ => throw new InvalidOperationException(element.Type),
        };

    private static JsonObject? Option(string? value) => value is null ? null : new JsonObject { ["value"] = value };
}
