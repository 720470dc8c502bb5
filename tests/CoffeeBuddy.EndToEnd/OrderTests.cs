using System.Text.Json.Nodes;
using CoffeeBuddy.EndToEnd.Support;
using CoffeeBuddy.Sandbox;
using Xunit;

namespace CoffeeBuddy.EndToEnd;

/// <summary>What becomes of an order: stored, confirmed, shown; replaced and withdrawn.</summary>
public sealed class OrderTests(Office office) : EndToEndTest(office)
{
    [Fact]
    public async Task An_order_without_a_drink_is_explained_in_the_form_and_not_stored()
    {
        var corner = await Office.CornerAsync(1);
        var person = corner.People[0];
        await corner.FormAsync(person);

        var answer = await person.SubmitAsync(("drink:0", "something_else"), ("size:0", "Small"));

        Assert.False((bool)answer["closed"]!);
        Assert.Null(answer["client_side"]);
        Assert.Equal("Choose a drink, or type one.", (string?)answer["errors"]!["other:0"]);
        Assert.Equal(0, await Database.CountAsync("orders", "user_id = $1", person.Id));
        Assert.True((bool)(await person.SubmitAsync(("drink:0", "Tea")))["closed"]!);
        Assert.Equal(1, await Database.CountAsync("orders", "user_id = $1", person.Id));
    }

    [Fact]
    public async Task An_order_is_stored_confirmed_to_its_person_alone_and_shown_in_the_thread()
    {
        var corner = await Office.CornerAsync(2);
        var (ana, ben) = (corner.People[0], corner.People[1]);

        await corner.OrderAsync(ana, "Flat White", "Large", ["Oat milk", "Extra shot"], "two sugars");

        var confirmation = await ToldAsync(corner, ana, "Large Flat White, Extra shot, Oat milk");
        Assert.Contains("two sugars", confirmation.Shown, StringComparison.Ordinal);
        var summary = await corner.SummaryAsync("*1 order so far*");
        Assert.Contains(
            $"Large Flat White, Extra shot, Oat milk — <@{ana.Id}>",
            summary.Shown,
            StringComparison.Ordinal
        );
        var announcement = await corner.AnnouncementAsync("1 order");
        Assert.Equal(announcement.Ts, summary.ThreadTs);
        Assert.Contains("I will choose who goes by <!date^", announcement.Shown, StringComparison.Ordinal);
        Assert.DoesNotContain(await ben.SeesAsync(corner.Channel), message => message.IsEphemeral);
        Assert.Equal(
            1,
            await Database.CountAsync(
                "orders",
                "run_id = $1 AND user_id = $2 AND drink_type = 'Flat White' AND size = 'Large'",
                await corner.RunIdAsync(),
                ana.Id
            )
        );
        Assert.Equal(
            1,
            await Database.CountAsync(
                "audit_log",
                "run_id = $1 AND event_type = 'order_placed' AND user_id = $2",
                await corner.RunIdAsync(),
                ana.Id
            )
        );
    }

    [Fact]
    public async Task Ordering_again_replaces_the_order_and_changes_the_same_messages()
    {
        var corner = await Office.CornerAsync(1);
        var person = corner.People[0];
        await corner.OrderAsync(person, "Latte");
        var (announcement, summary) = (
            await corner.AnnouncementAsync("1 order"),
            await corner.SummaryAsync("Medium Latte")
        );

        await corner.OrderAsync(person, "Espresso", "Small");

        Assert.Equal(summary.Ts, (await corner.SummaryAsync("Small Espresso")).Ts);
        await ToldAsync(corner, person, "Small Espresso");
        var messages = await person.SeesAsync(corner.Channel);
        Assert.Equal(announcement.Ts, Assert.Single(messages, Corner.IsAnnouncement).Ts);
        Assert.DoesNotContain("Latte", Assert.Single(messages, Corner.IsSummary).Shown, StringComparison.Ordinal);
        Assert.Equal(
            ["Espresso"],
            await Database.ListAsync<string>("SELECT drink_type FROM orders WHERE user_id = $1", person.Id)
        );
        Assert.Equal(
            ["Espresso"],
            await Database.ListAsync<string>("SELECT drink_type FROM user_preferences WHERE user_id = $1", person.Id)
        );
    }

    [Fact]
    public async Task The_same_drinks_are_one_line_for_the_counter()
    {
        var corner = await Office.CornerAsync(2);

        await corner.OrderAsync(corner.People[0], "Tea", "Large", ["Sugar", "To go lid"]);
        await corner.OrderAsync(corner.People[1], "Tea", "Large", ["To go lid", "Sugar"]);

        var summary = await corner.SummaryAsync("*2 ×* Large Tea, Sugar, To go lid");
        Assert.All(
            corner.People,
            person => Assert.Contains($"<@{person.Id}>", summary.Shown, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task The_button_of_the_announcement_lets_others_join()
    {
        var corner = await Office.CornerAsync(2);
        await corner.FormAsync(corner.People[0]);
        var announcement = await corner.AnnouncementAsync();

        await corner.People[1].ClickAsync(announcement, "order_open");
        await Corner.SubmitAsync(corner.People[1], "Mocha");

        await corner.SummaryAsync("Medium Mocha");
        Assert.Equal(
            1,
            await Database.CountAsync(
                "orders",
                "run_id = $1 AND user_id = $2",
                await corner.RunIdAsync(),
                corner.People[1].Id
            )
        );
    }

    [Fact]
    public async Task Withdrawing_takes_the_order_out_and_needs_one()
    {
        var corner = await Office.CornerAsync(2);
        await corner.OrderAsync(corner.People[0]);
        await corner.SummaryAsync("*1 order so far*");
        var announcement = await corner.AnnouncementAsync("1 order");

        await corner.People[1].ClickAsync(announcement, "order_withdraw");
        await ToldAsync(corner, corner.People[1], "You have no order in this run.");
        await corner.People[0].ClickAsync(announcement, "order_withdraw");

        await ToldAsync(corner, corner.People[0], "Your order is withdrawn.");
        await corner.SummaryAsync("No orders yet.");
        Assert.Equal(0, await Database.CountAsync("orders", "run_id = $1", await corner.RunIdAsync()));
        Assert.Equal(
            1,
            await Database.CountAsync(
                "audit_log",
                "run_id = $1 AND event_type = 'order_withdrawn'",
                await corner.RunIdAsync()
            )
        );
        Assert.Equal(0, await Database.CountAsync("user_preferences", "user_id = $1", corner.People[0].Id));
    }

    [Fact]
    public async Task A_form_submitted_after_its_run_was_cancelled_says_so_and_stores_nothing()
    {
        var corner = await Office.CornerAsync(2);
        await corner.FormAsync(corner.People[0]);
        await corner.FormAsync(corner.People[1]);
        await corner.People[0].CommandAsync(corner.Channel, "/coffee-cancel");

        var answer = await corner.People[1].SubmitAsync(("drink:0", "Tea"));

        Assert.False((bool)answer["closed"]!);
        Assert.Contains(
            "This run was cancelled, so your order was not taken.",
            ((JsonArray)answer["view"]!["blocks"]!).ToJsonString(),
            StringComparison.Ordinal
        );
        Assert.Equal(0, await Database.CountAsync("orders", "run_id = $1", await corner.RunIdAsync()));
    }

    [Fact]
    public async Task The_button_of_a_run_that_is_over_explains_itself_and_starts_no_other()
    {
        var corner = await Office.CornerAsync(2);
        await corner.OrderAsync(corner.People[0]);
        var confirmation = await ToldAsync(corner, corner.People[0], "Your order");
        await corner.People[0].CommandAsync(corner.Channel, "/coffee-cancel");

        await corner.People[0].ClickAsync(confirmation, "order_open");

        var explanation = Assert.IsAssignableFrom<JsonNode>(await corner.People[0].ViewAsync());
        Assert.Contains("This run was cancelled", explanation["blocks"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Null(explanation["submit"]);
        Assert.Equal(1, await Database.CountAsync("coffee_runs", "channel_id = $1", corner.Channel));
    }
}
