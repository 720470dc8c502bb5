using System.Collections.Concurrent;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OnPremFunctions.Tests.Support;

namespace OnPremFunctions.Tests.Timers;

public sealed class TimerTests
{
    private static readonly DateTimeOffset _start = new(2026, 8, 3, 9, 0, 0, TimeSpan.Zero);

    private readonly SteppedTimeProvider _time = new(_start);
    private readonly Clock _clock = new();

    [Fact]
    public async Task A_timer_fires_on_its_schedule()
    {
        await using var host = await StartAsync("EveryFiveSeconds", "*/5 * * * * *");

        await AdvanceUntilAsync(() => _clock.Fired.Count == 3);

        Assert.Equal([5, 10, 15], _clock.Fired.Select(fired => (int)(fired.At - _start).TotalSeconds));
        Assert.All(_clock.Fired, static fired => Assert.False(fired.Info.IsPastDue));
        var second = _clock.Fired.ElementAt(1).Info.ScheduleStatus!;
        Assert.Equal(_start.AddSeconds(5).UtcDateTime, second.Last);
        Assert.Equal(_start.AddSeconds(15).UtcDateTime, second.Next);
    }

    [Fact]
    public async Task A_timer_can_have_an_interval_and_fire_on_startup()
    {
        await using var host = await StartAsync("OnStart", "00:00:10");
        await Eventually.TrueAsync(() => _clock.Fired.Count == 1, "the timer fires on start");

        await AdvanceUntilAsync(() => _clock.Fired.Count == 3);

        Assert.Equal([0, 10, 20], _clock.Fired.Select(fired => (int)(fired.At - _start).TotalSeconds));
    }

    [Fact]
    public async Task Occurrences_missed_during_the_startup_call_lead_to_one_late_call()
    {
        var start = new TaskCompletionSource();
        _clock.OnFire = () => _clock.Fired.Count == 1 ? start.Task : Task.CompletedTask;
        await using var host = await StartAsync("OnStart", "00:00:10");
        await Eventually.TrueAsync(() => _clock.Running == 1, "the timer runs");

        _time.Advance(TimeSpan.FromSeconds(35));
        start.SetResult();
        await Eventually.TrueAsync(() => _clock.Fired.Count == 2, "the missed occurrences are made up for");
        await AdvanceUntilAsync(() => _clock.Fired.Count == 3);

        Assert.Equal([0, 35, 40], _clock.Fired.Select(fired => (int)(fired.At - _start).TotalSeconds));
        Assert.Equal([false, true, false], _clock.Fired.Select(static fired => fired.Info.IsPastDue));
    }

    [Fact]
    public async Task The_host_stops_without_waiting_for_a_timer_function_that_ignores_cancellation()
    {
        var never = new TaskCompletionSource();
        _clock.OnFire = () => never.Task;
        await using var host = await StartAsync("EveryFiveSeconds", "*/5 * * * * *");
        await AdvanceUntilAsync(() => _clock.Fired.Count == 1);

        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        var stopping = host.Host.StopAsync(impatient.Token);
        await AdvanceUntilAsync(() => stopping.IsCompleted);
        await stopping;

        Assert.Contains(
            host.Logs.Lines,
            static line =>
                line.Text
                == "EveryFiveSeconds still runs 00:00:10 after its cancellation; the host stops without waiting for it"
        );
        never.SetResult();
    }

    [Fact]
    public async Task A_timer_does_not_overlap_itself_and_the_late_call_is_past_due()
    {
        var first = new TaskCompletionSource();
        _clock.OnFire = () => _clock.Fired.Count == 1 ? first.Task : Task.CompletedTask;
        await using var host = await StartAsync("EveryFiveSeconds", "*/5 * * * * *");
        await AdvanceUntilAsync(() => _clock.Fired.Count == 1);

        _time.Advance(TimeSpan.FromSeconds(12));
        Assert.Equal(1, _clock.Running);
        first.SetResult();
        await Eventually.TrueAsync(() => _clock.Fired.Count == 2, "the missed occurrence is made up for");
        await AdvanceUntilAsync(() => _clock.Fired.Count == 3);

        Assert.Equal([false, true, false], _clock.Fired.Select(static fired => fired.Info.IsPastDue));
        Assert.Equal([5, 17, 20], _clock.Fired.Select(fired => (int)(fired.At - _start).TotalSeconds));
        Assert.Equal(1, _clock.MostAtOnce);
    }

    [Fact]
    public async Task A_failed_timer_call_is_retried_by_its_attribute_and_fires_again()
    {
        _clock.OnFire = () =>
            _clock.Fired.Count < 3 ? throw new InvalidOperationException("not yet") : Task.CompletedTask;
        await using var host = await StartAsync("Retried", "0 * * * * *");

        await AdvanceUntilAsync(() => _clock.Fired.Count == 4);

        Assert.Equal([0, 1, 2, 0], _clock.Fired.Select(static fired => fired.Retry));
        Assert.Equal([60, 62, 64, 120], _clock.Fired.Select(fired => (int)(fired.At - _start).TotalSeconds));
    }

    [Fact]
    public async Task Draining_waits_for_a_running_timer_function()
    {
        var running = new TaskCompletionSource();
        _clock.OnFire = () => running.Task;
        await using var host = await StartAsync("OnStart", "00:00:10");
        await Eventually.TrueAsync(() => _clock.Running == 1, "the timer runs");

        var stopping = host.StopAsync();
        await Eventually.TrueAsync(
            async () => (int)(await host.GetAsync("/healthz/ready")).StatusCode == 503,
            "the host is not ready"
        );
        Assert.False(stopping.IsCompleted);
        running.SetResult();
        await stopping;

        Assert.Equal(0, _clock.Running);
    }

    private async Task<TestHost> StartAsync(string function, string schedule) =>
        await TestHost.StartAsync(
            [typeof(Timers)],
            new() { ["AzureFunctionsJobHost:functions:0"] = function, ["Schedule"] = schedule },
            builder =>
            {
                builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time));
                builder.Services.AddSingleton(_clock);
            }
        );

    private Task AdvanceUntilAsync(Func<bool> condition) =>
        Eventually.TrueAsync(
            () =>
            {
                if (condition())
                    return true;
                // The timeout of a running call is a timer too, but it is due later than this.
                _time.AdvanceToNextTimer(within: TimeSpan.FromMinutes(1));
                return false;
            },
            "the timer has fired as often as it should"
        );

    private sealed class Clock
    {
        private int _running;

        public ConcurrentQueue<(DateTimeOffset At, TimerInfo Info, int? Retry)> Fired { get; } = new();

        public Func<Task> OnFire { get; set; } = static () => Task.CompletedTask;

        public int Running => Volatile.Read(ref _running);

        public int MostAtOnce { get; private set; }

        public async Task FireAsync(DateTimeOffset at, TimerInfo info, int? retry)
        {
            MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _running));
            try
            {
                Fired.Enqueue((at, info, retry));
                await OnFire();
            }
            finally
            {
                Interlocked.Decrement(ref _running);
            }
        }
    }

    private sealed class Timers(Clock clock, TimeProvider time)
    {
        [Function("EveryFiveSeconds")]
        public Task EveryFiveSeconds([TimerTrigger("%Schedule%")] TimerInfo timer) =>
            clock.FireAsync(time.GetUtcNow(), timer, null);

        [Function("OnStart")]
        public Task OnStart([TimerTrigger("%Schedule%", RunOnStartup = true)] TimerInfo timer) =>
            clock.FireAsync(time.GetUtcNow(), timer, null);

        [Function("Retried")]
        [FixedDelayRetry(5, "00:00:02")]
        public Task Retried([TimerTrigger("%Schedule%")] TimerInfo timer, FunctionContext context) =>
            clock.FireAsync(time.GetUtcNow(), timer, context.RetryContext?.RetryCount);
    }
}
