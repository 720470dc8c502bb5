using System.Diagnostics;
using System.Globalization;
using CoffeeBuddy.Benchmarks.Processes;
using CoffeeBuddy.Sandbox.Workers;

namespace CoffeeBuddy.Benchmarks.Rows;

/// <summary>
/// 10,000 events of orders that wait in Kafka, worked off by one, two and four workers: from Slack's first call to its
/// last. The runs have a runner and their messages already, because Slack takes one new message a second and channel.
/// No message may be posted twice.
/// </summary>
internal sealed class WaveRow() : Row("wave")
{
    private const int Runs = 1_000;
    private const int OrdersOfRun = 10;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    /// <summary>Nothing is called for so long only when everything is done.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    public override async Task<IReadOnlyList<Result>> MeasureAsync(Lab lab, CancellationToken stop)
    {
        await lab.EmptyAsync(stop);
        List<Result> results = [];
        var first = 1;
        foreach (var workers in (int[])[1, 2, 4])
        {
            await PublishAsync(lab, first, stop);
            var (seconds, repeated) = await WorkOffAsync(lab, workers, stop);
            first += Runs;
            var name = workers == 1 ? "1 worker" : string.Create(CultureInfo.InvariantCulture, $"{workers} workers");
            results.Add(Result.Of(name, "events/s", [Runs * OrdersOfRun / seconds], must: null));
            results.Add(Result.Of($"{name}, messages posted twice", "", [repeated], Must.AtMost(0)));
        }

        return results;
    }

    /// <summary>
    /// Stores orders with their events, as the http workers would while Kafka is down, and has them published.
    /// </summary>
    private static async Task PublishAsync(Lab lab, int first, CancellationToken stop)
    {
        await StoredRun.OpenAsync(lab, first, Runs, stop);
        await lab.ExecuteAsync(
            $$"""
            CREATE TEMP TABLE wave AS
            SELECT bench_run(r) AS run_id, bench_channel(r) AS channel_id, bench_person(1 + (r * 7 + p) % {{StoredRun.People}}) AS user_id, gen_random_uuid() AS order_id
            FROM generate_series({{first}}, {{first + Runs - 1}}) r, generate_series(1, {{OrdersOfRun}}) p;
            UPDATE coffee_runs r
            SET first_order_at = now(), deadline_at = now(), empty_since = NULL, version = {{OrdersOfRun}},
                runner_user_id = bench_person(1), assigned_at = now(), assignment_reason = 'the fewest', reminder_sent_at = now()
            FROM wave w WHERE w.run_id = r.run_id;
            INSERT INTO slack_messages (run_id, kind, recipient, channel_id, ts, shown_version, created_at, updated_at)
            SELECT DISTINCT run_id, kind, CASE kind WHEN 'runner_dm' THEN bench_person(1) ELSE '' END, channel_id, '1700000000.000100', 1, now(), now()
            FROM wave, unnest(ARRAY['announcement', 'summary', 'assignment', 'runner_dm']) kind;
            INSERT INTO orders (order_id, run_id, user_id, drink_type, size, customizations, created_at)
            SELECT order_id, run_id, user_id, 'Latte', 'Large', '[]', now() FROM wave;
            INSERT INTO outbox (event_id, topic, message_key, event_type, data, created_at)
            SELECT gen_random_uuid(), 'coffee.orders', run_id::text, 'coffee.order.placed',
                json_build_object('run_id', run_id, 'workspace_id', '{{Load.SlackRequests.Team}}', 'channel_id', channel_id, 'user_id', user_id, 'order_id', order_id)::text, now()
            FROM wave;
            """,
            stop
        );
        await using var timer = await lab.StartWorkerAsync(WorkerRoles.Timer, stop);
        while (await lab.CountAsync("outbox WHERE published_at IS NULL", stop) > 0)
            await Task.Delay(Poll, stop);
    }

    private static async Task<(double Seconds, double Repeated)> WorkOffAsync(
        Lab lab,
        int workers,
        CancellationToken stop
    )
    {
        var (posts, before) = (lab.Slack.Posts, lab.Slack.LastCall);
        var messages = await MessagesAsync(lab, stop);
        var firstCall = FirstCallAsync(lab, before, stop);
        // The cluster in memory lets members that join a group wait almost as long as a session: short ones.
        var settings = new Dictionary<string, string?>
        {
            ["AzureFunctionsJobHost__extensions__kafka__sessionTimeoutMs"] = "3000",
        };
        var started = await Task.WhenAll(
            Enumerable.Range(0, workers).Select(_ => lab.StartWorkerAsync(WorkerRoles.Kafka, stop, settings))
        );
        try
        {
            var first = await firstCall;
            while (Stopwatch.GetElapsedTime(lab.Slack.LastCall) < Quiet)
                await Task.Delay(Poll, stop);
            var seconds = Stopwatch.GetElapsedTime(first, lab.Slack.LastCall).TotalSeconds;
            return (seconds, lab.Slack.Posts - posts - (await MessagesAsync(lab, stop) - messages));
        }
        finally
        {
            foreach (ServerProcess worker in started)
                await worker.DisposeAsync();
        }
    }

    private static async Task<long> FirstCallAsync(Lab lab, long before, CancellationToken stop)
    {
        while (lab.Slack.LastCall == before)
            await Task.Delay(TimeSpan.FromMilliseconds(1), stop);
        return lab.Slack.LastCall;
    }

    private static Task<long> MessagesAsync(Lab lab, CancellationToken stop) =>
        lab.CountAsync("slack_messages WHERE ts IS NOT NULL", stop);
}
