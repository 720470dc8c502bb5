using System.Text.Json.Nodes;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.BlockKit;
using Xunit;

namespace CoffeeBuddy.Slack.Tests;

public sealed class ResponseUrlTests
{
    private static readonly SlackMessage Message = new("Hello", [new SectionBlock(TextObject.Mrkdwn("Hello"))]);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_to_a_response_url_is_sent_without_the_token()
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.AnswerWith("ok");

        await slack.Client.RespondAsync(new Uri(slack.Address, "commands/T1/1/x").ToString(), Message, Token);

        var request = Assert.Single(slack.Requests);
        Assert.Equal(("/commands/T1/1/x", null), (request.Path, request.Authorization));
        var body = JsonNode.Parse(request.Body)!;
        Assert.Equal(
            ("ephemeral", false, "Hello"),
            ((string?)body["response_type"], (bool?)body["replace_original"], (string?)body["text"])
        );
    }

    [Theory]
    [InlineData("used_url", 404, "used_url")]
    [InlineData("channel_is_archived", 410, "channel_is_archived")]
    [InlineData("{\"ok\":false,\"error\":\"expired_url\"}", 200, "expired_url")]
    public async Task A_used_or_expired_response_url_fails_permanently(string answer, int status, string error)
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.AnswerWith(answer, status);

        var exception = await Assert.ThrowsAsync<SlackApiException>(() =>
            slack.Client.RespondAsync(new Uri(slack.Address, "actions/1").ToString(), Message, Token)
        );

        Assert.Equal((error, SlackErrorKind.Permanent), (exception.Error, exception.Kind));
    }

    [Theory]
    [InlineData("<html>no such page", 404)]
    [InlineData("not_found", 404)]
    [InlineData("forbidden", 403)]
    public async Task An_error_page_of_a_proxy_for_a_response_url_is_retried(string answer, int status)
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.AnswerWith(answer, status);

        var exception = await Assert.ThrowsAsync<SlackApiException>(() =>
            slack.Client.RespondAsync(new Uri(slack.Address, "actions/1").ToString(), Message, Token)
        );

        Assert.Equal(($"http_{status}", SlackErrorKind.Retry), (exception.Error, exception.Kind));
    }

    [Theory]
    [InlineData("https://hooks.slack.com/commands/T1/1/x", true)]
    [InlineData("http://hooks.slack.com/commands/T1/1/x", false)]
    [InlineData("https://hooks.slack.com:8443/commands", false)]
    [InlineData("https://hooks.slack.com.evil.example/", false)]
    [InlineData("https://hooks.slack.com@evil.example/", false)]
    [InlineData("https://user@hooks.slack.com/", false)]
    [InlineData("http://127.0.0.1:9000/respond/1", true)]
    [InlineData("http://127.0.0.1:9001/respond/1", false)]
    [InlineData("https://127.0.0.1:9000/respond/1", false)]
    [InlineData("http://169.254.169.254/latest/meta-data", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("/relative", false)]
    [InlineData("", false)]
    public void Only_addresses_of_Slack_are_accepted_as_response_url(string address, bool accepted) =>
        Assert.Equal(accepted, ResponseUrl.TryParse(address, new Uri("http://127.0.0.1:9000/api/"), out _));

    [Theory]
    [InlineData("https://hooks.slack-gov.com/commands/T1/1/x", "https://slack-gov.com/api/", true)]
    [InlineData("https://hooks.slack-gov.com/commands/T1/1/x", "https://slack.com/api/", false)]
    [InlineData("https://hooks.slack.com/commands/T1/1/x", "https://slack-gov.com/api/", false)]
    public void The_response_urls_of_GovSlack_are_accepted_where_its_Web_API_is_called(
        string address,
        string apiUrl,
        bool accepted
    ) => Assert.Equal(accepted, ResponseUrl.TryParse(address, new Uri(apiUrl), out _));

    [Fact]
    public async Task A_response_url_on_another_server_is_not_called()
    {
        await using var slack = await FakeSlack.StartAsync(Token);

        var exception = await Assert.ThrowsAsync<SlackApiException>(() =>
            slack.Client.RespondAsync("http://169.254.169.254/", Message, Token)
        );

        Assert.Equal(("invalid_response_url", SlackErrorKind.Permanent), (exception.Error, exception.Kind));
        Assert.Empty(slack.Requests);
    }
}
