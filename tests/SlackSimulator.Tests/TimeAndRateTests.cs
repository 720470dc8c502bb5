using System.Globalization;
using System.Net;
using Microsoft.Extensions.Time.Testing;
using SlackSimulator.Tests.Support;
using static SlackSimulator.Tests.Support.Samples;

namespace SlackSimulator.Tests;

public sealed class TimeAndRateTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(3000, null)]
    [InlineData(3001, "expired_trigger_id")]
    public async Task A_trigger_lives_three_seconds(int milliseconds, string? error)
    {
        await using var lab = await StartAsync();
        var trigger = await lab.TriggerAsync();
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        var answer = await lab.CallAsync("views.open", new JsonObject { ["trigger_id"] = trigger, ["view"] = Modal() });
        Assert.Equal(error, (string?)answer["error"]);
    }

    [Fact]
    public async Task A_trigger_works_once_and_a_refused_view_does_not_use_it()
    {
        await using var lab = await StartAsync();
        var trigger = await lab.TriggerAsync();
        var wrong = await lab.CallAsync(
            "views.open",
            new JsonObject { ["trigger_id"] = trigger, ["view"] = Modal(new string('x', 25)) }
        );
        var first = await lab.CallAsync("views.open", new JsonObject { ["trigger_id"] = trigger, ["view"] = Modal() });
        var second = await lab.CallAsync("views.open", new JsonObject { ["trigger_id"] = trigger, ["view"] = Modal() });
        Assert.Equal("invalid_arguments", (string)wrong["error"]!);
        Assert.True((bool)first["ok"]!);
        Assert.Equal("exchanged_trigger_id", (string)second["error"]!);
    }

    [Fact]
    public async Task The_workspaces_clock_jumps_ahead_and_never_back()
    {
        await using var lab = await StartAsync();
        var trigger = await lab.TriggerAsync();
        var moved = await lab.DoAsync("POST", "clock", new JsonObject { ["advance"] = "00:05:00" });
        Assert.Equal("00:05:00", (string)moved["offset"]!);
        Assert.Equal(
            _time.GetUtcNow().AddMinutes(5),
            DateTimeOffset.Parse((string)moved["now"]!, CultureInfo.InvariantCulture)
        );
        var late = await lab.CallAsync("views.open", new JsonObject { ["trigger_id"] = trigger, ["view"] = Modal() });
        Assert.Equal("expired_trigger_id", (string)late["error"]!);
        Assert.Equal(
            "invalid_advance",
            (string)(await lab.DoAsync("POST", "clock", new JsonObject { ["advance"] = "-00:01:00" }))["error"]!
        );
    }

    [Fact]
    public async Task A_channel_takes_one_message_a_second()
    {
        await using var lab = await StartAsync(rates: true);
        await lab.PostAsync(Lab.Office, "one");
        using var second = await lab.SendAsync(
            "chat.postMessage",
            new JsonObject { ["channel"] = Lab.Office, ["text"] = "two" }
        );
        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), second.Headers.RetryAfter!.Delta);
        await lab.PostAsync("C0GENERAL0", "another channel");
        _time.Advance(TimeSpan.FromSeconds(1));
        await lab.PostAsync(Lab.Office, "two");
    }

    [Fact]
    public async Task A_method_takes_as_many_calls_a_minute_as_its_tier_allows()
    {
        await using var lab = await StartAsync(rates: true);
        for (var call = 0; call < 20; call++)
            Assert.True((bool)(await lab.FormAsync("users.list"))["ok"]!);
        _time.Advance(TimeSpan.FromSeconds(50));
        using (var limited = await lab.SendAsync("users.list", []))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, limited.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(10), limited.Headers.RetryAfter!.Delta);
        }

        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True((bool)(await lab.FormAsync("users.list"))["ok"]!);
    }

    [Fact]
    public async Task The_limits_can_be_turned_off_while_it_runs()
    {
        await using var lab = await StartAsync(rates: true);
        await lab.DoAsync("PUT", "limits", new JsonObject { ["rate_limits"] = false });
        await lab.PostAsync(Lab.Office, "one");
        await lab.PostAsync(Lab.Office, "two");
    }

    [Fact]
    public async Task A_response_url_works_five_times()
    {
        await using var lab = await StartAsync();
        var address = await ResponseUrlAsync(lab);
        for (var use = 0; use < 5; use++)
            Assert.Equal(
                (HttpStatusCode.OK, "ok"),
                await RespondAsync(lab, address, new JsonObject { ["text"] = "again" })
            );
        var (status, body) = await RespondAsync(lab, address, new JsonObject { ["text"] = "again" });
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains("used_url", body, StringComparison.Ordinal);
        Assert.Equal(5, (await lab.MessagesAsync("noor", "office")).Count);
        Assert.Empty(await lab.MessagesAsync("priya", "office"));
    }

    [Fact]
    public async Task A_response_url_works_for_thirty_minutes()
    {
        await using var lab = await StartAsync();
        var address = await ResponseUrlAsync(lab);
        _time.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(
            HttpStatusCode.OK,
            (
                await RespondAsync(lab, address, new JsonObject { ["text"] = "x", ["response_type"] = "in_channel" })
            ).Status
        );
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var (_, body) = await RespondAsync(lab, address, new JsonObject { ["text"] = "x" });
        Assert.Contains("expired_url", body, StringComparison.Ordinal);
        Assert.Single(await lab.MessagesAsync("priya", "office"));
    }

    [Fact]
    public async Task An_app_slower_than_three_seconds_is_shown_as_a_timeout()
    {
        await using var lab = await StartAsync();
        var arrived = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        lab.App.Answer = async _ =>
        {
            arrived.SetResult();
            await release.Task;
            return new Reply();
        };

        var running = lab.CommandAsync(command: "/slow");
        await arrived.Task;
        _time.Advance(TimeSpan.FromSeconds(3));
        var result = await running;
        release.SetResult();

        Assert.Equal("operation_timeout", (string)result["error"]!);
        Assert.Equal(
            "/slow failed with the error \"operation_timeout\"",
            (string)Assert.Single(await lab.MessagesAsync("noor", "office"))!["text"]!
        );
        Assert.Empty(await lab.MessagesAsync("priya", "office"));
    }

    private Task<Lab> StartAsync(bool rates = false) =>
        Lab.StartAsync(options => options with { TimeProvider = _time, RateLimits = rates });

    private static async Task<Uri> ResponseUrlAsync(Lab lab)
    {
        await lab.CommandAsync();
        return new Uri(lab.App.Requests[^1].Form["response_url"]);
    }

    private static async Task<(HttpStatusCode Status, string Body)> RespondAsync(Lab lab, Uri address, JsonObject body)
    {
        using var content = new StringContent(body.ToJsonString());
        using var response = await lab.Http.PostAsync(address, content, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
