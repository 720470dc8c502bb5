using SlackSimulator.Tests.Support;

namespace SlackSimulator.Tests;

/// <summary><c>pins.*</c>, through Slack's Web API client.</summary>
public sealed class PinTests
{
    [Fact]
    public async Task Pinned_messages_are_listed_newest_pin_first_until_they_are_removed()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await using var sdk = await SlackSdk.StartAsync(slack.Server);
        var first = await slack.PostAsync(TestWorkspace.Office, "first");
        var second = await slack.PostAsync(TestWorkspace.Office, "second");
        await sdk.CallAsync("pins.add", On(second));
        slack.Time.Advance(TimeSpan.FromSeconds(5));
        await slack.DoAsync("POST", "people/noor/pins", new JsonObject { ["channel"] = "office", ["ts"] = first });

        var items = (await sdk.CallAsync("pins.list", new JsonObject { ["channel"] = TestWorkspace.Office }))[
            "items"
        ]!.AsArray();
        Assert.Equal(
            [(first, TestWorkspace.Noor), (second, TestWorkspace.Bot)],
            items.Select(item => ((string)item!["message"]!["ts"]!, (string)item["created_by"]!))
        );
        Assert.Equal(TestWorkspace.Office, (string)items[0]!["message"]!["pinned_to"]![0]!);
        Assert.Equal(
            2,
            (int)
                (await sdk.CallAsync("conversations.history", new JsonObject { ["channel"] = TestWorkspace.Office }))[
                    "pin_count"
                ]!
        );

        await sdk.CallAsync("pins.remove", On(first));
        await slack.DoAsync("DELETE", $"people/noor/pins?channel=office&ts={second}");
        Assert.Empty(
            (await sdk.CallAsync("pins.list", new JsonObject { ["channel"] = TestWorkspace.Office }))[
                "items"
            ]!.AsArray()
        );
    }

    [Fact]
    public async Task The_app_is_told_of_pins()
    {
        await using var slack = await TestWorkspace.StartAsync();
        slack.Server.Configure(app => app with { BotEvents = ["pin_added", "pin_removed"] });
        var ts = await slack.PostAsync(TestWorkspace.Office, "x");
        await slack.CallAsync("pins.add", On(ts));
        await slack.CallAsync("pins.remove", On(ts));

        var told = await slack.App.WaitForAsync(2, request => request.Path is "/events");
        var added = told.Single(request => request.IsEvent("pin_added")).Payload["event"]!;
        Assert.Equal(
            (TestWorkspace.Bot, TestWorkspace.Office, ts, 1),
            (
                (string)added["user"]!,
                (string)added["channel_id"]!,
                (string)added["item"]!["message"]!["ts"]!,
                (int)added["pin_count"]!
            )
        );
        var removed = told.Single(request => request.IsEvent("pin_removed")).Payload["event"]!;
        Assert.Equal((false, ts), ((bool)removed["has_pins"]!, (string)removed["item"]!["message"]!["ts"]!));
    }

    [Theory]
    [InlineData("pins.add", """{"channel":"C0OFFICE00","timestamp":"TS"}""", "already_pinned")]
    [InlineData("pins.add", """{"channel":"C0OFFICE00"}""", "no_item_specified")]
    [InlineData("pins.add", """{"channel":"C0OFFICE00","timestamp":"x"}""", "bad_timestamp")]
    [InlineData("pins.add", """{"channel":"C0OFFICE00","timestamp":"1.000000"}""", "message_not_found")]
    [InlineData("pins.add", """{"channel":"C0RANDOM00","timestamp":"TS"}""", "not_in_channel")]
    [InlineData("pins.remove", """{"channel":"C0OFFICE00","timestamp":"OTHER"}""", "no_pin")]
    [InlineData("pins.list", """{"channel":"C0NOWHERE0"}""", "channel_not_found")]
    public async Task An_invalid_call_is_refused_with_Slacks_error_code(string method, string arguments, string code)
    {
        await using var slack = await TestWorkspace.StartAsync();
        await using var sdk = await SlackSdk.StartAsync(slack.Server);
        var ts = await slack.PostAsync(TestWorkspace.Office, "pinned");
        var other = await slack.PostAsync(TestWorkspace.Office, "not pinned");
        await sdk.CallAsync("pins.add", On(ts));
        var given = arguments
            .Replace("TS", ts, StringComparison.Ordinal)
            .Replace("OTHER", other, StringComparison.Ordinal);
        Assert.Equal(code, await sdk.RefusalAsync(method, JsonNode.Parse(given)!.AsObject()));
    }

    private static JsonObject On(string ts) => new() { ["channel"] = TestWorkspace.Office, ["timestamp"] = ts };
}
