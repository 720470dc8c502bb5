using CoffeeBuddy.EndToEnd.Support;

namespace CoffeeBuddy.EndToEnd;

/// <summary>Channels that the app is not a member of.</summary>
public sealed class InvitationTests(WholeOffice office) : EndToEndTest(office)
{
    [Fact]
    public async Task When_the_app_cannot_post_the_initiator_is_told_to_invite_it_and_the_next_order_announces_the_run()
    {
        var corner = await Office.CornerAsync(2, hasBot: false);
        await corner.OrderAsync(corner.People[0], "Latte");
        await Corner.SeesDirectlyAsync(corner.People[0], IsInvitation(corner));
        await Corner.SeesDirectlyAsync(corner.People[0], Says($"Your order in <#{corner.Channel}>:* Medium Latte"));
        Assert.Empty(await corner.People[1].SeesAsync(corner.Channel));

        await corner.InviteAsync("bot");
        await corner.OrderAsync(corner.People[1], "Tea");

        await corner.AnnouncementAsync("2 orders");
        var summary = await corner.SummaryAsync("*2 orders so far*");
        Assert.Contains("Medium Latte", summary.Shown, StringComparison.Ordinal);
        await ToldAsync(corner, corner.People[1], "Medium Tea");
        Assert.Single(await corner.People[0].SeesAsync("dm"), message => IsInvitation(corner)(message));
        Assert.Equal(2, (await corner.People[0].SeesAsync("dm")).Count);
        Assert.Empty(await corner.People[1].SeesAsync("dm"));
    }

    [Fact]
    public async Task After_the_invitation_the_next_coffee_command_announces_the_run()
    {
        var corner = await Office.CornerAsync(1, hasBot: false);
        await corner.FormAsync(corner.People[0]);
        await Corner.SeesDirectlyAsync(corner.People[0], IsInvitation(corner));
        var run = await corner.RunIdAsync();

        await corner.InviteAsync("bot");
        await corner.FormAsync(corner.People[0]);

        await corner.AnnouncementAsync();
        Assert.Equal(run, await corner.RunIdAsync());
    }

    [Fact]
    public async Task A_channel_that_refuses_messages_is_asked_three_times_however_many_order_there()
    {
        var corner = await Office.CornerAsync(8, hasBot: false);
        await corner.FormAsync(corner.People[0]);
        await Corner.SeesDirectlyAsync(corner.People[0], IsInvitation(corner));
        var run = (await corner.RunIdAsync()).ToString();

        foreach (var person in corner.People)
        {
            (await Office.Api.OrderAsync(Office.Person(person.Id), run, person.Id)).Is(201);
            await Corner.SeesDirectlyAsync(person, Says($"Your order in <#{corner.Channel}>:* Large Latte"));
        }

        Assert.InRange(Questions(), 1, 3);
        // A person who invites the app and types the command is not kept waiting.
        await corner.InviteAsync("bot");
        await corner.FormAsync(corner.People[1]);
        await corner.AnnouncementAsync("8 orders");

        int Questions() =>
            Office
                .Sandbox.Slack.Traffic.After(0)
                .Count(call =>
                    call is { Kind: "chat.postMessage", Payload: { } payload }
                    && payload.GetRawText().Contains($"\"{corner.Channel}\"", StringComparison.Ordinal)
                );
    }

    [Fact]
    public async Task When_the_app_cannot_post_a_runner_is_assigned_and_told()
    {
        var corner = await Office.CornerAsync(3, hasBot: false);

        foreach (var person in corner.People)
            await corner.OrderAsync(person);

        await Eventually.TrueAsync(
            async () =>
                await Rows.CountAsync(
                    "coffee_runs WHERE channel_id = @channel AND runner_user_id IS NOT NULL",
                    new { channel = corner.Channel }
                ) == 1,
            "a runner is assigned"
        );
        var runner = Office.PersonOf(
            await Rows.GetAsync<string>(
                "SELECT runner_user_id FROM coffee_runs WHERE channel_id = @channel",
                new { channel = corner.Channel }
            )
        );
        await Corner.RunnersMessageAsync(runner, "3 orders");
    }

    [Fact]
    public async Task When_the_app_cannot_post_orders_and_the_end_of_the_run_are_confirmed_by_direct_message()
    {
        var corner = await Office.CornerAsync(2, hasBot: false);
        foreach (var person in corner.People)
        {
            await corner.OrderAsync(person, "Latte");
            await Corner.SeesDirectlyAsync(person, Says($"Your order in <#{corner.Channel}>:* Medium Latte"));
        }

        await corner.OrderAsync(corner.People[1], "Tea");
        await Corner.SeesDirectlyAsync(corner.People[1], Says($"Your order in <#{corner.Channel}>:* Medium Tea"));
        await corner.People[0].CommandAsync(corner.Channel, "/coffee-cancel");

        foreach (var person in corner.People)
            await Corner.SeesDirectlyAsync(
                person,
                Says($"The coffee run in <#{corner.Channel}> was cancelled by <@{corner.People[0].Id}>.")
            );
        // The confirmation of a replaced order is updated in place.
        Assert.Equal(2, (await corner.People[1].SeesAsync("dm")).Count);
    }

    private static Func<SeenMessage, bool> Says(string text) =>
        message => message.Shown.Contains(text, StringComparison.Ordinal);

    private static Func<SeenMessage, bool> IsInvitation(Corner corner) =>
        Says($"I cannot post in <#{corner.Channel}> yet. Please invite me there");
}
