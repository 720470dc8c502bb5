using System.ComponentModel.DataAnnotations;
using CoffeeBuddy.Data.Connections;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Polly;
using Polly.CircuitBreaker;

namespace CoffeeBuddy.Data.Tests;

public sealed class ConsecutiveFailuresBreakerTests
{
    private static readonly TimeSpan BreakDuration = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private readonly BreakerStateProvider _state = new();
    private readonly ResiliencePipeline _pipeline;

    public ConsecutiveFailuresBreakerTests() => _pipeline = Build(_time, _state);

    [Fact]
    public async Task Five_failures_in_a_row_open_it()
    {
        await FailAsync(4);
        Assert.Equal(BreakerState.Closed, _state.State);

        await FailAsync(1);

        Assert.Equal(BreakerState.Open, _state.State);
        var refusal = await Assert.ThrowsAsync<BrokenCircuitException>(SucceedAsync);
        Assert.Equal((BreakDuration, BreakDuration), (refusal.RetryAfter, _state.RetryAfter));
    }

    [Fact]
    public async Task A_success_between_failures_starts_the_count_again()
    {
        await FailAsync(4);
        await SucceedAsync();
        await FailAsync(4);

        Assert.Equal(BreakerState.Closed, _state.State);
    }

    [Fact]
    public async Task An_exception_that_is_neither_a_failure_nor_ignored_is_a_success()
    {
        await FailAsync(4);
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            CallAsync(() => throw new InvalidOperationException("An answer."))
        );
        await FailAsync(4);

        Assert.Equal(BreakerState.Closed, _state.State);
    }

    [Fact]
    public async Task An_ignored_exception_does_not_end_a_row_of_failures()
    {
        await FailAsync(4);
        await Assert.ThrowsAsync<NotSupportedException>(() => CallAsync(() => throw new NotSupportedException()));
        await FailAsync(1);

        Assert.Equal(BreakerState.Open, _state.State);
    }

    [Fact]
    public async Task Five_failures_hours_apart_open_it()
    {
        for (var failure = 0; failure < 5; failure++)
        {
            await FailAsync(1);
            _time.Advance(TimeSpan.FromHours(1));
        }

        Assert.NotEqual(BreakerState.Closed, _state.State);
    }

    [Fact]
    public async Task After_thirty_seconds_one_call_may_try_and_its_success_closes_it()
    {
        await FailAsync(5);
        _time.Advance(BreakDuration - TimeSpan.FromTicks(1));
        await Assert.ThrowsAsync<BrokenCircuitException>(SucceedAsync);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(BreakerState.HalfOpen, _state.State);

        var (trial, ending) = Begin();
        var refusal = await Assert.ThrowsAsync<BrokenCircuitException>(SucceedAsync);
        Assert.Equal(TimeSpan.FromSeconds(1), refusal.RetryAfter);
        ending.SetResult();
        await trial;

        Assert.Equal(BreakerState.Closed, _state.State);
        await FailAsync(4);
        Assert.Equal(BreakerState.Closed, _state.State);
    }

    [Fact]
    public async Task A_trial_that_fails_opens_it_for_another_thirty_seconds()
    {
        await FailAsync(5);
        _time.Advance(BreakDuration);
        await FailAsync(1);

        Assert.Equal((BreakerState.Open, BreakDuration), (_state.State, _state.RetryAfter));
    }

    [Fact]
    public async Task A_trial_that_its_caller_cancels_leaves_the_next_call_to_try()
    {
        await FailAsync(5);
        _time.Advance(BreakDuration);

        await LeaveAsync();

        Assert.Equal(BreakerState.HalfOpen, _state.State);
        await SucceedAsync();
        Assert.Equal(BreakerState.Closed, _state.State);
    }

    [Fact]
    public async Task A_call_that_its_caller_cancels_does_not_end_a_row_of_failures()
    {
        await FailAsync(4);
        await LeaveAsync();
        await FailAsync(1);

        Assert.Equal(BreakerState.Open, _state.State);
    }

    [Fact]
    public async Task Calls_that_began_before_it_opened_change_nothing_when_they_end()
    {
        var (succeeding, success) = Begin();
        var (failing, failure) = Begin();
        await FailAsync(5);
        _time.Advance(BreakDuration);
        var (trial, trialEnding) = Begin();

        success.SetResult();
        await succeeding;
        failure.SetException(new OutageException(new IOException(), repeatable: false));
        await Assert.ThrowsAsync<OutageException>(() => failing);

        Assert.Equal(BreakerState.HalfOpen, _state.State);
        await Assert.ThrowsAsync<BrokenCircuitException>(SucceedAsync);
        trialEnding.SetResult();
        await trial;
        Assert.Equal(BreakerState.Closed, _state.State);
    }

    [Fact]
    public async Task One_of_many_calls_after_the_break_is_made()
    {
        await FailAsync(5);
        _time.Advance(BreakDuration);
        var ending = new TaskCompletionSource();
        var made = 0;

        var calls = Enumerable
            .Range(0, 50)
            .Select(_ =>
                Task.Run(() =>
                    CallAsync(() =>
                    {
                        Interlocked.Increment(ref made);
                        return ending.Task;
                    })
                )
            )
            .ToList();
        var refused = 0;
        await foreach (var _ in Task.WhenEach(calls))
        {
            if (++refused == 49)
                break;
        }

        ending.SetResult();

        await Task.WhenAll(calls).ContinueWith(_ => { }, TestContext.Current.CancellationToken);
        Assert.Equal((1, 49), (made, calls.Count(call => call.Exception?.InnerException is BrokenCircuitException)));
    }

    [Fact]
    public void Any_sequence_of_calls_behaves_as_the_rule_says()
    {
        var step = Gen.OneOf(
            Gen.Const(Step.Succeed),
            Gen.Const(Step.Fail),
            Gen.Const(Step.Fail),
            Gen.Const(Step.Leave),
            Gen.Const(Step.WaitTenSeconds)
        );

        step.Array[0, 60]
            .Sample(steps =>
            {
                var time = new FakeTimeProvider();
                var state = new BreakerStateProvider();
                var pipeline = Build(time, state);
                var (failures, openSince) = (0, (DateTimeOffset?)null);
                foreach (var next in steps)
                {
                    if (next == Step.WaitTenSeconds)
                    {
                        time.Advance(TimeSpan.FromSeconds(10));
                        continue;
                    }

                    var mayCall = openSince is not { } since || time.GetUtcNow() - since >= BreakDuration;
                    if (Call(pipeline, next) != mayCall)
                        return false;
                    if (!mayCall || next == Step.Leave)
                        continue;
                    failures = next == Step.Succeed ? 0 : failures + 1;
                    if (next == Step.Succeed)
                        openSince = null;
                    else if (failures >= 5)
                        openSince = time.GetUtcNow();
                    if ((openSince is null) != (state.State == BreakerState.Closed))
                        return false;
                }

                return true;
            });
    }

    [Theory]
    [InlineData(0, 30)]
    [InlineData(5, 0)]
    public void Options_out_of_range_are_refused(int failuresToOpen, int seconds) =>
        Assert.Throws<ValidationException>(() =>
            new ResiliencePipelineBuilder().AddConsecutiveFailuresBreaker(
                new() { FailuresToOpen = failuresToOpen, BreakDuration = TimeSpan.FromSeconds(seconds) }
            )
        );

    private static ResiliencePipeline Build(TimeProvider time, BreakerStateProvider state) =>
        new ResiliencePipelineBuilder { TimeProvider = time }
            .AddConsecutiveFailuresBreaker(
                new()
                {
                    StateProvider = state,
                    ShouldHandle = exception => exception is OutageException,
                    ShouldIgnore = exception => exception is NotSupportedException,
                }
            )
            .Build();

    private Task SucceedAsync() => CallAsync(() => Task.CompletedTask);

    private async Task FailAsync(int times)
    {
        for (var failure = 0; failure < times; failure++)
            await Assert.ThrowsAsync<OutageException>(() =>
                CallAsync(() => throw new OutageException(new IOException(), repeatable: false))
            );
    }

    private async Task LeaveAsync()
    {
        using var leaving = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            _pipeline
                .ExecuteAsync(
                    async token =>
                    {
                        await leaving.CancelAsync();
                        token.ThrowIfCancellationRequested();
                    },
                    leaving.Token
                )
                .AsTask()
        );
    }

    /// <summary>A call that lasts until the source is completed.</summary>
    private (Task Call, TaskCompletionSource Ending) Begin()
    {
        var ending = new TaskCompletionSource();
        return (CallAsync(() => ending.Task), ending);
    }

    private Task CallAsync(Func<Task> call) => _pipeline.ExecuteAsync(async _ => await call()).AsTask();

    /// <returns>Whether the breaker let the call through.</returns>
    private static bool Call(ResiliencePipeline pipeline, Step step)
    {
        using var leaving = new CancellationTokenSource();
        var made = false;
        try
        {
            pipeline.Execute(
                token =>
                {
                    made = true;
                    if (step == Step.Fail)
                        throw new OutageException(new IOException(), repeatable: false);
                    if (step == Step.Leave)
                        leaving.Cancel();
                    token.ThrowIfCancellationRequested();
                },
                leaving.Token
            );
        }
        catch (Exception exception)
            when (exception is OutageException or BrokenCircuitException or OperationCanceledException) { }

        return made;
    }

    private enum Step
    {
        Succeed,
        Fail,
        Leave,
        WaitTenSeconds,
    }
}
