using CoffeeBuddy.Slack.Api;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoffeeBuddy.Slack.Tests;

public sealed class SlackRateLimiterTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(3);

    private readonly FakeTimeProvider _time = new(Any.Now);
    private readonly SlackRateLimiter _limiter;

    public SlackRateLimiterTests() => _limiter = new SlackRateLimiter(_time);

    [Fact]
    public async Task One_message_a_second_goes_to_a_channel()
    {
        Assert.True(Wait("chat.postMessage", "C1").IsCompletedSuccessfully);
        Assert.True(Wait("chat.postMessage", "C2").IsCompletedSuccessfully);

        var second = Wait("chat.postMessage", "C1");
        var third = Wait("chat.postMessage", "C1");
        Assert.False(second.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(1));
        await second;
        Assert.False(third.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        await third;
    }

    [Fact]
    public async Task A_share_of_the_rates_leaves_the_rest_to_other_replicas()
    {
        var limiter = new SlackRateLimiter(_time, share: 0.5);
        for (var call = 0; call < 25; call++)
            await limiter.WaitAsync("chat.update", "C1", "T1", TimeSpan.Zero, TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<SlackApiException>(async () =>
            await limiter.WaitAsync("chat.update", "C1", "T1", TimeSpan.Zero, TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task A_turn_that_is_too_far_away_is_refused_at_once_with_the_time_to_it()
    {
        var waiting = Enumerable.Range(0, 4).Select(_ => Wait("chat.postMessage", "C1")).ToList();

        var exception = await Assert.ThrowsAsync<SlackApiException>(() => Wait("chat.postMessage", "C1"));

        Assert.Equal((SlackErrorKind.RateLimited, TimeSpan.FromSeconds(4)), (exception.Kind, exception.RetryAfter));
        // The refused call took no turn of those who wait.
        _time.Advance(TimeSpan.FromSeconds(3));
        await Task.WhenAll(waiting);
    }

    [Theory]
    [InlineData("chat.update", 50)]
    [InlineData("conversations.open", 50)]
    [InlineData("conversations.history", 50)]
    [InlineData("conversations.replies", 50)]
    [InlineData("users.info", 100)]
    [InlineData("views.publish", 100)]
    [InlineData("chat.postEphemeral", 100)]
    public async Task A_method_is_called_as_often_in_a_minute_as_its_tier_allows(string method, int perMinute)
    {
        for (var call = 0; call < perMinute; call++)
            Assert.True(Wait(method).IsCompletedSuccessfully);

        var refused = await Assert.ThrowsAsync<SlackApiException>(() => Wait(method));
        Assert.Equal(TimeSpan.FromMinutes(1), refused.RetryAfter);
        Assert.True(Wait(method, workspaceId: "T2").IsCompletedSuccessfully);

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(Wait(method).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Opening_a_form_never_waits()
    {
        for (var call = 0; call < 300; call++)
            Assert.True(Wait("views.open").IsCompletedSuccessfully);

        _limiter.Block("views.open", null, "T1", TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<SlackApiException>(() => Wait("views.open"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(Wait("views.open").IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Forms_opened_minutes_ago_are_forgotten()
    {
        for (var call = 0; call < 500; call++)
        {
            await Wait("views.open");
            await Wait("views.update");
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(_limiter.Remembered, 2, 2 * 61);
    }

    [Fact]
    public async Task What_Slack_refused_waits_until_Slack_takes_it_again()
    {
        _limiter.Block("chat.update", "C1", "T1", TimeSpan.FromSeconds(2));

        var call = Wait("chat.update", "C1");
        Assert.True(Wait("users.info").IsCompletedSuccessfully);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(call.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        await call;
    }

    [Fact]
    public async Task Whoever_gives_up_waiting_is_let_go()
    {
        await Wait("chat.postMessage", "C1");
        using var givingUp = new CancellationTokenSource();

        var call = _limiter.WaitAsync("chat.postMessage", "C1", "T1", MaxWait, givingUp.Token).AsTask();
        await givingUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task Thousands_of_channels_are_forgotten_again()
    {
        for (var channel = 0; channel < 5000; channel++)
        {
            await Wait("chat.postMessage", $"C{channel}");
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(_limiter.Remembered, 1, 4000);
    }

    private Task Wait(string method, string? channel = null, string workspaceId = "T1") =>
        _limiter.WaitAsync(method, channel, workspaceId, MaxWait, TestContext.Current.CancellationToken).AsTask();
}
