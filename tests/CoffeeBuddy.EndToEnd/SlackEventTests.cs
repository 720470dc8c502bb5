using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CoffeeBuddy.EndToEnd.Support;
using SlackSimulator.ToApp;

namespace CoffeeBuddy.EndToEnd;

/// <summary>Slack's Events API: mentions, the Home tab, URL verification, repeated deliveries.</summary>
public sealed class SlackEventTests(WholeOffice office) : EndToEndTest(office)
{
    [Fact]
    public async Task A_mention_in_a_channel_is_answered_with_help_in_a_thread()
    {
        var corner = await Office.CornerAsync(1);

        var said = await corner.People[0].SayAsync(corner.Channel, "@CoffeeBuddy help");

        var help = await corner.SeesAsync(corner.People[0], IsHelp);
        Assert.Equal((string)said["ts"]!, help.ThreadTs);
        Assert.Contains("`/coffee-history`", help.Shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mention_in_a_thread_is_answered_in_that_thread()
    {
        var corner = await Office.CornerAsync(2);
        var head = (string)(await corner.People[0].SayAsync(corner.Channel, "Coffee?"))["ts"]!;

        await corner.People[1].SayAsync(corner.Channel, "How does this work, @CoffeeBuddy?", head);

        Assert.Equal(head, (await corner.SeesAsync(corner.People[0], IsHelp)).ThreadTs);
    }

    [Fact]
    public async Task An_event_that_Slack_delivers_again_is_handled_once()
    {
        var corner = await Office.CornerAsync(1);
        var person = corner.People[0];
        // The messages are in another channel, so that Slack's own events are not about them.
        var (first, second) = (
            (string)(await person.SayAsync(corner.Channel, "one"))["ts"]!,
            (string)(await person.SayAsync(corner.Channel, "two"))["ts"]!
        );
        await SendAsync(first, "EvAGAIN001");
        await SendAsync(first, "EvAGAIN001", retry: 1);
        await SendAsync(first, "EvAGAIN001", retry: 2);

        // Events of a channel are handled in order: when the last one has been handled, all have.
        await SendAsync(second, "EvAGAIN002", retry: 1);

        await corner.SeesAsync(person, message => IsHelp(message) && message.ThreadTs == second);
        Assert.Single(await person.SeesAsync(corner.Channel), message => IsHelp(message) && message.ThreadTs == first);

        async Task SendAsync(string ts, string id, int retry = 0)
        {
            var body = new JsonObject
            {
                ["team_id"] = "T0SIM00001",
                ["type"] = "event_callback",
                ["event_id"] = id,
                ["event"] = new JsonObject
                {
                    ["type"] = "app_mention",
                    ["user"] = person.Id,
                    ["text"] = "<@U0BOT00001> help",
                    ["ts"] = ts,
                    ["channel"] = corner.Channel,
                },
            };
            (string, string)[] headers =
                retry == 0 ? [] : [("X-Slack-Retry-Num", $"{retry}"), ("X-Slack-Retry-Reason", "http_timeout")];
            (await Office.Slack.EventAsync(body.ToJsonString(), headers)).Is(200);
        }
    }

    [Fact]
    public async Task Slack_can_verify_the_events_URL()
    {
        using var response = await Office.Simulator.PostAsync("sim/app/verify", null, Cancellation);

        var answer = await response.Content.ReadFromJsonAsync<JsonNode>(Cancellation);
        Assert.True((bool)answer!["ok"]!, answer.ToJsonString());
    }

    [Theory]
    [InlineData("slack/commands")]
    [InlineData("slack/interactions")]
    [InlineData("slack/events")]
    public async Task Slacks_certificate_check_is_answered(string path)
    {
        (await Office.Slack.GetAsync($"{path}?ssl_check=1")).Is(200);

        if (path != "slack/events")
            (await Office.Slack.PostAsync(path, "ssl_check=1&token=t")).Is(200);
    }

    [Theory]
    [InlineData("slack/commands")]
    [InlineData("slack/interactions")]
    [InlineData("slack/events")]
    public async Task A_request_with_a_signature_of_another_secret_is_refused(string path)
    {
        var body = "{}"u8.ToArray();
        var timestamp = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString();

        var answer = await Office.Slack.PostAsync(
            path,
            body,
            timestamp,
            RequestSigner.Sign("another-secret", timestamp, body)
        );

        answer.Is(401);
    }

    [Fact]
    public async Task The_home_tab_shows_the_persons_drinks_and_runs_and_the_away_switch()
    {
        var corner = await Office.CornerAsync(1);
        var person = corner.People[0];
        await corner.OrderAsync(person, "Mocha", "Large", ["Soy milk"]);

        await Office.OpenHomeAsync(person);

        var home = await Office.HomeAsync(person, "You are *here*");
        Assert.Contains("Large Mocha, Soy milk", home, StringComparison.Ordinal);
        Assert.Contains($"<#{corner.Channel}>, started by <@{person.Id}>", home, StringComparison.Ordinal);

        await person.ClickAsync("home", "away_toggle");

        await Office.HomeAsync(person, "You are *away*");
        Assert.Equal(1, await Rows.CountAsync("users WHERE user_id = @user AND away", new { user = person.Id }));
        await person.ClickAsync("home", "away_toggle");
        await Office.HomeAsync(person, "You are *here*");
        Assert.Equal(0, await Rows.CountAsync("users WHERE user_id = @user AND away", new { user = person.Id }));
    }

    [Fact]
    public async Task The_change_button_of_the_home_tab_opens_the_form()
    {
        var corner = await Office.CornerAsync(1);
        var person = corner.People[0];
        await corner.OrderAsync(person, "Mocha");
        await Office.OpenHomeAsync(person);
        await Office.HomeAsync(person, "order_change");

        await person.ClickAsync("home", "order_change");
        await corner.SubmitAsync(person, "Tea", "Small");

        await corner.SummaryAsync("Small Tea");
    }

    private static bool IsHelp(SeenMessage message) =>
        !message.IsEphemeral && message.Shown.Contains("Here is how I help", StringComparison.Ordinal);
}
