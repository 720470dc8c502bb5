using System.Text.Json.Nodes;
using CoffeeBuddy.EndToEnd.Support;

namespace CoffeeBuddy.EndToEnd;

/// <summary>/coffee-stats, its files, and the question after a run.</summary>
public sealed class StatisticsTests(WholeOffice office) : EndToEndTest(office)
{
    [Fact]
    public async Task The_numbers_of_a_channel_are_shown_to_its_members_and_the_chart_comes_with_its_words()
    {
        var corner = await Office.CornerAsync(3);
        var (asks, runner) = (corner.People[0], corner.People[1]);
        for (var daysAgo = 1; daysAgo <= 3; daysAgo++)
            await corner.PastRunAsync(runner, daysAgo, asks, runner);
        await (await Office.CornerAsync(corner.People)).PastRunAsync(asks, 1, asks);

        await asks.CommandAsync(corner.Channel, "/coffee-stats");

        var shown = await ToldAsync(corner, asks, "in the last 12 weeks");
        Assert.Contains($"Coffee runs of <#{corner.Channel}>", shown.Shown, StringComparison.Ordinal);
        Assert.Contains("100 % of 3 runs within 5 min", shown.Shown, StringComparison.Ordinal);
        // One made three runs, the other none.
        Assert.Contains("1.5 is the standard deviation", shown.Shown, StringComparison.Ordinal);
        Assert.Contains("• Tea: 6 orders", shown.Shown, StringComparison.Ordinal);
        Assert.DoesNotContain("Who orders", shown.Shown, StringComparison.Ordinal);
        Assert.Equal(["stats_chart"], shown.Buttons);
        Assert.Contains("1.5 is the standard deviation", shown.Text, StringComparison.Ordinal);

        await asks.ClickAsync(shown, "stats_chart");

        var (file, content) = await FileAsync(asks, "coffee-runs.png");
        Assert.Equal([0x89, 0x50, 0x4E, 0x47], content[..4]);
        Assert.Equal("image/png", (string?)file["mimetype"]);
        var altText = (string?)file["alt_txt"];
        Assert.StartsWith("Coffee runs in the last 12 weeks.", altText, StringComparison.Ordinal);
        Assert.Contains("Fairness Score over 30 days: 1.5 (target under 2)", altText, StringComparison.Ordinal);
        await ToldAsync(corner, asks, "I have sent you the file by direct message.");
        Assert.DoesNotContain(await runner.SeesAsync("dm"), message => message.Json["files"] is not null);
    }

    [Fact]
    public async Task An_admin_sees_who_never_goes_and_gets_the_runs_and_others_do_not()
    {
        var admin = Office.PersonOf(WholeOffice.Admin);
        var (orders, runner) = (await Office.HireAsync(), await Office.HireAsync());
        var corner = await Office.CornerAsync([admin, orders, runner]);
        for (var daysAgo = 1; daysAgo <= 3; daysAgo++)
            await corner.PastRunAsync(runner, daysAgo, orders, runner);

        await admin.CommandAsync(corner.Channel, "/coffee-stats");
        var shown = await ToldAsync(corner, admin, "Who orders but has not gone");
        Assert.Contains($"• <@{orders.Id}>: took part in 3 runs", shown.Shown, StringComparison.Ordinal);
        await admin.ClickAsync(shown, "stats_csv");

        var (_, content) = await FileAsync(admin, "coffee-runs.csv");
        var lines = System.Text.Encoding.UTF8.GetString(content).Split("\r\n");
        Assert.Equal(5, lines.Length);
        Assert.All(
            lines[1..4],
            line => Assert.Contains($",{corner.Channel},{runner.Id},{runner.Id},completed,2,", line)
        );
        Assert.Equal(1, await AuditedAsync("statistics_exported", admin));

        // The same click, delivered twice, sends one file; then buttons that are not shown to them.
        var click = Click(orders, "stats_chart", corner.Channel);
        foreach (
            var payload in (string[])
                [
                    click,
                    $"{click} ",
                    Click(orders, "stats_chart", "workspace"),
                    Click(orders, "stats_csv", "workspace"),
                    Click(orders, "stats_csv", corner.Channel),
                ]
        )
            (await Office.Slack.InteractionAsync(payload)).Is(200);
        await FileAsync(orders, "coffee-runs.png");
        await Eventually.TrueAsync(
            async () => await AuditedAsync("access_refused", orders) == 3,
            "both files of the workspace, and the runs of the channel, are refused"
        );
        Assert.Single(await orders.SeesAsync("dm"), message => message.Json["files"] is not null);
    }

    [Fact]
    public async Task The_Home_tab_of_an_admin_opens_the_statistics_of_the_workspace()
    {
        var admin = Office.PersonOf(WholeOffice.Admin);
        await Office.OpenHomeAsync(admin);
        await Office.HomeAsync(admin, "stats_open");

        var view = await FormAsync(
            admin,
            () => admin.ClickAsync("home", "stats_open"),
            view => view.ToJsonString().Contains("Coffee runs of the workspace", StringComparison.Ordinal)
        );

        Assert.Contains("\"value\":\"workspace\"", view.ToJsonString(), StringComparison.Ordinal);
        var other = await Office.HireAsync();
        await Office.OpenHomeAsync(other);
        Assert.DoesNotContain("stats_open", await Office.HomeAsync(other, "settings_open"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_ordered_answers_the_question_after_the_run_and_may_change_the_answer()
    {
        var corner = await Office.CornerAsync(2);
        var (runner, other) = (corner.People[0], corner.People[1]);
        await corner.OrderAsync(runner);
        await corner.AgeAsync(TimeSpan.FromMinutes(5));
        await runner.ClickAsync(await Corner.RunnersMessageAsync(runner), "run_complete");
        var question = await corner.SeesAsync(runner, message => message.Buttons.Contains("survey_satisfied"));
        Assert.Contains("The coffee run is complete", question.Shown, StringComparison.Ordinal);
        Assert.NotNull(question.ThreadTs);

        await other.ClickAsync(question, "survey_dissatisfied");
        await ToldAsync(corner, other, "Only those who ordered in this run are asked.");
        await runner.ClickAsync(question, "survey_dissatisfied");
        await ToldAsync(corner, runner, "You answered \"Not satisfied\"");
        await runner.ClickAsync(question, "survey_satisfied");
        await ToldAsync(corner, runner, "You answered \"Satisfied\"");

        Assert.Equal(
            ["satisfied"],
            await Rows.ListAsync<string>(
                "SELECT answer FROM survey_answers WHERE run_id = @run",
                new { run = await corner.RunIdAsync() }
            )
        );
    }

    /// <summary>Waits for the newest file of this name by direct message.</summary>
    private async Task<(JsonNode File, byte[] Content)> FileAsync(SlackPerson person, string name)
    {
        var message = await Corner.SeesDirectlyAsync(person, message => (string?)FileOf(message)?["name"] == name);
        var file = FileOf(message)!;
        return (file, await Office.Simulator.GetByteArrayAsync($"sim/files/{file["id"]}", Cancellation));
    }

    private static JsonNode? FileOf(SeenMessage message) => (message.Json["files"] as JsonArray)?[0];

    private async Task<long> AuditedAsync(string type, SlackPerson person) =>
        await Rows.CountAsync(
            "audit_log WHERE event_type = @type AND payload->>'user_id' = @user",
            new { type, user = person.Id }
        );

    private static string Click(SlackPerson person, string action, string value) =>
        $$$"""
            {"type":"block_actions","user":{"id":"{{{person.Id}}}"},"team":{"id":"T0SIM00001"},"container":{"type":"view","view_id":"V1"},
             "actions":[{"action_id":"{{{action}}}","value":"{{{value}}}","action_ts":"{{{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}}}.{{{Random.Shared.Next(
                100_000,
                999_999
            )}}}"}]}
            """;
}
