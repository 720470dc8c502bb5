using System.Net.Http.Headers;
using SlackSimulator.Tests.Support;

namespace SlackSimulator.Tests;

/// <summary>How the arguments of a call are read.</summary>
public sealed class ArgumentTests
{
    // Slack's SDK for Python sends the first of these content types with every call, also without a body.
    [Theory]
    [InlineData("application/json;charset=utf-8", "auth.test")]
    [InlineData("application/json", "users.list")]
    [InlineData("application/json;charset=utf-8", "conversations.list")]
    [InlineData("application/json; charset=utf-8", "api.test")]
    [InlineData("application/x-www-form-urlencoded", "auth.test")]
    [InlineData(null, "auth.test")]
    public async Task An_empty_body_is_no_argument(string? contentType, string method)
    {
        await using var slack = await TestWorkspace.StartAsync();
        Assert.True((bool)(await SendAsync(slack, method, "", contentType, "xoxb-simulated-bot-token"))["ok"]!);
    }

    [Fact]
    public async Task Socket_Mode_is_opened_with_an_empty_body()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var opened = await SendAsync(
            slack,
            "apps.connections.open",
            "",
            "application/json;charset=utf-8",
            "xapp-simulated-app-token"
        );
        Assert.StartsWith("ws://", (string)opened["url"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "invalid_json")]
    [InlineData("[]", "json_not_object")]
    public async Task A_body_that_is_no_object_is_refused(string body, string code)
    {
        await using var slack = await TestWorkspace.StartAsync();
        var answer = await SendAsync(slack, "auth.test", body, "application/json", "xoxb-simulated-bot-token");
        Assert.Equal(code, (string)answer["error"]!);
    }

    private static async Task<JsonNode> SendAsync(
        TestWorkspace slack,
        string method,
        string body,
        string? contentType,
        string token
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"api/{method}")
        {
            Content = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(body)),
        };
        request.Content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await slack.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
    }
}
