using System.Globalization;
using System.Net;
using SlackSimulator.Tests.Support;
using static SlackSimulator.Tests.Support.Samples;

namespace SlackSimulator.Tests;

public sealed class TimeAndRateTests
{
    [Theory]
    [InlineData(3000, null)]
    [InlineData(3001, "expired_trigger_id")]
    public async Task A_trigger_id_is_valid_for_three_seconds(int milliseconds, string? error)
    {
        await using var slack = await StartAsync();
        var trigger = await slack.TriggerAsync();
        slack.Time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        var answer = await slack.CallAsync(
            "views.open",
            new JsonObject { ["trigger_id"] = trigger, ["view"] = Modal() }
        );
        Assert.Equal(error, (string?)answer["error"]);
    }

    [Fact]
    public async Task A_trigger_id_opens_one_view_and_a_refused_view_does_not_use_it()
    {
        await using var slack = await StartAsync();
        var trigger = await slack.TriggerAsync();
        var wrong = await slack.CallAsync(
            "views.open",
            new JsonObject { ["trigger_id"] = trigger, ["view"] = Modal(new string('x', 25)) }
        );
        var first = await slack.CallAsync(
            "views.open",
            new JsonObject { ["trigger_id"] = trigger, ["view"] = Modal() }
        );
        var second = await slack.CallAsync(
            "views.open",
            new JsonObject { ["trigger_id"] = trigger, ["view"] = Modal() }
        );
        Assert.Equal("invalid_arguments", (string)wrong["error"]!);
        Assert.True((bool)first["ok"]!);
        Assert.Equal("exchanged_trigger_id", (string)second["error"]!);
    }

    [Fact]
    public async Task The_clock_can_be_moved_ahead_but_not_back()
    {
        await using var slack = await StartAsync();
        var trigger = await slack.TriggerAsync();
        var moved = await slack.DoAsync("POST", "clock", new JsonObject { ["advance"] = "00:05:00" });
        Assert.Equal("00:05:00", (string)moved["offset"]!);
        Assert.Equal(
            slack.Time.GetUtcNow().AddMinutes(5),
            DateTimeOffset.Parse((string)moved["now"]!, CultureInfo.InvariantCulture)
        );
        var late = await slack.CallAsync("views.open", new JsonObject { ["trigger_id"] = trigger, ["view"] = Modal() });
        Assert.Equal("expired_trigger_id", (string)late["error"]!);
        Assert.Equal(
            "invalid_advance",
            (string)(await slack.DoAsync("POST", "clock", new JsonObject { ["advance"] = "-00:01:00" }))["error"]!
        );
    }

    [Fact]
    public async Task A_channel_accepts_one_message_a_second()
    {
        await using var slack = await StartAsync(rates: true);
        await slack.PostAsync(TestWorkspace.Office, "one");
        using var second = await slack.SendAsync(
            "chat.postMessage",
            new JsonObject { ["channel"] = TestWorkspace.Office, ["text"] = "two" }
        );
        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), second.Headers.RetryAfter!.Delta);
        await slack.PostAsync("C0GENERAL0", "another channel");
        slack.Time.Advance(TimeSpan.FromSeconds(1));
        await slack.PostAsync(TestWorkspace.Office, "two");
    }

    [Fact]
    public async Task A_method_accepts_as_many_calls_a_minute_as_its_tier_allows()
    {
        await using var slack = await StartAsync(rates: true);
        for (var call = 0; call < 20; call++)
            Assert.True((bool)(await slack.FormAsync("users.list"))["ok"]!);
        slack.Time.Advance(TimeSpan.FromSeconds(50));
        using (var limited = await slack.SendAsync("users.list", []))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, limited.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(10), limited.Headers.RetryAfter!.Delta);
        }

        slack.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.True((bool)(await slack.FormAsync("users.list"))["ok"]!);
    }

    [Fact]
    public async Task The_rate_limits_can_be_turned_off_while_it_runs()
    {
        await using var slack = await StartAsync(rates: true);
        await slack.DoAsync("PUT", "limits", new JsonObject { ["rate_limits"] = false });
        await slack.PostAsync(TestWorkspace.Office, "one");
        await slack.PostAsync(TestWorkspace.Office, "two");
    }

    [Fact]
    public async Task A_response_url_works_five_times()
    {
        await using var slack = await StartAsync();
        var address = await ResponseUrlAsync(slack);
        for (var use = 0; use < 5; use++)
            Assert.Equal(
                (HttpStatusCode.OK, "ok"),
                await RespondAsync(slack, address, new JsonObject { ["text"] = "again" })
            );
        var (status, body) = await RespondAsync(slack, address, new JsonObject { ["text"] = "again" });
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains("used_url", body, StringComparison.Ordinal);
        Assert.Equal(5, (await slack.MessagesAsync("noor", "office")).Count);
        Assert.Empty(await slack.MessagesAsync("priya", "office"));
    }

    [Fact]
    public async Task A_response_url_works_for_thirty_minutes()
    {
        await using var slack = await StartAsync();
        var address = await ResponseUrlAsync(slack);
        slack.Time.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(
            HttpStatusCode.OK,
            (
                await RespondAsync(slack, address, new JsonObject { ["text"] = "x", ["response_type"] = "in_channel" })
            ).Status
        );
        slack.Time.Advance(TimeSpan.FromMilliseconds(1));
        var (_, body) = await RespondAsync(slack, address, new JsonObject { ["text"] = "x" });
        Assert.Contains("expired_url", body, StringComparison.Ordinal);
        Assert.Single(await slack.MessagesAsync("priya", "office"));
    }

    [Fact]
    public async Task An_app_slower_than_three_seconds_is_shown_as_a_timeout()
    {
        await using var slack = await StartAsync();
        var arrived = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        slack.App.Answer = async _ =>
        {
            arrived.SetResult();
            await release.Task;
            return new Reply();
        };

        var running = slack.CommandAsync(command: "/slow");
        await arrived.Task;
        slack.Time.Advance(TimeSpan.FromSeconds(3));
        var result = await running;
        release.SetResult();

        Assert.Equal("operation_timeout", (string)result["error"]!);
        Assert.Equal(
            "/slow failed with the error \"operation_timeout\"",
            (string)Assert.Single(await slack.MessagesAsync("noor", "office"))!["text"]!
        );
        Assert.Empty(await slack.MessagesAsync("priya", "office"));
    }

    private static Task<TestWorkspace> StartAsync(bool rates = false) =>
        TestWorkspace.StartAsync(options => options with { RateLimits = rates });

    private static async Task<Uri> ResponseUrlAsync(TestWorkspace slack)
    {
        await slack.CommandAsync();
        return new Uri(slack.App.Requests[^1].Form["response_url"]);
    }

    private static async Task<(HttpStatusCode Status, string Body)> RespondAsync(
        TestWorkspace slack,
        Uri address,
        JsonObject body
    )
    {
        using var content = new StringContent(body.ToJsonString());
        using var response = await slack.Http.PostAsync(address, content, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
