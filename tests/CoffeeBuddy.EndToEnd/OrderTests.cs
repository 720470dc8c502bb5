using System.Text.Json.Nodes;
using CoffeeBuddy.EndToEnd.Support;

namespace CoffeeBuddy.EndToEnd;

/// <summary>Orders: stored, confirmed, shown, replaced and withdrawn.</summary>
public sealed class OrderTests(WholeOffice office) : EndToEndTest(office)
{
    [Fact]
    public async Task An_order_without_a_drink_is_refused_with_an_error_in_the_form()
    {
        var corner = await Office.CornerAsync(1);
        var person = corner.People[0];
        await corner.FormAsync(person);

        var answer = await person.SubmitAsync(("drink:0", "something_else"), ("size:0", "Small"));

        Assert.False((bool)answer["closed"]!);
        Assert.Null(answer["client_side"]);
        Assert.Equal("Choose a drink, or type one.", (string?)answer["errors"]!["other:0"]);
        Assert.Equal(0, await Rows.CountAsync("orders WHERE user_id = @user", new { user = person.Id }));
        Assert.True((bool)(await person.SubmitAsync(("drink:0", "Tea")))["closed"]!);
        Assert.Equal(1, await Rows.CountAsync("orders WHERE user_id = @user", new { user = person.Id }));
    }

    [Fact]
    public async Task An_order_is_stored_confirmed_only_to_its_person_and_shown_in_the_thread()
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
            await Rows.CountAsync(
                "orders WHERE run_id = @run AND user_id = @user AND drink_type = 'Flat White' AND size = 'Large'",
                new { run = await corner.RunIdAsync(), user = ana.Id }
            )
        );
        Assert.Equal(
            1,
            await Rows.CountAsync(
                "audit_log WHERE run_id = @run AND event_type = 'order_placed' AND user_id = @user",
                new { run = await corner.RunIdAsync(), user = ana.Id }
            )
        );
    }

    [Fact]
    public async Task A_second_order_of_a_person_replaces_the_first_and_updates_the_same_messages()
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
            await Rows.ListAsync<string>(
                "SELECT drink_type FROM orders WHERE user_id = @user",
                new { user = person.Id }
            )
        );
        Assert.Equal(
            ["Espresso"],
            await Rows.ListAsync<string>(
                "SELECT drink_type FROM user_preferences WHERE user_id = @user",
                new { user = person.Id }
            )
        );
    }

    [Fact]
    public async Task Equal_drinks_are_one_line_in_the_order_list()
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
    public async Task The_button_of_the_announcement_opens_the_order_form()
    {
        var corner = await Office.CornerAsync(2);
        await corner.FormAsync(corner.People[0]);
        var announcement = await corner.AnnouncementAsync();

        await corner.People[1].ClickAsync(announcement, "order_open");
        await corner.SubmitAsync(corner.People[1], "Mocha");

        await corner.SummaryAsync("Medium Mocha");
        Assert.Equal(
            1,
            await Rows.CountAsync(
                "orders WHERE run_id = @run AND user_id = @user",
                new { run = await corner.RunIdAsync(), user = corner.People[1].Id }
            )
        );
    }

    [Fact]
    public async Task Withdrawing_removes_the_order_and_without_an_order_says_so()
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
        Assert.Equal(0, await Rows.CountAsync("orders WHERE run_id = @run", new { run = await corner.RunIdAsync() }));
        Assert.Equal(
            1,
            await Rows.CountAsync(
                "audit_log WHERE run_id = @run AND event_type = 'order_withdrawn'",
                new { run = await corner.RunIdAsync() }
            )
        );
        Assert.Equal(
            0,
            await Rows.CountAsync("user_preferences WHERE user_id = @user", new { user = corner.People[0].Id })
        );
    }

    [Fact]
    public async Task A_form_submitted_after_its_run_was_cancelled_says_so_and_stores_no_order()
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
        Assert.Equal(0, await Rows.CountAsync("orders WHERE run_id = @run", new { run = await corner.RunIdAsync() }));
    }

    [Fact]
    public async Task The_button_of_a_run_that_has_ended_says_so_and_starts_no_run()
    {
        var corner = await Office.CornerAsync(2);
        await corner.OrderAsync(corner.People[0]);
        var confirmation = await ToldAsync(corner, corner.People[0], "Your order");
        await corner.People[0].CommandAsync(corner.Channel, "/coffee-cancel");

        var explanation = await FormAsync(
            corner.People[0],
            () => corner.People[0].ClickAsync(confirmation, "order_open"),
            view => view["blocks"]!.ToJsonString().Contains("This run was cancelled", StringComparison.Ordinal)
        );

        Assert.Null(explanation["submit"]);
        Assert.Equal(
            1,
            await Rows.CountAsync("coffee_runs WHERE channel_id = @channel", new { channel = corner.Channel })
        );
    }
}
