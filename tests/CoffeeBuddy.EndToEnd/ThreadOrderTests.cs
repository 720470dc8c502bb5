using CoffeeBuddy.EndToEnd.Support;

namespace CoffeeBuddy.EndToEnd;

/// <summary>Orders written as replies in the thread of a run.</summary>
public sealed class ThreadOrderTests(WholeOffice office) : EndToEndTest(office)
{
    [Fact]
    public async Task An_order_written_in_the_thread_is_stored()
    {
        var (corner, thread) = await StartAsync();

        await corner.People[1].SayAsync(corner.Channel, "large latte, oat milk", thread);

        await corner.SummaryAsync($"Large Latte, Oat milk — <@{corner.People[1].Id}>");
        await ToldAsync(corner, corner.People[1], "Large Latte, Oat milk");
        Assert.Equal(
            "Large Latte [\"Oat milk\"]",
            await Rows.GetAsync<string>(
                "SELECT concat(size, ' ', drink_type, ' ', customizations) FROM orders WHERE user_id = @user",
                new { user = corner.People[1].Id }
            )
        );
    }

    [Fact]
    public async Task An_order_written_in_the_thread_and_sent_to_the_channel_too_is_stored()
    {
        var (corner, thread) = await StartAsync();

        await corner.People[1].SayAsync(corner.Channel, "large latte", thread, broadcast: true);

        await corner.SummaryAsync($"Large Latte — <@{corner.People[1].Id}>");
    }

    [Fact]
    public async Task The_reply_nothing_for_me_withdraws_the_order()
    {
        var (corner, thread) = await StartAsync();
        await corner.People[1].SayAsync(corner.Channel, "Small tea", thread);
        await corner.SummaryAsync("*1 order so far*");

        await corner.People[1].SayAsync(corner.Channel, "Nothing for me!", thread);

        await corner.SummaryAsync("No orders yet.");
        Assert.Equal(0, await Rows.CountAsync("orders WHERE run_id = @run", new { run = await corner.RunIdAsync() }));
    }

    [Fact]
    public async Task Editing_the_message_changes_the_order()
    {
        var (corner, thread) = await StartAsync();
        var said = await corner.People[1].SayAsync(corner.Channel, "espresso", thread);
        await corner.SummaryAsync("Medium Espresso");

        await corner.EditAsync(corner.People[1], (string)said["ts"]!, "large mocha with extra shot");

        await corner.SummaryAsync("Large Mocha, Extra shot");
        Assert.Equal(
            ["Mocha"],
            await Rows.ListAsync<string>(
                "SELECT drink_type FROM orders WHERE run_id = @run",
                new { run = await corner.RunIdAsync() }
            )
        );
    }

    [Fact]
    public async Task Other_replies_in_the_thread_and_orders_outside_of_it_are_ignored()
    {
        var (corner, thread) = await StartAsync();
        var person = corner.People[1];
        await person.SayAsync(corner.Channel, "a latte would be nice, who goes?", thread);
        await person.SayAsync(corner.Channel, "large latte");
        var elsewhere = await person.SayAsync(corner.Channel, "What do you all drink?");
        await person.SayAsync(corner.Channel, "espresso", (string)elsewhere["ts"]!);

        // Messages of a channel are handled in order: when the last one has been handled, all have.
        await person.SayAsync(corner.Channel, "small tea", thread);

        await corner.SummaryAsync("Small Tea");
        Assert.Equal(
            1,
            await Rows.CountAsync(
                "audit_log WHERE user_id = @user AND event_type = 'order_placed'",
                new { user = person.Id }
            )
        );
    }

    [Fact]
    public async Task An_order_written_in_the_thread_of_a_private_channel_is_stored()
    {
        var (corner, thread) = await StartAsync(isPrivate: true);

        await corner.People[1].SayAsync(corner.Channel, "small tea", thread);

        await corner.SummaryAsync($"Small Tea — <@{corner.People[1].Id}>");
    }

    private async Task<(Corner Corner, string Thread)> StartAsync(bool isPrivate = false)
    {
        var corner = await Office.CornerAsync(2, isPrivate: isPrivate);
        await corner.FormAsync(corner.People[0]);
        return (corner, (await corner.AnnouncementAsync()).Ts);
    }
}
