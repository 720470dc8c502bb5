using System.Collections.Concurrent;
using Confluent.Kafka;
using CsCheck;
using Microsoft.Azure.Functions.Worker;
using OnPremFunctions.Kafka;
using OnPremFunctions.Tests.Support;

namespace OnPremFunctions.Tests.Kafka;

public sealed class OrderPropertyTests() : KafkaTest(partitions: 3)
{
    [Fact]
    public async Task With_random_failures_each_key_is_processed_in_order_and_no_record_is_lost()
    {
        var failures = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        Inbox.Handle = call =>
            call.Values.Any(value => TakeFailure(failures, value))
                ? throw new InvalidOperationException("not yet")
                : Task.CompletedTask;
        await using var host = await StartAsync(
            KafkaFunctions.Many,
            new() { ["maxInFlightPerPartition"] = "16", ["maxBatchSize"] = "5" }
        );
        await host.ReadyAsync();
        var round = 0;

        // Two failures of a record are within the function's two retries. The failure of a batch does not count.
        await Gen.Select(Gen.Int[0, 6], Gen.Int[0, 2])
            .Array[1, 60]
            .SampleAsync(
                async records =>
                {
                    var mine = ++round;
                    var produced = records
                        .Select(
                            (record, index) =>
                                (
                                    Key: $"{record.Item1}",
                                    Value: $"{mine}/{record.Item1}/{index}",
                                    Failures: record.Item2
                                )
                        )
                        .ToList();
                    // One failing record per key: the failures of two would exceed the retries of the batch they share.
                    foreach (
                        var (_, value, count) in produced
                            .GroupBy(static record => record.Key, StringComparer.Ordinal)
                            .Select(static key => key.First())
                    )
                        failures[value] = count;
                    await ProduceAsync([.. produced.Select(static record => ((string?)record.Key, record.Value))]);
                    await DoneAsync([.. produced.Select(static record => record.Value)]);

                    foreach (var key in produced.GroupBy(static record => record.Key, StringComparer.Ordinal))
                        Assert.Equal(
                            key.Select(static record => record.Value),
                            Inbox.Done.Where(value => value.StartsWith($"{mine}/{key.Key}/", StringComparison.Ordinal))
                        );
                },
                iter: 25,
                threads: 1
            );

        Assert.Empty(DeadLetters.Letters);
    }

    [Fact]
    public void No_key_runs_twice_at_once_and_no_commit_passes_an_undone_record() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 3])
            .Array[1, 200]
            .Sample(steps =>
            {
                var partition = new TopicPartition("topic", 0);
                var scheduler = new RecordScheduler(windowLimit: 1000, maxConcurrency: 3, maxBatch: 4);
                scheduler.Assign([partition]);
                List<Dispatch> running = [];
                HashSet<long> done = [];
                var lastDoneOfKey = new long[5];
                Array.Fill(lastDoneOfKey, -1);
                long produced = 0;

                foreach (var (number, what) in steps)
                {
                    switch (what)
                    {
                        case 0 or 1:
                            scheduler.Add(
                                new KafkaRecord
                                {
                                    Topic = "topic",
                                    Offset = produced++,
                                    Key = [(byte)number],
                                }
                            );
                            break;
                        case 2 when running.Count > 0:
                            // The function returned: all its records are done.
                            var returned = running[number % running.Count];
                            running.Remove(returned);
                            foreach (var work in returned.Items)
                            {
                                foreach (var slot in work.Current)
                                {
                                    Assert.True(
                                        lastDoneOfKey[slot.Record.Key![0]] < slot.Record.Offset,
                                        "a key is done out of order"
                                    );
                                    lastDoneOfKey[slot.Record.Key![0]] = slot.Record.Offset;
                                    done.Add(slot.Record.Offset);
                                }

                                scheduler.Complete(work);
                            }

                            scheduler.End(returned);
                            break;
                        case 3 when running.Count > 0:
                            // The function threw: each key runs alone, and for number 0 one record at a time.
                            var thrown = running[number % running.Count];
                            running.Remove(thrown);
                            foreach (var work in thrown.Items)
                            {
                                if (number == 0)
                                    work.RunOneByOne(mostRetries: 5);
                                scheduler.Retry(work);
                            }

                            scheduler.End(thrown);
                            break;
                        default:
                            if (scheduler.Take() is { } dispatch)
                                running.Add(dispatch);
                            break;
                    }

                    var keys = running
                        .SelectMany(static dispatch => dispatch.Items)
                        .Select(static work => work.Queue.Key![0])
                        .ToList();
                    Assert.Equal(keys.Distinct().Count(), keys.Count);
                    Assert.True(running.Count <= 3);
                    Assert.All(running, static dispatch => Assert.InRange(dispatch.Records.Count, 1, 4));
                    if (produced > 0)
                    {
                        var oldestUndone = Enumerable
                            .Range(0, (int)produced)
                            .Select(static offset => (long)offset)
                            .FirstOrDefault(offset => !done.Contains(offset), produced);
                        Assert.Equal(oldestUndone, scheduler.PositionsOf([partition]).Single().Offset.Value);
                    }
                }
            });

    private static bool TakeFailure(ConcurrentDictionary<string, int> failures, string value)
    {
        if (!failures.TryGetValue(value, out var left) || left == 0)
            return false;
        failures[value] = left - 1;
        return true;
    }
}
