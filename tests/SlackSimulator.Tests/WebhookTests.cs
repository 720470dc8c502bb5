using System.Net;
using SlackSimulator.Tests.Support;

namespace SlackSimulator.Tests;

/// <summary>Incoming webhooks.</summary>
public sealed class WebhookTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Slacks_client_posts_in_the_channel_of_the_webhook()
    {
        await using var slack = await TestWorkspace.StartAsync();
        using var node = await SlackSdk.RunAsync(
            "webhook.mjs",
            slack.Server,
            ("WEBHOOK_URL", await CreateAsync(slack, "random"))
        );
        var errors = node.StandardError.ReadToEndAsync(Cancellation);
        var output = await node.StandardOutput.ReadToEndAsync(Cancellation);
        await node.WaitForExitAsync(Cancellation);
        Assert.True(node.ExitCode == 0, await errors);

        var results = JsonNode.Parse(output)!;
        Assert.Equal(("ok", "ok"), ((string)results["sent"]!, (string)results["blocks"]!));
        Assert.Contains("400", (string)results["refused"]!["message"]!, StringComparison.Ordinal);
        // The bot is not a member of this channel: a webhook does not need it.
        var seen = await slack.MessagesAsync("noor", "random");
        Assert.Equal(["hello", "two"], seen.Select(message => (string)message!["text"]!));
        Assert.All(seen, message => Assert.Equal("bot_message", (string)message!["subtype"]!));
    }

    [Theory]
    [InlineData("""{"text":""}""", 400, "no_text")]
    [InlineData("text", 400, "invalid_payload")]
    [InlineData("[]", 400, "invalid_payload")]
    [InlineData("""{"text":"x","blocks":[{"type":"sparkles"}]}""", 400, "invalid_blocks")]
    public async Task An_invalid_message_is_refused_in_plain_text(string body, int status, string code)
    {
        await using var slack = await TestWorkspace.StartAsync();
        var (answered, text) = await PostAsync(slack, await CreateAsync(slack, "office"), new StringContent(body));
        Assert.Equal((status, code), ((int)answered, text));
        Assert.Equal(code, slack.Server.Traffic.After(0)[^1].Error);
    }

    [Fact]
    public async Task A_webhook_accepts_a_form_and_refuses_archived_channels_and_unknown_URLs()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var url = await CreateAsync(slack, "office");
        var form = new FormUrlEncodedContent([KeyValuePair.Create("payload", """{"text":"by form"}""")]);
        Assert.Equal((HttpStatusCode.OK, "ok"), await PostAsync(slack, url, form));
        Assert.Equal("by form", (string)Assert.Single(await slack.MessagesAsync("noor", "office"))!["text"]!);
        Assert.Equal(
            (HttpStatusCode.NotFound, "no_service"),
            await PostAsync(slack, url + "0", new StringContent("""{"text":"x"}"""))
        );
        await slack.DoAsync("PUT", "channels/office", new JsonObject { ["is_archived"] = true });
        Assert.Equal(
            (HttpStatusCode.Gone, "channel_is_archived"),
            await PostAsync(slack, url, new StringContent("""{"text":"x"}"""))
        );
    }

    private static async Task<string> CreateAsync(TestWorkspace slack, string channel) =>
        (string)(await slack.DoAsync("POST", "webhooks", new JsonObject { ["channel"] = channel }))["url"]!;

    private static async Task<(HttpStatusCode Status, string Text)> PostAsync(
        TestWorkspace slack,
        string url,
        HttpContent content
    )
    {
        using (content)
        {
            using var response = await slack.Http.PostAsync(new Uri(url), content, Cancellation);
            return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
        }
    }
}
