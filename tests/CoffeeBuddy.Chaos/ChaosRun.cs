using System.Globalization;
using CoffeeBuddy.Chaos.Faults;
using CoffeeBuddy.Chaos.Invariants;
using CoffeeBuddy.Chaos.People;
using CoffeeBuddy.Chaos.Record;
using CoffeeBuddy.Sandbox;

namespace CoffeeBuddy.Chaos;

/// <summary>One run: people order, faults strike, the remaining work is done, and the invariants are checked.</summary>
internal sealed class ChaosRun(ChaosOptions options, TextWriter output)
{
    /// <summary>The product's durations in seconds instead of minutes.</summary>
    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["CoffeeBuddy__OrderWindow"] = "00:00:08",
        ["CoffeeBuddy__ReminderDelay"] = "00:00:05",
        ["CoffeeBuddy__EmptyRunTimeout"] = "00:00:15",
        ["Sweep__Schedule"] = "* * * * * *",
        ["Sweep__ReconcileAfter"] = "00:00:10",
        ["Slack__RateShare"] = "100",
        // Everybody types and clicks many times a minute.
        ["CoffeeBuddy__MaxActiveRuns"] = "1000",
        ["Limits__RequestsPerMinute"] = "100000",
        // With the default of 30 s, most requests would be answered with 503, and the other faults would strike idle
        // workers.
        ["CoffeeBuddy__Database__OpenFor"] = "00:00:02",
    };

    private readonly TimeProvider _time = TimeProvider.System;
    private readonly Office _office = new(options);
    private readonly PromiseBook _book = new();
    private readonly Board _board = new();
    private readonly Report _report = new(output);

    /// <returns>True if every invariant holds.</returns>
    public static Task<bool> PlayAsync(ChaosOptions options, TextWriter output, CancellationToken stop) =>
        new ChaosRun(options, TextWriter.Synchronized(output)).PlayAsync(stop);

    private async Task<bool> PlayAsync(CancellationToken stop)
    {
        await output.WriteLineAsync(
            $"Seed {options.Seed}: {options.People} people, {options.Channels} channels, faults for {options.Duration.TotalSeconds:0} s."
        );
        // Looked through at the end.
        var logs = options.LogFolder ?? Directory.CreateTempSubdirectory("coffeebuddy-chaos-").FullName;
        await using var sandbox = await SandboxHost.StartAsync(
            new SandboxOptions
            {
                Slack = _office.Workspace,
                Settings = Settings,
                KafkaServers = options.KafkaServers,
                Brokers = 3,
                LogFolder = logs,
                Postgres = new() { MaxConnections = 200 },
            },
            stop
        );
        await using var workers = new Workers(sandbox, _time, stop);
        using var simulator = new HttpClient { BaseAddress = sandbox.Slack.BaseAddress };
        var stored = new StoredState(sandbox.ConnectionString);
        var kafka = new KafkaState(sandbox.KafkaServers);
        var record = new SlackRecord(sandbox.Slack, _board);
        var samples = new Samples(workers, stored, () => sandbox.Postgres.Port, _time);
        var faults = Faults(sandbox, workers);
        var saboteur = new Saboteur(Schedule.Make(faults, options.Duration, options.Seed), options.Seed, output, _time);

        using var watching = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task[] watches = [record.FollowAsync(watching.Token), workers.WatchAsync(watching.Token)];
        var (took, left) = (TimeSpan.Zero, (IReadOnlyList<string>)[]);
        try
        {
            await WorkAsync(simulator, saboteur, samples, stored, stop);
            stop.ThrowIfCancellationRequested();
            await output.WriteLineAsync("\nThe faults have ended. Waiting until all work is done.");
            (took, left) = await new Quiet(stored, kafka, _time).WaitAsync(options.Quiet, stop);
            await samples.RestAsync(stop);
        }
        finally
        {
            await watching.CancelAsync();
            await Task.WhenAll(watches);
        }

        stop.ThrowIfCancellationRequested();
        var evidence = await GatherAsync(stored, kafka, record, saboteur, workers);
        List<Invariant> invariants =
        [
            .. OrderInvariants.All(evidence),
            .. RunInvariants.All(evidence),
            .. EventInvariants.All(evidence),
            .. ToldInvariants.All(evidence),
            .. PlannedInvariants.All(evidence),
            .. OnceInvariants.All(evidence),
            new("all work was done", 1, left, $"in {took.TotalSeconds:0} s"),
            Invariant.Each(
                "the app broke no limit of Slack",
                sandbox.Slack.Traffic.Violating,
                entry => $"{entry.Kind}: {string.Join(", ", entry.Violations)}"
            ) with
            {
                Checked = record.Calls,
            },
            await LeakInvariant.CheckAsync(logs, kafka, sandbox),
            .. BoundedInvariants.All(samples),
            .. WorkInvariants.All(evidence, samples.All, faults, saboteur.Failures, options.Duration),
        ];
        if (options.LogFolder is null)
            Directory.Delete(logs, recursive: true);
        await TellAsync(evidence, record, faults, samples, invariants);
        return invariants.TrueForAll(invariant => invariant.Holds);
    }

    private async Task WorkAsync(
        HttpClient simulator,
        Saboteur saboteur,
        Samples samples,
        StoredState stored,
        CancellationToken stop
    )
    {
        using var faults = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var day = CancellationTokenSource.CreateLinkedTokenSource(stop);
        faults.CancelAfter(options.Duration);
        var sampling = samples.TakeAsync(day.Token);
        var working = _office
            .Colleagues(simulator, _board, _book, _time)
            .Select(colleague => Task.Run(() => colleague.WorkAsync(day.Token), CancellationToken.None))
            .ToList();
        await Task.WhenAll(saboteur.RunAsync(faults.Token), Pauses.AtMostAsync(options.Duration, stop));

        // On a slow machine, people may have done too little when the faults end: they continue, at most for the same
        // time.
        day.CancelAfter(options.Duration);
        while (
            !day.IsCancellationRequested
            && !WorkInvariants.Work(_book, await stored.AuditedAsync(), options.Duration).All(done => done.IsEnough)
        )
            await Pauses.AtMostAsync(TimeSpan.FromSeconds(1), day.Token);
        await day.CancelAsync();
        await Task.WhenAll([sampling, .. working]);
    }

    private IReadOnlyList<Fault> Faults(SandboxHost sandbox, Workers workers) =>
        [
            .. new WorkerFaults(workers).All(),
            .. new DatabaseFaults(sandbox).All(),
            .. options.KafkaServers is null ? new KafkaFaults(sandbox.Kafka).All() : [],
            .. new SlackFaults(sandbox.Slack).All(),
        ];

    private async Task<Evidence> GatherAsync(
        StoredState stored,
        KafkaState kafka,
        SlackRecord record,
        Saboteur saboteur,
        Workers workers
    ) =>
        new()
        {
            Book = _book,
            Posts = record.Posts,
            Asked = record.AskedForLater,
            Unheard = record.Unheard,
            Incidents = saboteur.Incidents,
            Ends = workers.Ends,
            Runs = (await stored.RunsAsync()).ToDictionary(run => run.Id),
            Orders = await stored.OrdersAsync(),
            Audit = await stored.AuditAsync(),
            Ledger = await stored.LedgerAsync(),
            Planned = (await stored.PlannedAsync()).ToDictionary(planned => planned.Id),
            Outbox = await stored.OutboxAsync(),
            Processed = await stored.ProcessedAsync(),
            Preferences = await stored.PreferencesAsync(),
            OnKafka = SandboxOptions.Topics.ToDictionary(
                topic => topic.Topic,
                topic => (IReadOnlyList<string>)kafka.Headers(topic.Topic, "ce_id")
            ),
            DeadLetters = kafka.Headers("coffee.deadletter", "dl_cause"),
            WithoutApp = _office.WithoutApp,
            Now = await stored.NowAsync(),
        };

    private async Task TellAsync(
        Evidence evidence,
        SlackRecord record,
        IReadOnlyList<Fault> faults,
        Samples samples,
        List<Invariant> invariants
    )
    {
        await _report.CountsAsync("Actions of people", _book.Operations);
        await _report.CountsAsync(
            "Stored",
            new Dictionary<string, int>
            {
                ["runs completed"] = evidence.Runs.Values.Count(run => run.Status == "completed"),
                ["runs cancelled"] = evidence.Runs.Values.Count(run => run.Status == "cancelled"),
                ["runs active"] = evidence.Runs.Values.Count(run => run.IsActive),
                ["orders"] = evidence.Orders.Count,
                ["events"] = evidence.Outbox.Count,
                ["messages posted"] = evidence.Posts.Count,
            }
        );
        var struck = evidence.Incidents.CountBy(incident => incident.Kind).ToDictionary();
        await _report.CountsAsync(
            $"Faults, {struck.Count} of {faults.Count} kinds",
            faults.Select(fault => KeyValuePair.Create(fault.Kind, struck.GetValueOrDefault(fault.Kind)))
        );
        await _report.CountsAsync($"Slack calls with a fault, of {record.Calls}", record.Faults);
        if (evidence.Ends.Count > 0)
            await output.WriteLineAsync(
                $"\nWorkers that ended unexpectedly or did not start, and were started again: {evidence.Ends.Count}\n  {string.Join("\n  ", evidence.Ends)}"
            );
        await _report.SamplesAsync(samples.All);
        await _report.InvariantsAsync(invariants);
        var failed = invariants.Count(invariant => !invariant.Holds);
        // The format of the test runners: test.sh adds up their totals.
        await output.WriteLineAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"\nSeed {options.Seed}\n   CoffeeBuddy.Chaos  Total: {invariants.Count}, Errors: 0, Failed: {failed}, Skipped: 0, Not Run: 0, Time: {options.Duration.TotalSeconds:0}s"
            )
        );
    }
}
