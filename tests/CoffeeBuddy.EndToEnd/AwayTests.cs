using System.Globalization;
using System.Net.Http.Json;
using CoffeeBuddy.EndToEnd.Support;

namespace CoffeeBuddy.EndToEnd;

/// <summary>Absences, do not disturb, and people's settings.</summary>
public sealed class AwayTests(WholeOffice office) : EndToEndTest(office)
{
    [Fact]
    public async Task An_absence_until_a_day_ends_in_the_persons_time_zone_and_can_be_ended_in_the_home_tab()
    {
        var corner = await Office.CornerAsync(1);
        var person = corner.People[0];
        await ChangeAsync(person, new { tz = "Pacific/Auckland" });
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Pacific/Auckland");
        var day = DateTime.SpecifyKind(DateTime.UtcNow.Date.AddDays(40), DateTimeKind.Unspecified);
        var until = new DateTimeOffset(day, zone.GetUtcOffset(day));

        await person.CommandAsync(corner.Channel, "/coffee", "away until the cows come home");
        await ToldAsync(corner, person, "so I have changed nothing");
        Assert.Equal(0, await Rows.CountAsync("users WHERE user_id = @user AND away", new { user = person.Id }));

        await person.CommandAsync(
            corner.Channel,
            "/coffee",
            string.Create(CultureInfo.InvariantCulture, $"Away until {day:yyyy-MM-dd}")
        );

        await ToldAsync(
            corner,
            person,
            string.Create(CultureInfo.InvariantCulture, $"until {day:dddd, d MMMM yyyy}, 00:00 (Pacific/Auckland)")
        );
        Assert.Equal(
            1,
            await Rows.CountAsync(
                "users WHERE user_id = @user AND away AND away_until = @until",
                new { user = person.Id, until = until.ToUniversalTime() }
            )
        );
        await Office.OpenHomeAsync(person);
        await Office.HomeAsync(person, $"You are *away* until <!date^{until.ToUnixTimeSeconds()}^");

        await person.ClickAsync("home", "away_toggle");

        await Office.HomeAsync(person, "You are *here*");
        Assert.Equal(
            1,
            await Rows.CountAsync(
                "users WHERE user_id = @user AND NOT away AND away_until IS NULL",
                new { user = person.Id }
            )
        );
    }

    [Fact]
    public async Task Who_is_not_to_be_disturbed_is_not_chosen_when_they_want_that_and_Slack_says_so()
    {
        var corner = await Office.CornerAsync(3);
        var fairest = corner.People[0];
        foreach (var other in corner.People.Skip(1))
            await corner.PastRunAsync(other, daysAgo: 3, [.. corner.People]);
        await SaveSettingsAsync(fairest, "away while Slack pauses", ("choosing", new[] { "dnd" }));
        await ChangeAsync(fairest, new { dnd_minutes = 60 });
        foreach (var person in corner.People)
            await corner.OrderAsync(person);

        Assert.NotEqual(fairest.Id, (await corner.RunnerAsync()).Id);
        Assert.Equal(
            ["away"],
            await Rows.ListAsync<string>(
                """
                SELECT person->>'why_not' FROM runner_assignments, jsonb_array_elements(reckoning->'people') person
                WHERE run_id = @run AND person->>'user_id' = @user
                """,
                new { run = await corner.RunIdAsync(), user = fairest.Id }
            )
        );

        // When Slack does not say, for example without the scope, they count as present.
        var faults = new[]
        {
            new
            {
                method = "dnd.info",
                kind = "code",
                code = "missing_scope",
                user = fairest.Id,
            },
        };
        await PutAsync("sim/faults", new { faults });
        try
        {
            var second = await Office.CornerAsync(corner.People);
            foreach (var person in corner.People)
                await second.OrderAsync(person);
            Assert.Equal(fairest.Id, (await second.RunnerAsync()).Id);
        }
        finally
        {
            await PutAsync("sim/faults", new { faults = Array.Empty<object>() });
        }
    }

    [Fact]
    public async Task A_reminder_waits_for_the_end_of_the_quiet_hours_and_comes_in_the_thread_for_who_wants_it_there()
    {
        var corner = await Office.CornerAsync(1);
        var runner = corner.People[0];
        var now = DateTime.UtcNow;
        string Half(DateTime time) =>
            string.Create(CultureInfo.InvariantCulture, $"{time:HH}:{(time.Minute < 30 ? "00" : "30")}");
        await SaveSettingsAsync(
            runner,
            "none from",
            ("quiet_from", Half(now.AddHours(-1))),
            ("quiet_to", Half(now.AddHours(2)))
        );
        await corner.OrderAsync(runner);
        await corner.AgeAsync(TimeSpan.FromMinutes(5));
        await Corner.RunnersMessageAsync(runner);
        await corner.AgeAsync(TimeSpan.FromMinutes(5));

        var run = await corner.RunIdAsync();
        await Eventually.TrueAsync(
            async () =>
                await Rows.CountAsync("coffee_runs WHERE run_id = @run AND reminder_not_before > now()", new { run })
                == 1,
            "the reminder is postponed"
        );
        Assert.DoesNotContain(await runner.SeesAsync("dm"), IsReminder);

        await SaveSettingsAsync(
            runner,
            "in the run's thread",
            ("quiet_from", "none"),
            ("quiet_to", "none"),
            ("reminder_place", "thread")
        );

        var reminder = await corner.SeesAsync(runner, IsReminder);
        Assert.Equal((await corner.AnnouncementAsync()).Ts, reminder.ThreadTs);
        Assert.Contains($"<@{runner.Id}>, a reminder", reminder.Shown, StringComparison.Ordinal);
        Assert.DoesNotContain(await runner.SeesAsync("dm"), IsReminder);
        await runner.ClickAsync(reminder, "run_complete");
        await corner.SeesAsync(runner, message => message.Ts == reminder.Ts && message.Buttons.Count == 0);
    }

    private static bool IsReminder(SeenMessage message) =>
        message.Shown.Contains("reminder:", StringComparison.Ordinal);

    /// <summary>Changes settings in the form of the Home tab, and waits until the tab shows them.</summary>
    private async Task SaveSettingsAsync(SlackPerson person, string shown, params (string Input, object Value)[] values)
    {
        await Office.OpenHomeAsync(person);
        await Office.HomeAsync(person, "settings_open");
        await FormAsync(
            person,
            () => person.ClickAsync("home", "settings_open"),
            view => (string?)view["callback_id"] == "settings"
        );
        var answer = await person.SubmitAsync(values);
        Assert.True((bool)answer["closed"]!, answer.ToJsonString());
        await Office.HomeAsync(person, shown);
    }

    private Task ChangeAsync(SlackPerson person, object changes) => PutAsync($"sim/people/{person.Id}", changes);

    private async Task PutAsync(string path, object body)
    {
        using var response = await Office.Simulator.PutAsJsonAsync(path, body, Cancellation);
        response.EnsureSuccessStatusCode();
    }
}
