using System.Diagnostics;
using CoffeeBuddy.Benchmarks.Load;
using CoffeeBuddy.Benchmarks.Processes;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Sandbox.Workers;
using Microsoft.Extensions.DependencyInjection;

namespace CoffeeBuddy.Benchmarks.Rows;

/// <summary>
/// <c>/coffee</c>, <c>/coffee-history</c> and the assignment of a runner after years, with a million runs, against the
/// same in a new office with a hundred. Each run has ten orders.
/// </summary>
internal sealed class LargeRow() : Row("large")
{
    private const int RunsAfterYears = 1_000_000;
    private const int RunsOfNewOffice = 100;
    private const string Coffee = "p50 of /coffee";
    private const string History = "p50 of /coffee-history";
    private const string Assignment = "p50 of the assignment";

    private static readonly Must Most = Must.AtMost(1.2);

    public override async Task<IReadOnlyList<Result>> MeasureAsync(Lab lab, CancellationToken stop)
    {
        await lab.EmptyAsync(stop);
        await using var small = await Office.OpenAsync(lab, RunsOfNewOffice, stop);
        await using var otherLab = await Lab.StartAsync(stop);
        await using var large = await Office.OpenAsync(otherLab, RunsAfterYears, stop);
        await small.MeasureAsync(stop);
        await large.MeasureAsync(stop);
        var turns = await Turns.TakeAsync(() => large.MeasureAsync(stop), () => small.MeasureAsync(stop));
        return [turns.Ratio(Coffee, "ms", Most), turns.Ratio(History, "ms", Most), turns.Ratio(Assignment, "ms", Most)];
    }

    private sealed class Office : IAsyncDisposable
    {
        private const int Connections = 4;
        private const int PerSecond = 40;
        private const int Assignments = 25;

        private static readonly TimeSpan Turn = TimeSpan.FromSeconds(3);

        private readonly Lab _lab;
        private readonly ServerProcess _worker;
        private readonly ServiceProvider _services;
        private int _assigned;

        private Office(Lab lab, ServerProcess worker) =>
            (_lab, _worker, _services) = (lab, worker, StoreServices.Of(lab, Connections));

        public static async Task<Office> OpenAsync(Lab lab, int runs, CancellationToken stop)
        {
            await YearsAsync(lab, runs, stop);
            return new(lab, await lab.StartWorkerAsync(WorkerRoles.Http, stop));
        }

        public async Task<IReadOnlyDictionary<string, double>> MeasureAsync(CancellationToken stop)
        {
            var requests = new SlackRequests();
            return new Dictionary<string, double>
            {
                [Coffee] = await CommandAsync(requests.Coffee, stop),
                [History] = await CommandAsync(requests.History, stop),
                [Assignment] = await AssignAsync(stop),
            };
        }

        public async ValueTask DisposeAsync()
        {
            await _worker.DisposeAsync();
            await _services.DisposeAsync();
        }

        private async Task<double> CommandAsync(Func<byte[]> next, CancellationToken stop)
        {
            var load = new HttpLoad(_worker.Port, Connections, next);
            return (await load.OpenAsync(PerSecond, Turn, stop)).Required().Percentile(50);
        }

        private async Task<double> AssignAsync(CancellationToken stop)
        {
            var first = RunsAfterYears + _assigned + 1;
            _assigned += Assignments;
            await DueAsync(first, stop);
            var store = _services.GetRequiredService<RunStore>();
            List<double> latencies = [];
            for (var number = first; number < first + Assignments; number++)
            {
                var started = Stopwatch.GetTimestamp();
                var result = await store.AssignIfDueAsync(new StoredRun(number).Id, traceParent: null, stop);
                latencies.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                if (!result.Assigned)
                    throw new InvalidOperationException($"Run {number} has no runner.");
            }

            return Result.Median(latencies);
        }

        /// <summary>Stores runs with three orders each, in channels where others have had runs.</summary>
        private Task DueAsync(int first, CancellationToken stop) =>
            _lab.ExecuteAsync(
                $"""
                UPDATE coffee_runs SET status = 'cancelled', cancelled_at = now()
                WHERE status = 'active' AND run_id > bench_run({RunsAfterYears});
                INSERT INTO coffee_runs (run_id, workspace_id, channel_id, initiator_user_id, created_at, changed_at, first_order_at, deadline_at)
                SELECT bench_run(n), '{SlackRequests.Team}', bench_channel({SlackRequests.Channels} + n % {SlackRequests.Channels}), bench_person(n % {StoredRun.People}),
                    now(), now(), now(), now() + interval '1 hour'
                FROM generate_series({first}, {first + Assignments - 1}) n;
                INSERT INTO orders (order_id, run_id, user_id, drink_type, size, customizations, created_at)
                SELECT gen_random_uuid(), bench_run(n), bench_person((n * 7 + k * 199) % {StoredRun.People}), 'Latte', 'Large', '[]', now()
                FROM generate_series({first}, {first + Assignments - 1}) n, generate_series(1, 3) k;
                """,
                stop
            );

        /// <summary>
        /// Stores the people, and completed runs of three years. What these requests do not read is left out: audit,
        /// events and messages.
        /// </summary>
        private static async Task YearsAsync(Lab lab, int runs, CancellationToken stop)
        {
            const int AtOnce = 50_000;
            await StoredRun.OpenAsync(lab, 1, 0, stop);
            await lab.ExecuteAsync(
                $"""
                INSERT INTO users (user_id, created_at, updated_at, profile_refreshed_at) VALUES (bench_person(0), now(), now(), now()) ON CONFLICT DO NOTHING;
                INSERT INTO user_preferences (preference_id, user_id, drink_type, size, customizations, order_count, last_ordered_at)
                SELECT gen_random_uuid(), bench_person(n), 'Drink ' || k, 'Small', '[]', k, now() FROM generate_series(1, {StoredRun.People}) n, generate_series(1, 3) k;
                """,
                stop
            );
            for (var first = 1; first <= runs; first += AtOnce)
            {
                var last = Math.Min(runs, first + AtOnce - 1);
                // Without the checks of foreign keys, which take longer than the rows.
                await lab.ExecuteAsync(
                    $"""
                    SET LOCAL session_replication_role = replica;
                    INSERT INTO coffee_runs (run_id, workspace_id, channel_id, initiator_user_id, runner_user_id, status, created_at, changed_at,
                        first_order_at, deadline_at, assigned_at, reminder_sent_at, completed_at)
                    SELECT bench_run(n), '{SlackRequests.Team}', bench_channel(1 + n % {2
                        * SlackRequests.Channels}), bench_person(n % {StoredRun.People}),
                        bench_person((n * 11) % {StoredRun.People}), 'completed', at, at, at, at, at, at, at
                    FROM generate_series({first}, {last}) n, LATERAL (SELECT now() - interval '3 years' * (1 - n / {runs
                        + 1.0:0.0})) AS run (at);
                    INSERT INTO orders (order_id, run_id, user_id, drink_type, size, customizations, created_at)
                    SELECT gen_random_uuid(), bench_run(n), bench_person((n * 7 + k * 199) % {StoredRun.People}), 'Latte', 'Large', '[]',
                        now() - interval '3 years' * (1 - n / {runs + 1.0:0.0})
                    FROM generate_series({first}, {last}) n, generate_series(1, 10) k;
                    """,
                    stop
                );
            }

            await lab.ExecuteAsync("VACUUM ANALYZE", stop);
        }
    }
}
