using System.Text.Json.Nodes;
using CoffeeBuddy.EndToEnd.Support;

namespace CoffeeBuddy.EndToEnd;

/// <summary>The usual with one click, favourites, and the same as somebody else.</summary>
public sealed class UsualTests(WholeOffice office) : EndToEndTest(office)
{
    [Fact]
    public async Task One_click_orders_the_usual_and_only_the_person_is_told_what_and_can_undo_it()
    {
        var corner = await Office.CornerAsync(2);
        var (ana, ben) = (corner.People[0], corner.People[1]);
        await HadAsync(corner, ben, "Flat White", "Large", ["Oat milk"]);
        await corner.OrderAsync(ana, "Tea");
        var announcement = await corner.AnnouncementAsync("1 order");

        await ben.ClickAsync(announcement, "order_usual");

        await corner.SummaryAsync($"Large Flat White, Oat milk — <@{ben.Id}>");
        var confirmation = await corner.SeesAsync(
            ben,
            message =>
                message.IsEphemeral
                && message.Buttons.SequenceEqual(["order_open", "order_withdraw"])
                && message.Shown.Contains("*Your order:* Large Flat White, Oat milk", StringComparison.Ordinal)
                && string.CompareOrdinal(message.Ts, announcement.Ts) > 0
        );
        Assert.DoesNotContain(
            await ana.SeesAsync(corner.Channel),
            message => message.IsEphemeral && message.Shown.Contains("Flat White", StringComparison.Ordinal)
        );
        Assert.Null(await ben.ViewAsync());

        await ben.ClickAsync(confirmation, "order_withdraw");

        await ToldAsync(corner, ben, "Your order is withdrawn.");
        await corner.SummaryAsync("*1 order so far*");
        var run = await corner.RunIdAsync();
        Assert.Equal(
            ["order_placed", "order_withdrawn"],
            await Rows.ListAsync<string>(
                "SELECT event_type FROM audit_log WHERE run_id = @run AND user_id = @user ORDER BY log_id",
                new { run, user = ben.Id }
            )
        );
    }

    [Fact]
    public async Task Without_a_usual_the_form_opens()
    {
        var corner = await Office.CornerAsync(2);
        await corner.OrderAsync(corner.People[0], "Tea");

        var announcement = await corner.AnnouncementAsync("1 order");
        await FormAsync(
            corner.People[1],
            () => corner.People[1].ClickAsync(announcement, "order_usual"),
            view => view["submit"] is not null
        );
        await corner.SubmitAsync(corner.People[1], "Mocha");

        await corner.SummaryAsync("Medium Mocha");
    }

    [Fact]
    public async Task The_usual_does_not_replace_an_order_of_the_same_run()
    {
        var corner = await Office.CornerAsync(1);
        var person = corner.People[0];
        await HadAsync(corner, person, "Flat White");
        await PinAsync(person, "Flat White");
        await corner.OrderAsync(person, "Tea", "Small");

        var announcement = await corner.AnnouncementAsync("1 order");
        var form = await FormAsync(
            person,
            () => person.ClickAsync(announcement, "order_usual"),
            view => view["submit"] is not null
        );

        Assert.Equal("Tea", (string?)Element(form, "drink")["initial_option"]!["value"]);
        Assert.Equal(
            ["Tea"],
            await Rows.ListAsync<string>(
                "SELECT drink_type FROM orders WHERE run_id = @run",
                new { run = await corner.RunIdAsync() }
            )
        );
    }

    [Fact]
    public async Task A_favourite_is_the_usual_until_it_is_unpinned_has_a_name_and_can_be_removed()
    {
        var corner = await Office.CornerAsync(2);
        var (ana, ben) = (corner.People[0], corner.People[1]);
        await HadAsync(corner, ben, "Cappuccino", "Small");
        await HadAsync(corner, ben, "Tea", "Large");
        var favourite = await PinAsync(ben, "Cappuccino");

        await ben.ClickAsync("home", "drink_rename", favourite);
        Assert.True((bool)(await ben.SubmitAsync(("name", "Monday *morning*")))["closed"]!);
        await Office.HomeAsync(ben, "*Monday ∗morning∗*: Small Cappuccino · _your usual_");

        await corner.FormAsync(ana);
        await corner.AnnouncementAsync();
        var form = await corner.FormAsync(ben);
        Assert.Equal("Cappuccino", (string?)Element(form, "drink")["initial_option"]!["value"]);
        await ben.ClickAsync(await corner.AnnouncementAsync(), "order_usual");
        await corner.SummaryAsync($"Small Cappuccino — <@{ben.Id}>");

        await ben.ClickAsync("home", "drink_unpin", favourite);
        await Office.HomeAsync(ben, "Pin as my usual");
        await ben.ClickAsync("home", "drink_remove", favourite);
        await Eventually.TrueAsync(
            async () =>
                !(await Office.HomeAsync(ben, "Large Tea · _your usual_")).Contains(
                    favourite,
                    StringComparison.Ordinal
                ),
            "the removed drink is not offered"
        );
        Assert.Equal(
            0,
            await Rows.CountAsync("user_preferences WHERE preference_id = @id::uuid", new { id = favourite })
        );
    }

    [Fact]
    public async Task The_Home_tab_has_the_usual_on_the_button_of_a_run_without_an_order_of_the_person()
    {
        var corner = await Office.CornerAsync(1);
        var person = corner.People[0];
        await HadAsync(corner, person, "Mocha", "Large");
        await corner.FormAsync(person);
        await Office.OpenHomeAsync(person);
        await Office.HomeAsync(person, "Order Large Mocha");

        await person.ClickAsync("home", "order_usual");

        await corner.SummaryAsync($"Large Mocha — <@{person.Id}>");
    }

    [Fact]
    public async Task The_form_fills_in_the_order_of_the_person_who_is_chosen()
    {
        var corner = await Office.CornerAsync(3);
        var (ana, ben, eli) = (corner.People[0], corner.People[1], corner.People[2]);
        await corner.OrderAsync(ana, "Flat White", "Large", ["Oat milk"]);
        await corner.SummaryAsync("*1 order so far*");
        await corner.FormAsync(ben);

        await FormAsync(
            ben,
            () => ben.ChooseAsync("same_as", eli),
            view => Shown(view).Contains($"I see no order of <@{eli.Id}>", StringComparison.Ordinal)
        );
        var form = await FormAsync(
            ben,
            () => ben.ChooseAsync("same_as", ana),
            view => Shown(view).Contains($"The same as <@{ana.Id}>", StringComparison.Ordinal)
        );
        Assert.Equal("Flat White", (string?)Element(form, "drink")["initial_option"]!["value"]);
        Assert.True((bool)(await ben.SubmitAsync())["closed"]!);

        await corner.SummaryAsync($"*2 ×* Large Flat White, Oat milk — <@{ana.Id}> <@{ben.Id}>");
    }

    [Fact]
    public async Task An_order_for_a_guest_is_beside_the_persons_own_and_counts_as_theirs()
    {
        var corner = await Office.CornerAsync(2);
        var (ana, ben) = (corner.People[0], corner.People[1]);
        await corner.OrderAsync(ana, "Latte");
        await corner.FormAsync(ana);
        Assert.True(
            (bool)
                (await ana.SubmitAsync(("drink:0", "Tea"), ("size:0", "Small"), ("guest:0", "Dr <!channel> Grey")))[
                    "closed"
                ]!
        );

        var summary = await corner.SummaryAsync("*2 orders so far*");
        Assert.Contains(
            $"Small Tea — <@{ana.Id}> (guest Dr &lt;!channel&gt; Grey)",
            summary.Shown,
            StringComparison.Ordinal
        );
        var confirmation = await ToldAsync(corner, ana, "*For your guest Dr &lt;!channel&gt; Grey:* Small Tea");
        Assert.Contains("*Your order:* Medium Latte", confirmation.Shown, StringComparison.Ordinal);
        Assert.Equal(
            ["Latte"],
            await Rows.ListAsync<string>(
                "SELECT drink_type FROM user_preferences WHERE user_id = @user",
                new { user = ana.Id }
            )
        );

        // Two people, three orders: nobody is assigned before the deadline.
        await corner.OrderAsync(ben, "Mocha");
        await corner.AnnouncementAsync("3 orders");
        await Office.SweepAsync("AssignDueRuns");
        var run = await corner.RunIdAsync();
        Assert.Equal(
            0,
            await Rows.CountAsync("coffee_runs WHERE run_id = @run AND assigned_at IS NOT NULL", new { run })
        );

        await ana.ClickAsync(confirmation, "guest_withdraw");

        await ToldAsync(corner, ana, "is withdrawn.");
        await corner.SummaryAsync("*2 orders so far*");
        Assert.Equal(0, await Rows.CountAsync("guest_orders WHERE run_id = @run", new { run }));
        Assert.Equal(
            1,
            await Rows.CountAsync(
                "audit_log WHERE run_id = @run AND event_type = 'order_withdrawn' AND payload->>'for_guest' = 'true'",
                new { run }
            )
        );
    }

    [Fact]
    public async Task A_person_can_order_for_five_guests()
    {
        var corner = await Office.CornerAsync(1);
        var person = corner.People[0];
        for (var guest = 1; guest <= 5; guest++)
        {
            await corner.FormAsync(person);
            Assert.True((bool)(await person.SubmitAsync(("drink:0", "Tea"), ("guest:0", $"Guest {guest}")))["closed"]!);
        }
        await corner.FormAsync(person);

        var answer = await person.SubmitAsync(("drink:0", "Tea"), ("guest:0", "Guest 6"));

        Assert.False((bool)answer["closed"]!);
        Assert.Contains("as many as one person may", (string?)answer["errors"]!["guest:0"], StringComparison.Ordinal);
        await corner.AnnouncementAsync("5 orders");
    }

    /// <summary>The person ordered this in an earlier run.</summary>
    private static async Task HadAsync(
        Corner corner,
        SlackPerson person,
        string drink,
        string size = "Medium",
        string[]? customizations = null
    )
    {
        await corner.OrderAsync(person, drink, size, customizations);
        await corner.SeesAsync(person, message => message.Buttons.Contains("order_usual"));
        await person.CommandAsync(corner.Channel, "/coffee-cancel");
        await Eventually.TrueAsync(
            async () =>
                (await person.SeesAsync(corner.Channel)).All(message => !message.Buttons.Contains("order_usual")),
            "no run is open in the channel"
        );
    }

    /// <summary>Pins one of the person's drinks in the Home tab.</summary>
    /// <returns>The preference's id.</returns>
    private async Task<string> PinAsync(SlackPerson person, string drink)
    {
        var id = (
            await Rows.GetAsync<Guid>(
                "SELECT preference_id FROM user_preferences WHERE user_id = @user AND drink_type = @drink",
                new { user = person.Id, drink }
            )
        ).ToString();
        await Office.OpenHomeAsync(person);
        await Office.HomeAsync(person, id);
        await person.ClickAsync("home", "drink_pin", id);
        await Office.HomeAsync(person, ":pushpin:");
        return id;
    }

    private static string Shown(JsonNode view) =>
        string.Join('\n', ((JsonArray)view["blocks"]!).Select(block => (string?)block!["elements"]?[0]?["text"]));

    private static JsonNode Element(JsonNode view, string actionId) =>
        ((JsonArray)view["blocks"]!)
            .Select(block => block!["element"])
            .First(element => (string?)element?["action_id"] == actionId)!;
}
