using System.Text.Json.Nodes;
using CoffeeBuddy.EndToEnd.Support;

namespace CoffeeBuddy.EndToEnd;

/// <summary>The order form that /coffee opens, and the other forms of /coffee.</summary>
public sealed class OrderFormTests(WholeOffice office) : EndToEndTest(office)
{
    private static readonly string[] OatMilk = ["Oat milk"];

    [Fact]
    public async Task The_coffee_command_starts_a_run_and_opens_the_order_form()
    {
        var corner = await Office.CornerAsync(1);

        var form = await corner.FormAsync(corner.People[0]);

        var labels = ((JsonArray)form["blocks"]!).Select(block => (string?)block!["label"]?["text"]).OfType<string>();
        Assert.Equal(
            ["Drink", "Something else", "Size", "Customizations", "Note for this time", "For a guest"],
            labels
        );
        Assert.Equal("Order", (string?)form["submit"]!["text"]);
        Assert.Equal("Medium", Size(form, 0));
        Assert.Equal(
            1,
            await Rows.CountAsync(
                "coffee_runs WHERE channel_id = @channel AND status = 'active' AND initiator_user_id = @user AND workspace_id = 'T0SIM00001'",
                new { channel = corner.Channel, user = corner.People[0].Id }
            )
        );
        Assert.DoesNotContain(await corner.People[0].SeesAsync(corner.Channel), message => message.IsEphemeral);
    }

    [Fact]
    public async Task A_week_later_the_form_has_the_last_order_and_offers_the_last_three()
    {
        var person = await Office.HireAsync();
        foreach (
            var (drink, size) in ((string, string)[])
                [("Tea", "Small"), ("Mocha", "Large"), ("Espresso", "Small"), ("Latte", "Large")]
        )
            await (await Office.CornerAsync([person])).OrderAsync(
                person,
                drink,
                size,
                drink == "Latte" ? OatMilk : null,
                note: "only today"
            );
        await Rows.ExecuteAsync(
            "UPDATE user_preferences SET last_ordered_at = last_ordered_at - interval '7 days' WHERE user_id = @user",
            new { user = person.Id }
        );

        var form = await (await Office.CornerAsync([person])).FormAsync(person);

        Assert.Equal(("Latte", "Large"), (Drink(form, 0), Size(form, 0)));
        Assert.Equal(OatMilk, Customizations(form, 0));
        Assert.Null((string?)form["state"]!["values"]!["note:0"]!["note"]!["value"]);
        Assert.Equal(["Large Latte, Oat milk", "Small Espresso", "Large Mocha"], Offered(form));
        Assert.Equal(
            4,
            await Rows.CountAsync(
                "user_preferences WHERE user_id = @user AND order_count = 1",
                new { user = person.Id }
            )
        );
    }

    [Fact]
    public async Task Selecting_an_earlier_drink_fills_the_open_form_and_keeps_the_note()
    {
        var person = await Office.HireAsync();
        await (await Office.CornerAsync([person])).OrderAsync(person, "Mocha", "Large", OatMilk);
        await (await Office.CornerAsync([person])).OrderAsync(person, "Tea", "Small");
        var corner = await Office.CornerAsync([person]);
        await corner.FormAsync(person);
        await Office.FillAsync(person, "note:0", "at my desk");

        // The fields of a form that was filled in have other ids, because Slack keeps what was typed.
        var rebuilt = await FormAsync(
            person,
            () => person.ClickAsync("view", "usual:1"),
            view => ((JsonArray)view["blocks"]!).Any(block => (string?)block!["block_id"] == "drink:1")
        );

        Assert.Equal(("Mocha", "Large"), (Drink(rebuilt, 1), Size(rebuilt, 1)));
        Assert.Equal(OatMilk, Customizations(rebuilt, 1));
        Assert.True((bool)(await person.SubmitAsync())["closed"]!);
        Assert.Equal("Large Mocha [\"Oat milk\"] at my desk", await StoredAsync(corner));
    }

    [Fact]
    public async Task The_form_of_a_person_with_an_order_in_the_run_shows_that_order()
    {
        var corner = await Office.CornerAsync(1);
        var person = corner.People[0];
        await corner.OrderAsync(person, "Americano", "Small", OatMilk, "no lid");

        var form = await corner.FormAsync(person);

        Assert.Equal(("Americano", "Small"), (Drink(form, 0), Size(form, 0)));
        Assert.Equal(OatMilk, Customizations(form, 0));
        Assert.Equal("no lid", (string?)form["state"]!["values"]!["note:0"]!["note"]!["value"]);
        Assert.Equal(
            1,
            await Rows.CountAsync("coffee_runs WHERE channel_id = @channel", new { channel = corner.Channel })
        );
    }

    [Fact]
    public async Task A_drink_that_is_not_on_the_menu_can_be_typed()
    {
        var corner = await Office.CornerAsync(1);
        var person = corner.People[0];
        await corner.FormAsync(person);

        await person.SubmitAsync(("drink:0", "something_else"), ("other:0", "Cortado"), ("size:0", "Small"));

        Assert.Equal("Small Cortado [] ", await StoredAsync(corner));
        Assert.Equal(
            "Cortado",
            (string?)(await corner.FormAsync(person))["state"]!["values"]!["other:0"]!["other"]!["value"]
        );
    }

    [Fact]
    public async Task Help_is_shown_only_to_the_person_who_asks_and_starts_no_run()
    {
        var corner = await Office.CornerAsync(2);

        await corner.People[0].CommandAsync(corner.Channel, "/coffee", "help");

        Assert.Contains(
            "/coffee-history",
            (await ToldAsync(corner, corner.People[0], "Here is how I help")).Shown,
            StringComparison.Ordinal
        );
        Assert.Empty(await corner.People[1].SeesAsync(corner.Channel));
        Assert.Equal(
            0,
            await Rows.CountAsync("coffee_runs WHERE channel_id = @channel", new { channel = corner.Channel })
        );
    }

    [Fact]
    public async Task An_unknown_argument_of_the_command_is_answered_with_the_known_ones()
    {
        var corner = await Office.CornerAsync(1);

        await corner.People[0].CommandAsync(corner.Channel, "/coffee", "<!channel> *now*");

        var told = await ToldAsync(corner, corner.People[0], "I do not know");
        Assert.DoesNotContain("<!channel>", told.Shown, StringComparison.Ordinal);
        Assert.Equal(
            0,
            await Rows.CountAsync("coffee_runs WHERE channel_id = @channel", new { channel = corner.Channel })
        );
    }

    [Fact]
    public async Task In_a_direct_message_the_command_says_that_it_needs_a_channel()
    {
        var person = await Office.HireAsync();

        await person.CommandAsync("dm", "/coffee");

        await Corner.SeesDirectlyAsync(
            person,
            message => message.IsEphemeral && message.Shown.Contains("in a channel", StringComparison.Ordinal)
        );
        Assert.Null(await person.ViewAsync());
        Assert.Equal(0, await Rows.CountAsync("coffee_runs WHERE initiator_user_id = @user", new { user = person.Id }));
    }

    [Fact]
    public async Task Two_people_who_start_a_run_at_the_same_time_are_in_the_same_run()
    {
        var corner = await Office.CornerAsync(2);

        await Task.WhenAll(corner.People.Select(corner.FormAsync));

        Assert.Equal(
            1,
            await Rows.CountAsync("coffee_runs WHERE channel_id = @channel", new { channel = corner.Channel })
        );
        Assert.Equal(
            1,
            await Rows.CountAsync(
                "audit_log WHERE run_id = @run AND event_type = 'run_created'",
                new { run = await corner.RunIdAsync() }
            )
        );
    }

    private static string? Drink(JsonNode form, int revision) =>
        (string?)form["state"]!["values"]![$"drink:{revision}"]!["drink"]!["selected_option"]!["value"];

    private static string? Size(JsonNode form, int revision) =>
        (string?)form["state"]!["values"]![$"size:{revision}"]!["size"]!["selected_option"]!["value"];

    private static IEnumerable<string> Customizations(JsonNode form, int revision) =>
        (
            (JsonArray)form["state"]!["values"]![$"customizations:{revision}"]!["customizations"]!["selected_options"]!
        ).Select(option => (string)option!["value"]!);

    private static IEnumerable<string> Offered(JsonNode form) =>
        (
            (JsonArray)((JsonArray)form["blocks"]!).Single(block => (string?)block!["type"] == "actions")!["elements"]!
        ).Select(button => (string)button!["text"]!["text"]!);

    private Task<string> StoredAsync(Corner corner) =>
        Rows.GetAsync<string>(
            "SELECT concat(o.size, ' ', o.drink_type, ' ', o.customizations, ' ', o.note) FROM orders o JOIN coffee_runs r USING (run_id) WHERE r.channel_id = @channel",
            new { channel = corner.Channel }
        );
}
