using System.Net;
using System.Net.Http.Json;
using SlackSimulator.Tests.Support;

namespace SlackSimulator.Tests;

/// <summary>
/// What a web page of another site can do with the browser of a developer on whose machine the simulator runs.
/// </summary>
public sealed class OriginTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A form, an image, a script and a link of another site, and its fetch.</summary>
    [Theory]
    [InlineData("POST", "sim/clock", "Origin", "http://evil.example")]
    [InlineData("POST", "sim/clock", "Origin", "null")]
    [InlineData("POST", "sim/clock", "Origin", "http://127.0.0.1:1")]
    [InlineData("POST", "sim/clock", "Sec-Fetch-Site", "cross-site")]
    [InlineData("POST", "sim/clock", "Sec-Fetch-Site", "same-site")]
    [InlineData("GET", "sim/state", "Sec-Fetch-Site", "cross-site")]
    [InlineData("DELETE", "sim/faults", "Origin", "http://evil.example")]
    [InlineData("OPTIONS", "sim/faults", "Origin", "http://evil.example")]
    [InlineData(
        "GET",
        "api/chat.postMessage?token=xoxb-simulated-bot-token&channel=office&text=x",
        "Sec-Fetch-Site",
        "cross-site"
    )]
    [InlineData("POST", "api/auth.test", "Origin", "http://evil.example")]
    [InlineData("POST", "oauth/v2/authorize", "Origin", "http://evil.example")]
    [InlineData("GET", "link?ticket=x", "Origin", "http://evil.example")]
    public async Task A_request_of_another_site_is_refused(string verb, string path, string header, string value)
    {
        await using var slack = await TestWorkspace.StartAsync();
        var before = await ChangesAsync(slack);

        var (status, answer) = await SendAsync(slack, verb, path, request => request.Headers.Add(header, value));

        Assert.Equal((HttpStatusCode.Forbidden, "invalid_origin"), (status, (string?)answer["error"]));
        Assert.Equal(before, await ChangesAsync(slack));
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:5080")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("localhost.evil.example")]
    [InlineData("0.0.0.0")]
    public async Task A_name_that_another_site_lets_point_to_this_machine_is_refused(string host)
    {
        await using var slack = await TestWorkspace.StartAsync();

        foreach (var path in (string[])["", "sim/state", "api/auth.test"])
        {
            var (status, answer) = await SendAsync(slack, "GET", path, request => request.Headers.Host = host);

            Assert.Equal((HttpStatusCode.Forbidden, "invalid_host"), (status, (string?)answer["error"]));
        }
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData(null)]
    public async Task A_body_that_is_not_declared_as_JSON_is_refused(string? mediaType)
    {
        await using var slack = await TestWorkspace.StartAsync();

        var (status, answer) = await SendAsync(
            slack,
            "POST",
            "sim/clock",
            request =>
            {
                request.Content = new StringContent("""{"advance":"01:00:00"}""");
                request.Content.Headers.Remove("Content-Type");
                if (mediaType is not null)
                    request.Content.Headers.Add("Content-Type", mediaType);
            }
        );

        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "invalid_content_type"), (status, (string?)answer["error"]));
        Assert.Equal(TimeSpan.Zero, slack.Server.Clock.Offset);
    }

    [Theory]
    [InlineData("localhost:{port}", "http://localhost:{port}")]
    [InlineData("127.0.0.1:{port}", "http://127.0.0.1:{port}")]
    [InlineData("localhost:6000", "http://localhost:6000")]
    [InlineData("slack.test", "https://slack.test")]
    [InlineData("127.0.0.1:{port}", "https://slack.test")]
    public async Task Its_own_page_can_do_everything_also_behind_a_proxy(string host, string origin)
    {
        await using var slack = await TestWorkspace.StartAsync(options =>
            options with
            {
                PublicAddress = new Uri("https://slack.test/"),
            }
        );
        var port = $"{slack.Server.BaseAddress.Port}";

        var (status, _) = await SendAsync(
            slack,
            "POST",
            "sim/clock",
            request =>
            {
                request.Headers.Host = host.Replace("{port}", port, StringComparison.Ordinal);
                request.Headers.Add("Origin", origin.Replace("{port}", port, StringComparison.Ordinal));
                request.Headers.Add("Sec-Fetch-Site", "same-origin");
                request.Content = JsonContent.Create(new JsonObject { ["advance"] = "01:00:00" });
            }
        );

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(TimeSpan.FromHours(1), slack.Server.Clock.Offset);
    }

    [Fact]
    public async Task A_link_of_another_site_opens_the_page()
    {
        await using var slack = await TestWorkspace.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "?as=noor");
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        request.Headers.Add("Sec-Fetch-Mode", "navigate");

        using var response = await slack.Http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task<long> ChangesAsync(TestWorkspace slack) =>
        (long)(await slack.DoAsync("GET", "state"))["last_change"]!;

    private static async Task<(HttpStatusCode Status, JsonNode Answer)> SendAsync(
        TestWorkspace slack,
        string verb,
        string path,
        Action<HttpRequestMessage> change
    )
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), path);
        change(request);
        using var response = await slack.Http.SendAsync(request, Cancellation);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!);
    }
}
