using Confluent.Kafka;
using Microsoft.Azure.Functions.Worker;
using OnPremFunctions.Kafka;

namespace OnPremFunctions.Tests.Kafka;

public sealed class RecordSchedulerTests
{
    private static readonly TopicPartition _stays = new("topic", 0);
    private static readonly TopicPartition _goes = new("topic", 1);

    [Fact]
    public void Of_a_batch_that_lost_a_partition_only_what_stays_is_run_again()
    {
        var scheduler = new RecordScheduler(windowLimit: 10, maxConcurrency: 4, maxBatch: 10);
        scheduler.Assign([_stays, _goes]);
        Add(scheduler, _stays, 7);
        Add(scheduler, _goes, 9);
        var batch = scheduler.Take()!;

        Assert.Same(batch, Assert.Single(scheduler.CloseWindows([_goes])));
        foreach (var work in batch.Works)
            scheduler.Again(work);
        scheduler.End(batch);
        scheduler.Drop([_goes]);

        Assert.Equal(7, Assert.Single(scheduler.Take()!.Records).Record.Offset);
        Assert.Null(scheduler.Take());
        Assert.False(Add(scheduler, _goes, 10));
    }

    [Fact]
    public void What_is_done_in_a_partition_that_went_changes_nothing_when_it_comes_back()
    {
        var scheduler = new RecordScheduler(windowLimit: 10, maxConcurrency: 4, maxBatch: 1);
        scheduler.Assign([_goes]);
        Add(scheduler, _goes, 3);
        var late = scheduler.Take()!;
        scheduler.Drop([_goes]);
        scheduler.Assign([_goes]);
        Add(scheduler, _goes, 3);

        scheduler.Complete(late.Works[0]);
        scheduler.End(late);

        Assert.Equal(3, scheduler.PositionsOf([_goes]).Single().Offset.Value);
        Assert.Equal(3, Assert.Single(scheduler.Take()!.Records).Record.Offset);
    }

    private static bool Add(RecordScheduler scheduler, TopicPartition partition, long offset)
        => scheduler.Add(new KafkaRecord { Topic = partition.Topic, Partition = partition.Partition.Value, Offset = offset }, [1]);
}
