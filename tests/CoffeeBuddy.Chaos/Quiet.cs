using CoffeeBuddy.Chaos.Record;
using Confluent.Kafka;
using Npgsql;

namespace CoffeeBuddy.Chaos;

/// <summary>Waits until all work is done.</summary>
internal sealed class Quiet(StoredState stored, KafkaState kafka, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // No run was changed for this time. Longer than the interval of the sweeps.
    private static readonly TimeSpan Stillness = TimeSpan.FromSeconds(3);

    /// <returns>The duration, and the work that was not done within the time limit.</returns>
    public async Task<(TimeSpan Took, IReadOnlyList<string> Left)> WaitAsync(
        TimeSpan limit,
        CancellationToken cancellation
    )
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var left = await LeftAsync();
            var took = time.GetElapsedTime(started);
            if (left.Count == 0 || took > limit || cancellation.IsCancellationRequested)
                return (took, left);
            await Pauses.AtMostAsync(Interval, cancellation);
        }
    }

    private async Task<IReadOnlyList<string>> LeftAsync()
    {
        try
        {
            var left = (await stored.UnderWayAsync(Stillness))
                .Where(pair => pair.Value > 0)
                .Select(pair => $"{pair.Value} {pair.Key}")
                .ToList();
            if (left.Count == 0 && await Task.Run(kafka.Lag) is > 0 and var lag)
                left.Add($"{lag} records not consumed");
            return left;
        }
        catch (Exception exception) when (exception is NpgsqlException or KafkaException)
        {
            return [exception.Message];
        }
    }
}
