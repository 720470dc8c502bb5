using CoffeeBuddy.Benchmarks.Load;
using CoffeeBuddy.Sandbox.Workers;

namespace CoffeeBuddy.Benchmarks.Rows;

/// <summary>500 commands a second for two minutes on one worker.</summary>
internal sealed class SteadyRow() : Row("steady")
{
    private const int PerSecond = 500;
    private const int Connections = 64;
    private static readonly TimeSpan Lasts = TimeSpan.FromMinutes(2);

    public override async Task<IReadOnlyList<Result>> MeasureAsync(Lab lab, CancellationToken stop)
    {
        await lab.EmptyAsync(stop);
        await using var worker = await lab.StartWorkerAsync(WorkerRoles.Http, stop);
        var load = new HttpLoad(worker.Port, Connections, new SlackRequests().Coffee);
        await load.ClosedAsync(TimeSpan.FromSeconds(5), stop);
        var before = worker.Cpu;
        var result = await load.OpenAsync(PerSecond, Lasts, stop);
        var cpu = (worker.Cpu - before) * 1000 / result.Latencies.Count;
        return
        [
            Result.Of("p50", "ms", [result.Percentile(50)], must: null),
            Result.Of("p99", "ms", [result.Percentile(99)], Must.AtMost(100)),
            Result.Of("failed requests", "", [result.Failed], Must.AtMost(0)),
            Result.Of("CPU a request", "ms", [cpu], must: null),
            Result.Of("memory after it", "MB", [worker.Memory], Must.AtMost(110)),
        ];
    }
}
