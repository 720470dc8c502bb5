using CoffeeBuddy.Sandbox;
using Confluent.Kafka;
using MockKafka;

namespace CoffeeBuddy.Chaos.Faults;

/// <summary>What happens to Kafka: brokers down, request errors, leaders and coordinators that move, latency.</summary>
internal sealed class KafkaFaults(MockKafkaCluster kafka)
{
    private static readonly string[] Groups =
    [
        "coffeebuddy-orders",
        "coffeebuddy-assignments",
        "coffeebuddy-completions",
        "coffeebuddy-slack",
    ];

    // A record is refused by cutting its connection, never by an answer. After a refusal a real broker takes nothing more of
    // that producer on the partition until the refused record is there: it checks sequence numbers. The mock does not: it
    // would take a request that was already on its way behind the refused one, and the producer would conclude, as it may
    // of a real broker, that the earlier one was written. With the connection, whatever is on its way goes unanswered too,
    // and all of it is sent again. "Not the leader" still comes, from every request at once, when leaders move.
    private static readonly ErrorCode[] WritingFails = [ErrorCode.Local_Transport];

    // What a broker answers that will answer again.
    private static readonly ErrorCode[] ReadingFails =
    [
        ErrorCode.NotLeaderForPartition,
        ErrorCode.LeaderNotAvailable,
        ErrorCode.Local_Transport,
    ];
    private static readonly ErrorCode[] GroupFails =
    [
        ErrorCode.GroupCoordinatorNotAvailable,
        ErrorCode.NotCoordinatorForGroup,
        ErrorCode.GroupLoadInProgress,
        ErrorCode.Local_Transport,
    ];

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
            Of("Kafka broker down", dice => kafka.BrokerDown(dice.Below(kafka.Brokers) + 1), kafka.AllBrokersUp, 1, 5),
            Of("Kafka down", _ => kafka.AllBrokersDown(), kafka.AllBrokersUp, 1, 4),
            Of("Kafka request errors", Fail, Clear),
            Of("Kafka leaders move", MoveLeaders, () => { }, 0, 0),
            Of(
                "Kafka coordinator moves",
                dice => kafka.SetCoordinator(dice.Pick(Groups), dice.Below(kafka.Brokers) + 1),
                () => { },
                0,
                0
            ),
            Of("Kafka slow", dice => Slow(dice.Between(0.1, 0.9)), () => Slow(TimeSpan.Zero)),
        ];

    // The calls wait for the cluster's own thread.
    private static Fault Of(string kind, Action<Dice> strike, Action heal, double from = 1, double to = 5) =>
        new(
            kind,
            Target.Brokers,
            dice =>
                Task.Run(() =>
                {
                    strike(dice);
                    return true;
                }),
            () => Task.Run(heal),
            from,
            to
        );

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
}
