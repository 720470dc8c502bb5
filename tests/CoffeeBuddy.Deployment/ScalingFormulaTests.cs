using CoffeeBuddy.Scaling.Keda;

namespace CoffeeBuddy.Deployment;

/// <summary>
/// What KEDA and the autoscaler make of keda/scaledobject.yaml, by their published formulas. The program
/// CoffeeBuddy.Scaling drives workers with the same code.
/// </summary>
public sealed class ScalingFormulaTests
{
    private const long Threshold = 50;

    private static readonly KafkaTrigger Trigger = new()
    {
        Topic = "coffee.orders",
        ConsumerGroup = "coffeebuddy-orders",
        LagThreshold = Threshold,
    };

    private static readonly ScaledObject Installed = ScaledObject.Read(
        File.ReadAllText(Repository.File("keda/scaledobject.yaml"))
    );

    [Theory]
    [InlineData(false, 500)]
    [InlineData(true, 0)]
    public void A_partition_without_a_position_counts_for_ever_unless_scaleToZeroOnInvalidOffset(
        bool zero,
        long counted
    )
    {
        var scaler = new KafkaScaler(Trigger with { ExcludePersistentLag = true, ScaleToZeroOnInvalidOffset = zero });

        // All its records have expired. It has no lag, but its end is 500.
        Assert.All(
            Enumerable.Range(0, 3),
            _ => Assert.Equal(counted, scaler.Request([new(0, Committed: null, End: 500), .. Empty(11)]))
        );
    }

    [Fact]
    public void A_partition_whose_record_waits_for_its_retry_counts_once_and_again_when_it_goes_on()
    {
        var scaler = new KafkaScaler(Trigger with { ExcludePersistentLag = true });

        Assert.Equal(30, scaler.Request([new(0, 10, 40)]));
        Assert.Equal(0, scaler.Request([new(0, 10, 90)]));
        Assert.Equal(80, scaler.Request([new(0, 11, 91)]));
    }

    [Theory]
    [InlineData(true, 30)]
    [InlineData(false, 0)]
    public void Without_cached_metrics_the_autoscaler_does_not_see_the_lag_that_KEDAs_loop_has_just_seen(
        bool cached,
        long seen
    )
    {
        var trigger = Trigger with { ExcludePersistentLag = true, UseCachedMetrics = cached };
        var metrics = new Metrics(Installed with { Triggers = [trigger] }, _ => [new(0, 10, 40)]);

        metrics.Poll();

        Assert.Equal(seen, Assert.Single(metrics.Read()).Value);
    }

    [Theory]
    [InlineData(false, 12 * Threshold)]
    [InlineData(true, 3 * Threshold)]
    public void No_more_workers_are_asked_for_than_there_are_partitions_with_lag(bool limited, long reported)
    {
        var scaler = new KafkaScaler(Trigger with { LimitToPartitionsWithLag = limited });

        Assert.Equal(reported, scaler.Request([.. Lagging(3, lag: 10_000), .. Empty(9)]));
    }

    [Fact]
    public void LimitToPartitionsWithLag_is_refused_without_a_topic()
    {
        var refused = Assert.Throws<InvalidDataException>(() =>
            KafkaTrigger.Read(
                new Dictionary<string, string> { ["consumerGroup"] = "g", ["limitToPartitionsWithLag"] = "true" },
                useCachedMetrics: true
            )
        );

        Assert.Contains("topic", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_setting_that_the_program_does_not_follow_is_refused()
    {
        Assert.Throws<InvalidDataException>(() =>
            KafkaTrigger.Read(
                new Dictionary<string, string>
                {
                    ["consumerGroup"] = "g",
                    ["topic"] = "t",
                    ["offsetResetPolicy"] = "earliest",
                    ["ensureEvenDistributionOfPartitions"] = "true",
                },
                useCachedMetrics: true
            )
        );
    }

    [Fact]
    public void The_most_workers_are_reached_when_as_many_partitions_lag()
    {
        Assert.All(Installed.Triggers, trigger => Assert.Equal(Installed.MaxReplicas, Reached(Installed, trigger)));
    }

    [Fact]
    public void From_eleven_on_the_tolerance_of_the_autoscaler_keeps_it_one_short()
    {
        var larger = Installed with { MaxReplicas = 11 };

        Assert.All(Installed.Triggers, trigger => Assert.Equal(10, Reached(larger, trigger)));
    }

    [Fact]
    public void The_trigger_that_asks_for_most_decides()
    {
        var autoscaler = new Autoscaler(Installed, TimeSpan.Zero, replicas: 1);

        var decision = autoscaler.Decide(
            Installed.ScaleUp.StabilizationWindow,
            current: 1,
            [new("a", 0, Threshold), new("b", 3 * Threshold, Threshold), new("c", Threshold, Threshold)]
        );

        Assert.Equal(3, decision.Demand);
    }

    [Fact]
    public void A_burst_that_one_worker_finishes_within_the_window_starts_no_other()
    {
        var replicas = Play(Installed, start: 1, at => at == TimeSpan.Zero ? 10_000 : 0, TimeSpan.FromMinutes(5));

        Assert.All(replicas, each => Assert.Equal(1, each.Replicas));
    }

    [Fact]
    public void Scaling_out_waits_for_the_window_and_at_most_doubles_each_minute()
    {
        var replicas = Play(Installed, start: 1, _ => 10_000, TimeSpan.FromMinutes(5));

        var first = replicas.First(each => each.Replicas > 1);
        Assert.True(first.At >= Installed.ScaleUp.StabilizationWindow);
        Assert.All(
            replicas.Skip(1),
            each => Assert.True(each.Replicas <= 2 * replicas.Last(before => before.At <= each.At - Minute).Replicas)
        );
        Assert.Equal(Installed.MaxReplicas, replicas[^1].Replicas);
    }

    [Fact]
    public void Scaling_in_waits_for_the_window_and_takes_one_worker_at_a_time()
    {
        var replicas = Play(Installed, start: 6, at => at < Minute ? 10_000 : 0, TimeSpan.FromMinutes(30));

        var changes = replicas
            .Zip(replicas.Skip(1))
            .Where(pair => pair.First.Replicas != pair.Second.Replicas)
            .ToList();
        Assert.True(changes[0].Second.At >= Minute + Installed.ScaleDown.StabilizationWindow - Autoscaler.Interval);
        Assert.All(changes, change => Assert.Equal(1, change.First.Replicas - change.Second.Replicas));
        Assert.All(
            changes.Zip(changes.Skip(1)),
            pair =>
                Assert.True(
                    pair.Second.Second.At - pair.First.Second.At >= Assert.Single(Installed.ScaleDown.Policies).Period
                )
        );
        Assert.Equal(Installed.MinReplicas, replicas[^1].Replicas);
    }

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>The replicas after an hour in which as many partitions lag as there may be workers.</summary>
    private static int Reached(ScaledObject scaled, KafkaTrigger trigger)
    {
        var scaler = new KafkaScaler(trigger with { ExcludePersistentLag = false });
        var lag = scaler.Request([
            .. Lagging(scaled.MaxReplicas, lag: 10_000),
            .. Empty(12 - scaled.MaxReplicas, from: scaled.MaxReplicas),
        ]);
        return Play(scaled, start: scaled.MaxReplicas - 1, _ => lag, TimeSpan.FromHours(1))[^1].Replicas;
    }

    /// <summary>The decisions of the autoscaler when the lag develops in this way.</summary>
    private static List<(TimeSpan At, int Replicas)> Play(
        ScaledObject scaled,
        int start,
        Func<TimeSpan, long> lag,
        TimeSpan duration
    )
    {
        var autoscaler = new Autoscaler(scaled, TimeSpan.Zero, start);
        var replicas = new List<(TimeSpan At, int Replicas)> { (-duration, start) };
        for (var at = TimeSpan.Zero; at <= duration; at += Autoscaler.Interval)
        {
            var metric = new Metric(
                "t",
                lag(at),
                Assert.Single(scaled.Triggers.DistinctBy(t => t.LagThreshold)).LagThreshold
            );
            replicas.Add((at, autoscaler.Decide(at, replicas[^1].Replicas, [metric]).Replicas));
        }

        return replicas;
    }

    private static IEnumerable<PartitionPosition> Lagging(int count, long lag) =>
        Enumerable.Range(0, count).Select(partition => new PartitionPosition(partition, 0, lag));

    private static IEnumerable<PartitionPosition> Empty(int count, int from = 1) =>
        Enumerable.Range(from, count).Select(partition => new PartitionPosition(partition, 0, 0));
}
