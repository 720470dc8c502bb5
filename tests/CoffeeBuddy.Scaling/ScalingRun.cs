using System.Diagnostics;
using System.Reflection;
using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Sandbox.Workers;
using CoffeeBuddy.Scaling.Keda;
using SlackSimulator.Control;

namespace CoffeeBuddy.Scaling;

/// <summary>One run: measure a worker, then normal load, burst, normal load until scaled in, and the checks.</summary>
internal sealed class ScalingRun(ScalingOptions options, TextWriter output) : IAsyncDisposable
{
    private const int TimesNormal = 10;

    /// <summary>Runs that are open at the same time.</summary>
    private const int Block = 40;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Before = TimeSpan.FromMinutes(1);

    /// <summary>Limit for work that remains, and for the time that scaling in takes beyond its rules.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(5);

    private static readonly Dictionary<string, string?> Settings = new()
    {
        // What several workspaces would allow together.
        ["Slack__RateShare"] = "1000",
        // One person opens all runs, and the load comes from one service.
        ["CoffeeBuddy__MaxActiveRuns"] = "1000",
        ["Limits__RequestsPerMinute"] = "1000000",
        // As in the chart.
        ["CoffeeBuddy__Database__MaxPoolSize"] = "6",
    };

    private readonly ScaledObject _scaled = ScaledObject.Read(
        File.ReadAllText(
            typeof(ScalingRun)
                .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
                .Single(attribute => attribute.Key == "ScaledObject")
                .Value!
        )
    );

    private SandboxHost _sandbox = null!;
    private GroupPositions _positions = null!;
    private Replicas _replicas = null!;
    private Office _office = null!;
    private SlackEffects _effects = null!;

    /// <returns>True if everything was done once.</returns>
    public static async Task<bool> PlayAsync(ScalingOptions options, TextWriter output, CancellationToken stop)
    {
        await using var run = new ScalingRun(options, output);
        await run.StartAsync(stop);
        if (!options.Throughput)
            return await run.ScaleAsync(stop);
        await run.MeasureAsync(stop);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        _office?.Dispose();
        _positions?.Dispose();
        if (_replicas is not null)
            await _replicas.DisposeAsync();
        if (_sandbox is not null)
            await _sandbox.DisposeAsync();
    }

    private async Task StartAsync(CancellationToken stop)
    {
        _sandbox = await SandboxHost.StartAsync(
            new SandboxOptions
            {
                Roles = [WorkerRoles.Http, WorkerRoles.Timer],
                Slack = Office.Workspace,
                Settings = Settings,
                LogFolder = options.LogFolder,
                Postgres = new() { MaxConnections = 200 },
            },
            stop
        );
        _sandbox.Slack.Faults.Set([new Fault("*", FaultKind.Slow, Ms: (int)options.SlackLatency.TotalMilliseconds)]);
        _positions = new(_sandbox.KafkaServers, _scaled.Triggers);
        _office = new(_sandbox);
        _effects = new(_sandbox.Slack);
        _replicas = new(_sandbox, stop);
        _replicas.ScaleTo(_scaled.MinReplicas);
        await _replicas.SettleAsync();
        await _office.WarmUpAsync(stop);
    }

    /// <summary>The orders that wait while no worker runs, until one worker has confirmed all of them. Each order is
    /// of another run, so that no two are handled together.</summary>
    private async Task MeasureAsync(CancellationToken stop)
    {
        const int Orders = 600;
        var runs = await _office.OpenAsync(Orders);
        // First orders of these people, so that their profiles are known.
        await _office.OrderAsync(runs, person: 0);
        await DrainAsync(stop);
        _replicas.ScaleTo(0);
        await _replicas.SettleAsync();
        await _office.OrderAsync(runs, person: 1);
        var waiting = Lags()["coffee.orders"];
        var before = _sandbox.Slack.Traffic.After(0)[^1].Number;
        _replicas.ScaleTo(1);
        await _replicas.SettleAsync();
        await DrainAsync(stop);
        _effects.Follow();
        var took = _effects.LastConfirmation - _sandbox.Slack.Traffic.After(before)[0].At;
        await output.WriteLineAsync(
            $"One worker processed {waiting} waiting orders of as many runs in {took.TotalSeconds:0.0} s, {waiting / took.TotalSeconds:0} in a second, while Slack took {options.SlackLatency.TotalMilliseconds:0} ms for a call."
        );
    }

    private async Task<bool> ScaleAsync(CancellationToken stop)
    {
        var verdict = new Verdict(output);
        await verdict.CheckAsync("partitions without a committed position", await UncommittedAsync(stop), most: 0);

        using var day = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var (rate, began) = (options.Normal, DateTimeOffset.UtcNow);
        var timeline = new Timeline(output, _scaled.Triggers);
        var working = Task.Run(() => _office.WorkAsync(() => Volatile.Read(ref rate), Block, day.Token), stop);
        var completing = Task.Run(() => CompleteAsync(day.Token), stop);
        var clock = Stopwatch.StartNew();
        var metrics = new Metrics(_scaled, _positions.Read);
        var autoscaler = new Autoscaler(_scaled, clock.Elapsed, _replicas.Count);
        var (nextPoll, nextDecision, demand, scaledIn) = (TimeSpan.Zero, Second * 5, _replicas.Count, false);
        DateTimeOffset? scalingIn = null;
        var limit = Before + options.Burst + Longest(_scaled) + Rest;
        var burstEnd = Before + options.Burst;
        using var ticks = new PeriodicTimer(Second);
        while (!scaledIn && clock.Elapsed < limit && await ticks.WaitForNextTickAsync(stop))
        {
            var now = clock.Elapsed;
            var isBurst = now >= Before && now < burstEnd;
            Volatile.Write(ref rate, options.Normal * (isBurst ? TimesNormal : 1));
            if (now >= nextPoll)
            {
                metrics.Poll();
                nextPoll += _scaled.PollingInterval;
            }

            if (now >= nextDecision)
            {
                var decision = autoscaler.Decide(now, _replicas.Count, metrics.Read());
                (demand, nextDecision) = (decision.Demand, nextDecision + Autoscaler.Interval);
                if (decision.Replicas < _replicas.Count)
                    scalingIn ??= DateTimeOffset.UtcNow;
                _replicas.ScaleTo(decision.Replicas);
            }

            scaledIn = now > burstEnd + Before && _replicas.Count == _scaled.MinReplicas;
            await timeline.AddAsync(
                new(
                    now,
                    isBurst ? $"{TimesNormal} ×" : "normal",
                    Lags(),
                    demand,
                    _replicas.Count,
                    await _replicas.ReadyAsync()
                )
            );
        }

        await day.CancelAsync();
        await working;
        await completing;
        await _replicas.SettleAsync();
        await DrainAsync(stop);
        return await JudgeAsync(verdict, timeline, burstEnd, began, scalingIn, scaledIn, stop);
    }

    private async Task<bool> JudgeAsync(
        Verdict verdict,
        Timeline timeline,
        TimeSpan burstEnd,
        DateTimeOffset began,
        DateTimeOffset? scalingIn,
        bool scaledIn,
        CancellationToken stop
    )
    {
        var normal = timeline.Moments.Where(moment => moment.At < Before).Max(moment => moment.Lag);
        var most = timeline.Moments.MaxBy(moment => moment.Lag)!;
        var drained = timeline.Moments.FirstOrDefault(moment => moment.At > most.At && moment.Lag <= normal);
        await output.WriteLineAsync("\n| sum | value |\n|---|---|");
        await verdict.SayAsync("largest lag of all topics", $"{most.Lag} at {most.At:mm\\:ss}");
        await verdict.SayAsync(
            $"lag as before the burst ({normal} or less)",
            drained is null ? "never"
                : drained.At < burstEnd ? $"{(burstEnd - drained.At).TotalSeconds:0} s before the end of the burst"
                : $"{(drained.At - burstEnd).TotalSeconds:0} s after the end of the burst"
        );
        await verdict.SayAsync("most workers", $"{timeline.Moments.Max(moment => moment.Replicas)}");
        var logs = new GroupLogs(options.LogFolder);
        var changes = timeline
            .Moments.Zip(timeline.Moments.Skip(1))
            .Count(pair => pair.First.Replicas != pair.Second.Replicas);
        await verdict.SayAsync("changes of the number of workers", $"{changes}");
        await verdict.SayAsync($"rebalances, in {_scaled.Triggers.Count} groups", $"{logs.Rebalances(began)}");
        await verdict.CheckAsync("drained", drained is null ? 1 : 0, most: 0, "no", "yes");
        await verdict.CheckAsync("scaled in", scaledIn ? 0 : 1, most: 0, "no", "yes");
        await verdict.CheckAsync("partitions lost without a commit", logs.Losses(began), most: 0);
        await verdict.CheckAsync(
            "partitions taken from workers that stayed, while scaling in",
            scalingIn is { } first ? logs.TakenFromStaying(first) : 0,
            most: 0
        );
        await verdict.CheckAsync("workers with a fault", _replicas.Faults, most: 0);
        await new Effects(_sandbox, _office, _effects).JudgeAsync(verdict, stop);
        return verdict.Holds;
    }

    /// <summary>The longest time that the rules take from the end of the burst to the fewest workers.</summary>
    private static TimeSpan Longest(ScaledObject scaled) =>
        scaled.ScaleDown.StabilizationWindow
        + (scaled.ScaleDown.Policies.Max(policy => policy.Period) * (scaled.MaxReplicas - scaled.MinReplicas));

    /// <summary>Completes runs in which everybody's order was confirmed and the thread says who goes.</summary>
    private async Task CompleteAsync(CancellationToken end)
    {
        var completed = new HashSet<int>();
        using var ticks = new PeriodicTimer(Second);
        while (!end.IsCancellationRequested)
        {
            await ticks.WaitForNextTickAsync(CancellationToken.None);
            _effects.Follow();
            var confirmed = _effects.Confirmations.Keys.CountBy(order => order.Channel).ToDictionary();
            foreach (var run in _office.Runs.Where(run => !completed.Contains(run.Number)))
            {
                var channel = Office.Channel(run.Number);
                if (
                    confirmed.GetValueOrDefault(channel) < Office.PeoplePerRun
                    || _effects.Posts.GetValueOrDefault((channel, true)) < Effects.InThread - 1
                )
                    continue;
                completed.Add(run.Number);
                await _office.CompleteAsync(run);
            }
        }
    }

    private Dictionary<string, long> Lags() =>
        _scaled.Triggers.ToDictionary(
            trigger => trigger.Topic,
            trigger => _positions.Read(trigger).Sum(position => position.Lag)
        );

    /// <summary>Waits until the groups have committed everything, at most <see cref="Rest"/>.</summary>
    private async Task DrainAsync(CancellationToken stop)
    {
        var began = Stopwatch.GetTimestamp();
        var events = new StoredEvents(_sandbox.ConnectionString);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (
            (Lags().Values.Sum() > 0 || await events.UnpublishedAsync(stop) > 0)
            && Stopwatch.GetElapsedTime(began) < Rest
        )
            await ticks.WaitForNextTickAsync(stop);
    }

    /// <summary>The host commits a position for every partition within a minute, also for an empty one.</summary>
    private async Task<IReadOnlyCollection<string>> UncommittedAsync(CancellationToken stop)
    {
        var began = Stopwatch.GetTimestamp();
        using var ticks = new PeriodicTimer(Second);
        while (true)
        {
            var left = _scaled
                .Triggers.SelectMany(trigger =>
                    _positions
                        .Read(trigger)
                        .Where(position => position.Committed is null)
                        .Select(position => $"{trigger.Topic} [{position.Partition}]")
                )
                .ToList();
            if (left.Count == 0 || Stopwatch.GetElapsedTime(began) > TimeSpan.FromMinutes(1))
                return left;
            await ticks.WaitForNextTickAsync(stop);
        }
    }
}
