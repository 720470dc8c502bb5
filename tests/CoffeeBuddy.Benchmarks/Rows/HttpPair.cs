using CoffeeBuddy.Benchmarks.Load;
using CoffeeBuddy.Benchmarks.Processes;

namespace CoffeeBuddy.Benchmarks.Rows;

/// <summary>Two servers that get the same requests over the same number of connections, as fast as they can.</summary>
internal static class HttpPair
{
    public const string Throughput = "throughput";
    public const string Cpu = "CPU a request";

    private const int Connections = 16;
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(2);

    public static async Task<Turns> CompareAsync(
        ServerProcess ours,
        ServerProcess other,
        Func<byte[]> next,
        CancellationToken stop
    )
    {
        var (toOurs, toOther) = (
            new HttpLoad(ours.Port, Connections, next),
            new HttpLoad(other.Port, Connections, next)
        );
        await toOurs.WarmAsync(ours, stop);
        await toOther.WarmAsync(other, stop);
        return await Turns.TakeAsync(
            () => MeasureAsync(ours, toOurs, stop),
            () => MeasureAsync(other, toOther, stop),
            7
        );
    }

    private static async Task<IReadOnlyDictionary<string, double>> MeasureAsync(
        ServerProcess server,
        HttpLoad load,
        CancellationToken stop
    )
    {
        var before = server.Cpu;
        var result = (await load.ClosedAsync(Turn, stop)).Required();
        return new Dictionary<string, double>
        {
            [Throughput] = result.PerSecond,
            [Cpu] = (server.Cpu - before) * 1e6 / result.Latencies.Count,
        };
    }
}
