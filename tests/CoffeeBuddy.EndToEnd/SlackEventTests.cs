using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CoffeeBuddy.EndToEnd.Support;
using CoffeeBuddy.Sandbox;
using Xunit;

namespace CoffeeBuddy.EndToEnd;

/// <summary>Slack's Events API: mentions, the Home tab, verification, deliveries made again.</summary>
public sealed class SlackEventTests(Office office) : EndToEndTest(office)
{
    [Fact]
    public async Task A_mention_in_the_channel_is_answered_with_help_in_a_thread()
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
    public async Task An_event_that_slack_sends_again_is_handled_once()
    {
        var corner = await Office.CornerAsync(1);
        var person = corner.People[0];
        // Plain messages of another channel carry the mentions, so that only these requests are about them.
        var (first, second) = (
            (string)(await person.SayAsync(corner.Channel, "one"))["ts"]!,
            (string)(await person.SayAsync(corner.Channel, "two"))["ts"]!
        );
        await SendAsync(first, "EvAGAIN001");
        await SendAsync(first, "EvAGAIN001", retry: 1);
        await SendAsync(first, "EvAGAIN001", retry: 2);

        // A channel's events are handled in order: once this one is, the others were.
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
            using var response = await Office.PostSignedAsync(
                "slack/events",
                body.ToJsonString(),
                SignedRequests.Json,
                headers: headers
            );
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Fact]
    public async Task Slack_can_verify_the_events_address()
    {
        using var response = await Office.Simulator.PostAsync("sim/app/verify", null, Cancellation);

        var answer = await response.Content.ReadFromJsonAsync<JsonNode>(Cancellation);
        Assert.True((bool)answer!["ok"]!, answer.ToJsonString());
    }

    [Theory]
    [InlineData("slack/commands")]
    [InlineData("slack/interactions")]
    [InlineData("slack/events")]
    public async Task Slacks_certificate_probe_is_answered(string path)
    {
        using var get = await Office
            .Sandbox.Workers[WorkerRoles.Http]
            .Http.GetAsync($"{path}?ssl_check=1", Cancellation);
        Assert.Equal(HttpStatusCode.OK, get.StatusCode);

        if (path == "slack/events")
            return;
        using var post = await Office.PostSignedAsync(path, "ssl_check=1&token=t", SignedRequests.Form);
        Assert.Equal(HttpStatusCode.OK, post.StatusCode);
    }

    [Theory]
    [InlineData("slack/commands", SignedRequests.Form)]
    [InlineData("slack/interactions", SignedRequests.Form)]
    [InlineData("slack/events", SignedRequests.Json)]
    public async Task What_slack_has_not_signed_is_refused(string path, string mediaType)
    {
        using var response = await Office.PostSignedAsync(path, "{}", mediaType, secret: "somebody else's");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task The_home_tab_shows_ones_drinks_and_runs_and_the_away_switch()
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
        Assert.Equal(1, await Database.CountAsync("users", "user_id = $1 AND away", person.Id));
        await person.ClickAsync("home", "away_toggle");
        await Office.HomeAsync(person, "You are *here*");
        Assert.Equal(0, await Database.CountAsync("users", "user_id = $1 AND away", person.Id));
    }

    [Fact]
    public async Task The_order_button_of_the_home_tab_opens_the_form()
    {
        var corner = await Office.CornerAsync(1);
        var person = corner.People[0];
        await corner.OrderAsync(person, "Mocha");
        await Office.OpenHomeAsync(person);
        await Office.HomeAsync(person, "order_open");

        await person.ClickAsync("home", "order_open");
        await Corner.SubmitAsync(person, "Tea", "Small");

        await corner.SummaryAsync("Small Tea");
    }

    private static bool IsHelp(SeenMessage message) =>
        !message.IsEphemeral && message.Shown.Contains("Here is how I help", StringComparison.Ordinal);
}
