using CoffeeBuddy.Benchmarks.Load;
using CoffeeBuddy.Benchmarks.Peers;
using CoffeeBuddy.Sandbox.Workers;

namespace CoffeeBuddy.Benchmarks.Rows;

/// <summary>
/// Signature, parsing and acknowledgement of a click that asks for nothing, with its log line and metrics, against a
/// Kestrel endpoint that reads the same body.
/// </summary>
internal sealed class AckRow() : Row("ack")
{
    public override async Task<IReadOnlyList<Result>> MeasureAsync(Lab lab, CancellationToken stop)
    {
        await using var worker = await lab.StartWorkerAsync(WorkerRoles.Http, stop);
        await using var kestrel = await Lab.StartPeerAsync(PeerCommand.RawKestrel, stop);
        var turns = await HttpPair.CompareAsync(worker, kestrel, new SlackRequests().Click, stop);
        return [turns.Ratio(HttpPair.Throughput, "/s", Must.AtLeast(0.7)), turns.Ratio(HttpPair.Cpu, "µs", must: null)];
    }
}
