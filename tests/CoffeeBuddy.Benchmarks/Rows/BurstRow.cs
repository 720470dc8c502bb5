using CoffeeBuddy.Benchmarks.Load;
using CoffeeBuddy.Benchmarks.Processes;
using CoffeeBuddy.Sandbox.Workers;

namespace CoffeeBuddy.Benchmarks.Rows;

/// <summary>
/// 300 orders at once in one run and 50 in each of ten other channels, against the 300 alone: the others must not wait
/// for the one run, whose orders wait for each other.
/// </summary>
internal sealed class BurstRow() : Row("burst")
{
    private const int OfOneRun = 300;
    private const int Others = 10;
    private const int OfEachOther = 50;
    private const int Connections = 32;
    private const string P99 = "p99 of the others";

    public override async Task<IReadOnlyList<Result>> MeasureAsync(Lab lab, CancellationToken stop)
    {
        await lab.EmptyAsync(stop);
        await using var worker = await lab.StartWorkerAsync(WorkerRoles.Http, stop);
        var first = 1;
        await BesideAsync(lab, worker, first, stop);
        var turns = await Turns.TakeAsync(
            () => BesideAsync(lab, worker, first += 1 + Others, stop),
            () => AloneAsync(lab, worker, first += 1 + Others, stop)
        );
        return [turns.Ratio(P99, "ms", Must.AtMost(1.3))];
    }

    private static async Task<IReadOnlyDictionary<string, double>> BesideAsync(
        Lab lab,
        ServerProcess worker,
        int first,
        CancellationToken stop
    )
    {
        await StoredRun.OpenAsync(lab, first, 1 + Others, stop);
        var number = 0;
        var one = OneRun(worker, new(first)).AtOnceAsync(OfOneRun, stop);
        var others = new HttpLoad(
            worker.Port,
            Connections,
            () =>
            {
                var order = Interlocked.Increment(ref number) - 1;
                return SlackRequests.Order(new(first + 1 + (order % Others)), person: 1 + (order / Others));
            }
        ).AtOnceAsync(Others * OfEachOther, stop);
        await Task.WhenAll(one, others);
        await RequireOrdersAsync(lab, first, OfOneRun + (Others * OfEachOther), stop);
        return new Dictionary<string, double> { [P99] = (await others).Percentile(99) };
    }

    private static async Task<IReadOnlyDictionary<string, double>> AloneAsync(
        Lab lab,
        ServerProcess worker,
        int first,
        CancellationToken stop
    )
    {
        await StoredRun.OpenAsync(lab, first, count: 1, stop);
        var result = await OneRun(worker, new(first)).AtOnceAsync(OfOneRun, stop);
        await RequireOrdersAsync(lab, first, OfOneRun, stop);
        return new Dictionary<string, double> { [P99] = result.Percentile(99) };
    }

    private static HttpLoad OneRun(ServerProcess worker, StoredRun run)
    {
        var person = 0;
        return new(worker.Port, Connections, () => SlackRequests.Order(run, Interlocked.Increment(ref person)));
    }

    /// <summary>An order that was refused has an answer with 200 too, which says so.</summary>
    private static async Task RequireOrdersAsync(Lab lab, int first, int expected, CancellationToken stop)
    {
        var stored = await lab.CountAsync(
            $"orders WHERE run_id BETWEEN bench_run({first}) AND bench_run({first + Others})",
            stop
        );
        if (stored != expected)
            throw new InvalidOperationException($"{stored} of {expected} orders were stored.");
    }
}
