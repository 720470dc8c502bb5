using CoffeeBuddy.Benchmarks.Processes;

namespace CoffeeBuddy.Benchmarks.Load;

/// <summary>Compilers of .NET and Node optimize what runs often, while it runs. That is not part of a measurement.</summary>
internal static class Warming
{
    private const int MostRounds = 10;
    private const double Settled = 0.9;
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(3);

    /// <summary>Sends requests until each takes no less CPU than before.</summary>
    public static async Task WarmAsync(this HttpLoad load, ServerProcess server, CancellationToken stop)
    {
        var before = double.MaxValue;
        for (var round = 0; round < MostRounds; round++)
        {
            var start = server.Cpu;
            var result = (await load.ClosedAsync(Round, stop)).Required();
            var now = (server.Cpu - start) / result.Latencies.Count;
            if (now > Settled * before)
                return;
            before = now;
        }
    }
}
