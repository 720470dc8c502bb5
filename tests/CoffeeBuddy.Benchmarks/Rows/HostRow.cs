using CoffeeBuddy.Benchmarks.Load;
using CoffeeBuddy.Benchmarks.Peers;

namespace CoffeeBuddy.Benchmarks.Rows;

/// <summary>A trivial HTTP function on OnPremFunctions against the same endpoint as a minimal API.</summary>
internal sealed class HostRow() : Row("host")
{
    public override async Task<IReadOnlyList<Result>> MeasureAsync(Lab lab, CancellationToken stop)
    {
        await using var function = await Lab.StartPeerAsync(PeerCommand.Function, stop);
        await using var minimal = await Lab.StartPeerAsync(PeerCommand.MinimalApi, stop);
        var request = HttpMessage.Get("/hello");
        var turns = await HttpPair.CompareAsync(function, minimal, () => request, stop);
        return
        [
            turns.Ratio(HttpPair.Throughput, "/s", Must.AtLeast(0.9)),
            turns.Ratio(HttpPair.Cpu, "µs", Must.AtMost(1.15)),
        ];
    }
}
