using CoffeeBuddy.Slack.Api;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoffeeBuddy.Slack.Tests;

public sealed class SlackRateLimiterTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(3);

    private readonly FakeTimeProvider _time = new(Any.Now);
    private readonly SlackRateLimiter _limiter;

    public SlackRateLimiterTests() => _limiter = new SlackRateLimiter(_time, share: 1);

    [Fact]
    public async Task A_channel_gets_one_message_per_second()
    {
        Assert.True(Wait(SlackMethod.PostMessage, "C1").IsCompletedSuccessfully);
        Assert.True(Wait(SlackMethod.PostMessage, "C2").IsCompletedSuccessfully);

        var second = Wait(SlackMethod.PostMessage, "C1");
        var third = Wait(SlackMethod.PostMessage, "C1");
        Assert.False(second.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(1));
        await second;
        Assert.False(third.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        await third;
    }

    [Fact]
    public async Task With_half_the_rate_half_as_many_calls_are_made()
    {
        var limiter = new SlackRateLimiter(_time, share: 0.5);
        for (var call = 0; call < 25; call++)
            await Wait(limiter, SlackMethod.UpdateMessage, "C1", TimeSpan.Zero);

        await Assert.ThrowsAsync<SlackApiException>(async () =>
            await Wait(limiter, SlackMethod.UpdateMessage, "C1", TimeSpan.Zero)
        );
    }

    [Fact]
    public async Task A_call_that_would_wait_too_long_is_refused_at_once_with_the_time_to_wait()
    {
        var waiting = Enumerable.Range(0, 4).Select(_ => Wait(SlackMethod.PostMessage, "C1")).ToList();

        var exception = await Assert.ThrowsAsync<SlackApiException>(() => Wait(SlackMethod.PostMessage, "C1"));

        Assert.Equal((SlackErrorKind.RateLimited, TimeSpan.FromSeconds(4)), (exception.Kind, exception.RetryAfter));
        // The refused call did not delay the waiting ones.
        _time.Advance(TimeSpan.FromSeconds(3));
        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task A_method_may_be_called_as_often_per_minute_as_its_tier_allows()
    {
        (SlackMethod Method, int PerMinute)[] tiers =
        [
            (SlackMethod.UpdateMessage, 50),
            (SlackMethod.OpenConversation, 50),
            (SlackMethod.History, 50),
            (SlackMethod.Replies, 50),
            (SlackMethod.GetUser, 100),
            (SlackMethod.PublishView, 100),
            (SlackMethod.PostEphemeral, 100),
        ];
        foreach (var (method, perMinute) in tiers)
        {
            for (var call = 0; call < perMinute; call++)
                Assert.True(Wait(method).IsCompletedSuccessfully, $"{method}, call {call}");

            var refused = await Assert.ThrowsAsync<SlackApiException>(() => Wait(method));
            Assert.Equal(TimeSpan.FromMinutes(1), refused.RetryAfter);
            Assert.True(Wait(method, workspaceId: "T2").IsCompletedSuccessfully, $"{method} in another workspace");
        }

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.All(tiers, tier => Assert.True(Wait(tier.Method).IsCompletedSuccessfully, tier.Method.Name));
    }

    [Fact]
    public async Task Opening_a_form_never_waits()
    {
        for (var call = 0; call < 300; call++)
            Assert.True(Wait(SlackMethod.OpenView).IsCompletedSuccessfully);

        _limiter.Block(SlackMethod.OpenView, new("T1"), TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<SlackApiException>(() => Wait(SlackMethod.OpenView));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(Wait(SlackMethod.OpenView).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Calls_older_than_a_minute_are_removed_from_memory()
    {
        for (var call = 0; call < 500; call++)
        {
            await Wait(SlackMethod.OpenView);
            await Wait(SlackMethod.UpdateView);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(_limiter.Remembered, 2, 2 * 61);
    }

    [Fact]
    public async Task After_a_429_the_method_waits_for_the_time_that_Slack_gave()
    {
        _limiter.Block(SlackMethod.UpdateMessage, new("T1", "C1"), TimeSpan.FromSeconds(2));

        var call = Wait(SlackMethod.UpdateMessage, "C1");
        Assert.True(Wait(SlackMethod.GetUser).IsCompletedSuccessfully);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(call.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        await call;
    }

    [Fact]
    public async Task A_waiting_call_can_be_cancelled()
    {
        await Wait(SlackMethod.PostMessage, "C1");
        using var cancellation = new CancellationTokenSource();

        var call = _limiter.WaitAsync(SlackMethod.PostMessage, new("T1", "C1"), MaxWait, cancellation.Token).AsTask();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task Idle_channels_are_removed_from_memory()
    {
        for (var channel = 0; channel < 5000; channel++)
        {
            await Wait(SlackMethod.PostMessage, $"C{channel}");
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(_limiter.Remembered, 1, 4000);
    }

    private Task Wait(SlackMethod method, string? channel = null, string workspaceId = "T1") =>
        Wait(_limiter, method, channel, MaxWait, workspaceId);

    private static Task Wait(
        SlackRateLimiter limiter,
        SlackMethod method,
        string? channel,
        TimeSpan maxWait,
        string workspaceId = "T1"
    ) => limiter.WaitAsync(method, new(workspaceId, channel), maxWait, TestContext.Current.CancellationToken).AsTask();
}
