using System.Diagnostics;

namespace CoffeeBuddy.Benchmarks.Load;

/// <param name="Latencies">Of all answers, in milliseconds; never empty.</param>
/// <param name="Failed">How many of the answers were not 200.</param>
internal sealed record LoadResult(TimeSpan Duration, IReadOnlyList<double> Latencies, int Failed)
{
    /// <summary>Answers with 200.</summary>
    public double PerSecond => (Latencies.Count - Failed) / Duration.TotalSeconds;

    public double Percentile(double percent) => Percentiles.Of(Latencies, percent);

    /// <exception cref="InvalidOperationException">Most requests failed: this would measure something else.</exception>
    public LoadResult Required() =>
        Failed <= Latencies.Count / 2
            ? this
            : throw new InvalidOperationException($"{Failed} of {Latencies.Count} requests failed.");
}

/// <summary>Sends requests over connections that stay open, one at a time over each.</summary>
/// <param name="next">The bytes of the next request; called from several threads.</param>
internal sealed class HttpLoad(int port, int connections, Func<byte[]> next)
{
    /// <summary>Each connection sends its next request when it has its answer: the most that the server can do.</summary>
    public Task<LoadResult> ClosedAsync(TimeSpan duration, CancellationToken stop)
    {
        var end = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        return RunAsync(
            () =>
            {
                var now = Stopwatch.GetTimestamp();
                return ValueTask.FromResult<long?>(now < end ? now : null);
            },
            stop
        );
    }

    /// <summary>
    /// Requests arrive at a constant rate, whatever the server does. One that has to wait for a free connection has
    /// waited for the server: its latency counts from when it was due.
    /// </summary>
    public Task<LoadResult> OpenAsync(double perSecond, TimeSpan duration, CancellationToken stop)
    {
        var total = (long)(perSecond * duration.TotalSeconds);
        var start = Stopwatch.GetTimestamp();
        var sent = -1L;
        return RunAsync(
            async () =>
            {
                var number = Interlocked.Increment(ref sent);
                if (number >= total)
                    return null;
                var due = start + (long)(number / perSecond * Stopwatch.Frequency);
                var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
                if (wait <= TimeSpan.Zero)
                    return due;
                // The inaccuracy of this machine's timer is not the server's: counts from when it is sent.
                await Task.Delay(wait, stop);
                return Stopwatch.GetTimestamp();
            },
            stop
        );
    }

    /// <summary>So many requests, all due now: those that wait for a connection have waited for the server.</summary>
    public Task<LoadResult> AtOnceAsync(int requests, CancellationToken stop)
    {
        var due = Stopwatch.GetTimestamp();
        var sent = 0;
        return RunAsync(
            () => ValueTask.FromResult<long?>(Interlocked.Increment(ref sent) <= requests ? due : null),
            stop
        );
    }

    /// <param name="turn">Returns when the request was due; null: the load ends.</param>
    private async Task<LoadResult> RunAsync(Func<ValueTask<long?>> turn, CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        var parts = await Task.WhenAll(
            Enumerable.Range(0, connections).Select(_ => Task.Run(() => SendAsync(turn, stop), stop))
        );
        return new(
            Stopwatch.GetElapsedTime(started),
            [.. parts.SelectMany(part => part.Latencies)],
            parts.Sum(part => part.Failed)
        );
    }

    private async Task<(List<double> Latencies, int Failed)> SendAsync(
        Func<ValueTask<long?>> turn,
        CancellationToken stop
    )
    {
        List<double> latencies = [];
        var failed = 0;
        using var connection = await HttpConnection.OpenAsync(port, stop);
        while (await turn() is { } due)
        {
            var status = await connection.ExchangeAsync(next(), stop);
            latencies.Add(Stopwatch.GetElapsedTime(due).TotalMilliseconds);
            if (status != 200)
                failed++;
        }

        return (latencies, failed);
    }
}
