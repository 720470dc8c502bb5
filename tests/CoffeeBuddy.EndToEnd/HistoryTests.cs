using CoffeeBuddy.EndToEnd.Support;

namespace CoffeeBuddy.EndToEnd;

/// <summary>/coffee-history.</summary>
public sealed class HistoryTests(WholeOffice office) : EndToEndTest(office)
{
    [Fact]
    public async Task The_last_ten_of_twelve_runs_are_shown_with_time_runner_participants_and_orders()
    {
        var corner = await Office.CornerAsync(4);
        var (asks, first, second, forgotten) = (corner.People[0], corner.People[1], corner.People[2], corner.People[3]);
        for (var daysAgo = 12; daysAgo >= 1; daysAgo--)
            await corner.PastRunAsync(
                daysAgo > 10 ? forgotten
                    : daysAgo % 2 == 0 ? second
                    : first,
                daysAgo,
                first,
                second
            );
        await asks.CommandAsync(corner.Channel, "/coffee-cancel");

        await asks.CommandAsync(corner.Channel, "/coffee-history");

        var history = await ToldAsync(corner, asks, "The last 10 coffee runs");
        var lines = history.Shown.Split('\n');
        Assert.Equal(10, lines.Count(line => line.StartsWith("*<!date^", StringComparison.Ordinal)));
        Assert.Contains(
            $"<@{first.Id}> went · 2 orders · :white_check_mark: completed",
            lines[1],
            StringComparison.Ordinal
        );
        Assert.Contains($"With <@{first.Id}> <@{second.Id}>", history.Shown, StringComparison.Ordinal);
        Assert.DoesNotContain(forgotten.Id, history.Shown, StringComparison.Ordinal);
        var dates = lines
            .Where(line => line.StartsWith("*<!date^", StringComparison.Ordinal))
            .Select(line => long.Parse(line.Split('^')[1]))
            .ToList();
        Assert.Equal(dates.OrderDescending(), dates);
        Assert.Empty(await first.SeesAsync(corner.Channel));
    }

    [Fact]
    public async Task Only_runs_of_this_channel_are_shown_including_the_active_one()
    {
        var corner = await Office.CornerAsync(1);
        await (await Office.CornerAsync(corner.People)).PastRunAsync(corner.People[0], 1);
        await corner.People[0].CommandAsync(corner.Channel, "/coffee-history");
        await ToldAsync(corner, corner.People[0], "No coffee run has been made in this channel yet.");

        await corner.OrderAsync(corner.People[0]);
        await corner.People[0].CommandAsync(corner.Channel, "/coffee-history");

        await ToldAsync(corner, corner.People[0], "no runner · 1 order · :hourglass_flowing_sand: under way");
    }
}
