using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Sandbox.Parts;
using Confluent.Kafka;

namespace CoffeeBuddy.Chaos.Faults;

/// <summary>What happens to Kafka: brokers down, request errors, leaders and coordinators that move, latency.</summary>
internal sealed class KafkaFaults(MockKafkaCluster kafka)
{
    private static readonly string[] Groups = ["coffeebuddy-orders", "coffeebuddy-assignments", "coffeebuddy-completions", "coffeebuddy-slack"];

    // A record is refused by cutting its connection, never by an answer. After a refusal a real broker takes nothing more of
    // that producer on the partition until the refused record is there: it checks sequence numbers. The mock does not: it
    // would take a request that was already on its way behind the refused one, and the producer would conclude, as it may
    // of a real broker, that the earlier one was written. With the connection, whatever is on its way goes unanswered too,
    // and all of it is sent again. "Not the leader" still comes, from every request at once, when leaders move.
    private static readonly ErrorCode[] WritingFails = [ErrorCode.Local_Transport];

    // What a broker answers that will answer again.
    private static readonly ErrorCode[] ReadingFails = [ErrorCode.NotLeaderForPartition, ErrorCode.LeaderNotAvailable, ErrorCode.Local_Transport];
    private static readonly ErrorCode[] GroupFails = [ErrorCode.GroupCoordinatorNotAvailable, ErrorCode.NotCoordinatorForGroup, ErrorCode.GroupLoadInProgress, ErrorCode.Local_Transport];

    private static readonly (MockKafkaCluster.Request Request, ErrorCode[] Errors)[] Requests =
    [
        (MockKafkaCluster.Request.Produce, WritingFails),
        (MockKafkaCluster.Request.Fetch, ReadingFails),
        (MockKafkaCluster.Request.OffsetCommit, GroupFails),
        (MockKafkaCluster.Request.Heartbeat, GroupFails),
        (MockKafkaCluster.Request.JoinGroup, GroupFails),
        (MockKafkaCluster.Request.FindCoordinator, [ErrorCode.GroupCoordinatorNotAvailable, ErrorCode.Local_Transport]),
    ];

    public IEnumerable<Fault> All() =>
    [
        new("Kafka broker down", Target.Brokers, 4, dice => Do(() => kafka.BrokerDown(dice.Below(kafka.Brokers) + 1)), UpAsync, 1, 6),
        new("Kafka down", Target.Brokers, 3, _ => Do(kafka.AllBrokersDown), UpAsync, 1, 6),
        new("Kafka request errors", Target.Brokers, 4, dice => Do(() => Fail(dice)), () => Do(Clear)),
        new("Kafka leaders move", Target.Brokers, 3, dice => Do(() => MoveLeaders(dice)), () => Task.CompletedTask, 0, 0),
        new("Kafka coordinator moves", Target.Brokers, 2, dice => Do(() => kafka.SetCoordinator(dice.Pick(Groups), dice.Below(kafka.Brokers) + 1)), () => Task.CompletedTask, 0, 0),
        new("Kafka slow", Target.Brokers, 3, dice => Do(() => Slow(dice.Between(0.1, 0.9))), () => Do(() => Slow(TimeSpan.Zero))),
    ];

    private Task UpAsync() => Do(kafka.AllBrokersUp);

    private void Fail(Dice dice)
    {
        var (request, errors) = dice.Pick(Requests);
        kafka.FailNext(request, [.. Enumerable.Range(0, dice.Below(12) + 3).Select(_ => dice.Pick(errors))]);
    }

    private void Clear()
    {
        foreach (var (request, _) in Requests)
            kafka.ClearFailures(request);
    }

    private void MoveLeaders(Dice dice)
    {
        foreach (var (topic, partitions) in SandboxOptions.Topics)
        {
            for (var partition = 0; partition < partitions; partition++)
                kafka.SetLeader(topic, partition, dice.Below(kafka.Brokers) + 1);
        }
    }

    private void Slow(TimeSpan roundTrip)
    {
        for (var broker = 1; broker <= kafka.Brokers; broker++)
            kafka.SetRoundTrip(roundTrip, broker);
    }

    private static Task Do(Action action) => Task.Run(action);
}
