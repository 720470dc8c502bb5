using CoffeeBuddy.EndToEnd.Support;
using CoffeeBuddy.Sandbox;
using Xunit;

namespace CoffeeBuddy.EndToEnd;

/// <summary>Orders written in a run's thread.</summary>
public sealed class ThreadOrderTests(Office office) : EndToEndTest(office)
{
    [Fact]
    public async Task An_order_written_in_the_thread_counts()
    {
        var (corner, thread) = await StartAsync();

        await corner.People[1].SayAsync(corner.Channel, "large latte, oat milk", thread);

        await corner.SummaryAsync($"Large Latte, Oat milk — <@{corner.People[1].Id}>");
        await ToldAsync(corner, corner.People[1], "Large Latte, Oat milk");
        Assert.Equal(
            "Large Latte [\"Oat milk\"]",
            await Database.OneAsync<string>(
                "SELECT concat(size, ' ', drink_type, ' ', customizations) FROM orders WHERE user_id = $1",
                corner.People[1].Id
            )
        );
    }

    [Fact]
    public async Task An_order_written_in_the_thread_and_sent_to_the_channel_too_counts()
    {
        var (corner, thread) = await StartAsync();

        await corner.People[1].SayAsync(corner.Channel, "large latte", thread, broadcast: true);

        await corner.SummaryAsync($"Large Latte — <@{corner.People[1].Id}>");
    }

    [Fact]
    public async Task Nothing_for_me_withdraws_the_order()
    {
        var (corner, thread) = await StartAsync();
        await corner.People[1].SayAsync(corner.Channel, "Small tea", thread);
        await corner.SummaryAsync("*1 order so far*");

        await corner.People[1].SayAsync(corner.Channel, "Nothing for me!", thread);

        await corner.SummaryAsync("No orders yet.");
        Assert.Equal(0, await Database.CountAsync("orders", "run_id = $1", await corner.RunIdAsync()));
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
            await Database.ListAsync<string>(
                "SELECT drink_type FROM orders WHERE run_id = $1",
                await corner.RunIdAsync()
            )
        );
    }

    [Fact]
    public async Task Talk_in_the_thread_and_orders_beside_it_are_no_orders()
    {
        var (corner, thread) = await StartAsync();
        var person = corner.People[1];
        await person.SayAsync(corner.Channel, "a latte would be nice, who goes?", thread);
        await person.SayAsync(corner.Channel, "large latte");
        var elsewhere = await person.SayAsync(corner.Channel, "What do you all drink?");
        await person.SayAsync(corner.Channel, "espresso", (string)elsewhere["ts"]!);

        // The channel's messages are read in order: with this one the others were read too.
        await person.SayAsync(corner.Channel, "small tea", thread);

        await corner.SummaryAsync("Small Tea");
        Assert.Equal(
            1,
            await Database.CountAsync("audit_log", "user_id = $1 AND event_type = 'order_placed'", person.Id)
        );
    }

    [Fact]
    public async Task An_order_written_in_a_private_channels_thread_counts_as_well()
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
