using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CoffeeBuddy.EndToEnd.Support;

namespace CoffeeBuddy.EndToEnd;

/// <summary>People are addressed in their own language, channels in the office's.</summary>
public sealed class LanguageTests(WholeOffice office) : EndToEndTest(office)
{
    [Fact]
    public async Task Three_people_of_one_run_are_addressed_in_three_languages_and_the_channel_in_the_offices()
    {
        var corner = await Office.CornerAsync(3);
        var (ada, eve, kim) = (corner.People[0], corner.People[1], corner.People[2]);
        await LocaleAsync(ada, "de-DE");
        await LocaleAsync(kim, "es-ES");
        await Office.OpenHomeAsync(eve);
        await Office.HomeAsync(eve, "settings_open");
        await SettingsAsync(eve, title: "Settings");
        Assert.True((bool)(await eve.SubmitAsync(("language", "fr")))["closed"]!);
        await SettingsAsync(eve, title: "Paramètres");

        foreach (var person in corner.People)
            await corner.OrderAsync(person);
        await ToldAsync(corner, ada, "Deine Bestellung");
        await ToldAsync(corner, eve, "Ta commande");
        await ToldAsync(corner, kim, "Tu pedido");
        var announcement = await corner.AnnouncementAsync();
        await corner.SummaryAsync("Latte");
        await corner.AssignmentAsync();

        var runner = await corner.RunnerAsync();
        await Corner.RunnersMessageAsync(
            runner,
            runner.Id == ada.Id ? "Diesmal holst du den Kaffee"
                : runner.Id == eve.Id ? "Cette fois, c'est à toi"
                : "Esta vez te toca"
        );

        // Everybody sees a reminder in the thread, also when the run is over and its button goes.
        await Rows.ExecuteAsync(
            "UPDATE users SET reminder_in_thread = TRUE WHERE user_id = @runner",
            new { runner = runner.Id }
        );
        await corner.AgeAsync(TimeSpan.FromMinutes(5));
        var reminder = await corner.SeesAsync(
            runner,
            message => message.Shown.Contains(", a reminder: ", StringComparison.Ordinal)
        );
        Assert.Equal(announcement.Ts, reminder.ThreadTs);
        await runner.ClickAsync(reminder, "run_complete");
        await corner.SeesAsync(
            runner,
            message =>
                message.Ts == reminder.Ts && message.Shown.Contains(" is complete, 3 orders.", StringComparison.Ordinal)
        );
    }

    private static Task<JsonNode> SettingsAsync(SlackPerson person, string title) =>
        FormAsync(
            person,
            () => person.ClickAsync("home", "settings_open"),
            view => (string?)view["title"]!["text"] == title
        );

    private async Task LocaleAsync(SlackPerson person, string locale)
    {
        using var response = await Office.Simulator.PutAsJsonAsync(
            $"sim/people/{person.Id}",
            new { locale },
            Cancellation
        );
        response.EnsureSuccessStatusCode();
    }
}
