using Confluent.Kafka;
using Microsoft.Azure.Functions.Worker;
using OnPremFunctions.Kafka;

namespace OnPremFunctions.Tests.Kafka;

public sealed class RecordSchedulerTests
{
    private static readonly TopicPartition _stays = new("topic", 0);
    private static readonly TopicPartition _goes = new("topic", 1);

    [Fact]
    public void After_a_partition_is_lost_only_the_records_of_the_others_run_again()
    {
        var scheduler = new RecordScheduler(windowLimit: 10, maxConcurrency: 1, maxBatch: 10);
        scheduler.Assign([_stays, _goes]);
        Add(scheduler, _stays, 7);
        Add(scheduler, _goes, 9);
        var batch = scheduler.Take()!;

        Assert.Same(batch, Assert.Single(scheduler.CloseWindows([_goes])));
        foreach (var work in batch.Items)
            scheduler.Retry(work);
        scheduler.End(batch);
        scheduler.Drop([_goes]);

        Assert.Equal(7, Assert.Single(scheduler.Take()!.Records).Record.Offset);
        Assert.Null(scheduler.Take());
        Assert.False(Add(scheduler, _goes, 10));
    }

    [Fact]
    public void A_late_result_of_a_lost_partition_is_ignored_after_it_returns()
    {
        var scheduler = new RecordScheduler(windowLimit: 10, maxConcurrency: 4, maxBatch: 1);
        scheduler.Assign([_goes]);
        Add(scheduler, _goes, 3);
        var late = scheduler.Take()!;
        scheduler.Drop([_goes]);
        scheduler.Assign([_goes]);
        Add(scheduler, _goes, 3);

        scheduler.Complete(late.Items[0]);
        scheduler.End(late);

        Assert.Equal(3, scheduler.PositionsOf([_goes]).Single().Offset.Value);
        Assert.Equal(3, Assert.Single(scheduler.Take()!.Records).Record.Offset);
    }

    [Theory]
    [InlineData(1, new[] { 7 })]
    [InlineData(3, new[] { 3, 2, 2 })]
    [InlineData(10, new[] { 1, 1, 1, 1, 1, 1, 1 })]
    public void Ready_keys_are_spread_over_the_free_dispatches(int maxConcurrency, int[] keys)
    {
        var scheduler = new RecordScheduler(windowLimit: 100, maxConcurrency, maxBatch: 100);
        scheduler.Assign([_stays]);
        for (byte key = 0; key < 7; key++)
            Add(scheduler, _stays, key, key);

        Assert.Equal(keys, TakeAll(scheduler).Select(static dispatch => dispatch.Items.Count));
    }

    [Fact]
    public void A_burst_of_one_key_is_one_dispatch_also_when_other_keys_are_ready()
    {
        var scheduler = new RecordScheduler(windowLimit: 100, maxConcurrency: 4, maxBatch: 5);
        scheduler.Assign([_stays]);
        for (var offset = 0; offset < 8; offset++)
            Add(scheduler, _stays, offset, key: offset < 6 ? (byte)1 : (byte)offset);

        Assert.Equal(
            ["0,1,2,3,4", "6", "7"],
            TakeAll(scheduler)
                .Select(static dispatch => string.Join(',', dispatch.Records.Select(static slot => slot.Record.Offset)))
        );
    }

    private static IEnumerable<Dispatch> TakeAll(RecordScheduler scheduler)
    {
        while (scheduler.Take() is { } dispatch)
            yield return dispatch;
    }

    private static bool Add(RecordScheduler scheduler, TopicPartition partition, long offset, byte key = 1) =>
        scheduler.Add(
            new KafkaRecord
            {
                Topic = partition.Topic,
                Partition = partition.Partition.Value,
                Offset = offset,
                Key = [key],
            }
        );
}
