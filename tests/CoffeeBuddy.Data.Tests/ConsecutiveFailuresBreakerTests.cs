using CoffeeBuddy.Data.Connections;
using Microsoft.Extensions.Time.Testing;

namespace CoffeeBuddy.Data.Tests;

public sealed class CircuitBreakerTests
{
    private static readonly TimeSpan OpenFor = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private readonly CircuitBreaker _breaker;

    public CircuitBreakerTests() => _breaker = new(failuresToOpen: 5, OpenFor, _time);

    [Fact]
    public void Five_failures_in_a_row_open_it()
    {
        Fail(4);
        Assert.Equal(BreakerState.Closed, _breaker.State);

        Fail(1);

        Assert.Equal(BreakerState.Open, _breaker.State);
        Assert.False(_breaker.TryEnter(out _));
        Assert.Equal(OpenFor, _breaker.RetryAfter);
    }

    [Fact]
    public void A_success_between_failures_starts_the_count_again()
    {
        Fail(4);
        _breaker.Succeeded(Enter());
        Fail(4);

        Assert.Equal(BreakerState.Closed, _breaker.State);
    }

    [Fact]
    public void Failures_that_trickle_in_over_hours_open_it_too()
    {
        for (var failure = 0; failure < 5; failure++)
        {
            Fail(1);
            _time.Advance(TimeSpan.FromHours(1));
        }

        Assert.NotEqual(BreakerState.Closed, _breaker.State);
    }

    [Fact]
    public void After_thirty_seconds_one_call_may_try_and_its_success_closes_it()
    {
        Fail(5);
        _time.Advance(OpenFor - TimeSpan.FromTicks(1));
        Assert.False(_breaker.TryEnter(out _));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(BreakerState.HalfOpen, _breaker.State);

        var trial = Enter();
        Assert.False(_breaker.TryEnter(out _));
        _breaker.Succeeded(trial);

        Assert.Equal(BreakerState.Closed, _breaker.State);
        Fail(4);
        Assert.Equal(BreakerState.Closed, _breaker.State);
    }

    [Fact]
    public void A_trial_that_fails_opens_it_for_another_thirty_seconds()
    {
        Fail(5);
        _time.Advance(OpenFor);
        Assert.True(_breaker.Failed(Enter()));

        Assert.Equal(BreakerState.Open, _breaker.State);
        Assert.Equal(OpenFor, _breaker.RetryAfter);
    }

    [Fact]
    public void A_trial_whose_caller_left_neither_closes_it_nor_keeps_others_from_trying()
    {
        Fail(5);
        _time.Advance(OpenFor);

        _breaker.Abandoned(Enter());

        Assert.Equal(BreakerState.HalfOpen, _breaker.State);
        _breaker.Succeeded(Enter());
        Assert.Equal(BreakerState.Closed, _breaker.State);
    }

    [Fact]
    public void A_caller_who_left_does_not_interrupt_a_row_of_failures()
    {
        Fail(4);
        _breaker.Abandoned(Enter());
        Fail(1);

        Assert.Equal(BreakerState.Open, _breaker.State);
    }

    [Fact]
    public void Calls_from_before_it_opened_change_nothing_when_they_end()
    {
        var old = new[] { Enter(), Enter(), Enter() };
        Fail(5);
        _time.Advance(OpenFor);
        var trial = Enter();

        _breaker.Succeeded(old[0]);
        Assert.False(_breaker.Failed(old[1]));
        _breaker.Abandoned(old[2]);

        Assert.Equal(BreakerState.HalfOpen, _breaker.State);
        Assert.False(_breaker.TryEnter(out _));
        _breaker.Succeeded(trial);
        Assert.Equal(BreakerState.Closed, _breaker.State);
    }

    private void Fail(int times)
    {
        for (var failure = 0; failure < times; failure++)
            _breaker.Failed(Enter());
    }

    private CircuitBreaker.Permit Enter()
    {
        Assert.True(_breaker.TryEnter(out var permit));
        return permit;
    }
}
