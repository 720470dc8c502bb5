using System.Globalization;
using System.Net.Http.Json;
using CoffeeBuddy.EndToEnd.Support;

namespace CoffeeBuddy.EndToEnd;

/// <summary>/coffee at 14:30: runs that are opened later.</summary>
public sealed class PlannedRunTests(WholeOffice office) : EndToEndTest(office)
{
    [Fact]
    public async Task A_planned_run_is_announced_at_its_time_in_the_persons_time_zone()
    {
        var corner = await Office.CornerAsync(2);
        var person = corner.People[0];
        await PutAsync($"sim/people/{person.Id}", new { tz = "Pacific/Auckland" });
        await corner.People[0].CommandAsync(corner.Channel, "/coffee", "at 2");
        await ToldAsync(corner, person, "whether you mean the morning or the afternoon");
        Assert.Equal(0, await PlannedAsync(corner, "planned"));

        await person.CommandAsync(corner.Channel, "/coffee", "Tomorrow at 2:30 PM");

        var zone = TimeZoneInfo.FindSystemTimeZoneById("Pacific/Auckland");
        var startsAt = await Rows.GetAsync<DateTime>(
            "SELECT starts_at FROM planned_runs WHERE channel_id = @Channel",
            new { corner.Channel }
        );
        Assert.Equal(
            TimeZoneInfo.ConvertTime(DateTimeOffset.UtcNow, zone).Date.AddDays(1).AddHours(14.5),
            TimeZoneInfo.ConvertTimeFromUtc(startsAt, zone)
        );
        var token = string.Create(
            CultureInfo.InvariantCulture,
            $"<!date^{new DateTimeOffset(startsAt).ToUnixTimeSeconds()}^"
        );
        Assert.Contains("planned_cancel", (await ToldAsync(corner, person, token)).Buttons);
        await corner.People[1].CommandAsync(corner.Channel, "/coffee-cancel");
        await ToldAsync(corner, corner.People[1], "no coffee run");
        await Office.OpenHomeAsync(person);
        Assert.Contains("planned_cancel", await Office.HomeAsync(person, token), StringComparison.Ordinal);

        await DueAsync(corner);

        var announcement = await corner.AnnouncementAsync($"<@{person.Id}> is organising a coffee run");
        Assert.Contains("order_open", announcement.Buttons);
        Assert.Null(await person.ViewAsync());
        await Office.SweepAsync("StartPlannedRuns");
        Assert.Equal(1, await Rows.CountAsync("coffee_runs WHERE channel_id = @Channel", new { corner.Channel }));
        await corner.OrderAsync(corner.People[1]);
        await corner.SummaryAsync("*1 order so far*");
    }

    [Fact]
    public async Task A_planned_run_that_is_cancelled_never_starts()
    {
        var corner = await Office.CornerAsync(2);
        var person = corner.People[0];
        await person.CommandAsync(corner.Channel, "/coffee", "tomorrow at 9");
        await ToldAsync(corner, person, "A coffee run starts here");
        await corner.People[1].CommandAsync(corner.Channel, "/coffee", "tomorrow at 9:00");
        await ToldAsync(corner, corner.People[1], $"<@{person.Id}> has planned a coffee run here at this time");

        await person.CommandAsync(corner.Channel, "/coffee-cancel");
        var offer = await ToldAsync(corner, person, "You have planned for later");
        Assert.Equal(1, await PlannedAsync(corner, "planned"));
        await person.ClickAsync(offer, "planned_cancel");

        await ToldAsync(corner, person, "is cancelled");
        Assert.Equal(1, await PlannedAsync(corner, "cancelled"));
        await DueAsync(corner);
        await Office.SweepAsync("StartPlannedRuns");
        Assert.Equal(0, await Rows.CountAsync("coffee_runs WHERE channel_id = @Channel", new { corner.Channel }));
    }

    [Fact]
    public async Task Who_planned_a_run_that_cannot_be_opened_is_told_why()
    {
        var busy = await Office.CornerAsync(2);
        var person = busy.People[0];
        var left = await Office.CornerAsync(busy.People);
        var archived = await Office.CornerAsync(busy.People);
        var late = await Office.CornerAsync(busy.People);
        Corner[] corners = [busy, left, archived, late];
        foreach (var corner in corners)
        {
            await person.CommandAsync(corner.Channel, "/coffee", "tomorrow at 9:30");
            await ToldAsync(corner, person, "A coffee run starts here");
        }
        await busy.FormAsync(busy.People[1]);
        await PutAsync($"sim/channels/{left.Channel}/members", new { members = new[] { left.People[1].Id } });
        await PutAsync($"sim/channels/{archived.Channel}", new { is_archived = true });

        await DueAsync(late, TimeSpan.FromMinutes(11));
        foreach (var corner in (Corner[])[busy, left, archived])
            await DueAsync(corner);

        foreach (
            var (corner, why) in corners.Zip([
                "another one is under way",
                "you are not in the channel",
                "the channel is archived",
                "I could not do it in time",
            ])
        )
            await Corner.SeesDirectlyAsync(
                person,
                message =>
                    message.Shown.Contains($"in <#{corner.Channel}> for", StringComparison.Ordinal)
                    && message.Shown.Contains(why, StringComparison.Ordinal)
            );
        await Office.SweepAsync("StartPlannedRuns");
        Assert.Equal(4, (await person.SeesAsync("dm")).Count);
        Assert.Equal(
            1,
            await Rows.CountAsync(
                "coffee_runs WHERE channel_id = ANY(@channels)",
                new { channels = corners.Select(corner => corner.Channel).ToArray() }
            )
        );
    }

    /// <summary>Moves the time of the channel's planned runs to the past.</summary>
    private Task DueAsync(Corner corner, TimeSpan ago = default) =>
        Rows.ExecuteAsync(
            "UPDATE planned_runs SET starts_at = now() - @ago WHERE channel_id = @Channel",
            new { ago, corner.Channel }
        );

    private Task<long> PlannedAsync(Corner corner, string status) =>
        Rows.CountAsync(
            "planned_runs WHERE channel_id = @Channel AND status = @status",
            new { corner.Channel, status }
        );

    private async Task PutAsync(string path, object body)
    {
        using var response = await Office.Simulator.PutAsJsonAsync(path, body, Cancellation);
        response.EnsureSuccessStatusCode();
    }
}
