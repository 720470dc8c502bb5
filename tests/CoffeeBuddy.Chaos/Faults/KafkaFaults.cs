using CoffeeBuddy.Sandbox;
using Confluent.Kafka;
using MockKafka;

namespace CoffeeBuddy.Chaos.Faults;

/// <summary>Faults of Kafka: brokers down, request errors, moved leaders and coordinators, latency.</summary>
internal sealed class KafkaFaults(MockKafkaCluster kafka)
{
    // Produce requests fail only by a closed connection, never by an error answer. A real broker checks sequence
    // numbers: after a refused record it accepts no later record of the producer on that partition. The mock accepts a
    // later request that was already in flight, and the idempotent producer then concludes that the refused record was
    // written. With a closed connection, all requests in flight fail and are sent again. Moved leaders still make all
    // requests fail at once.
    private static readonly ErrorCode[] WritingFails = [ErrorCode.Local_Transport];

    // Transient errors of a broker.
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
                dice =>
                    kafka.SetCoordinator(dice.Pick(SandboxOptions.ConsumerGroups).Group, dice.Below(kafka.Brokers) + 1),
                () => { },
                0,
                0
            ),
            Of("Kafka slow", dice => Slow(dice.Between(0.1, 0.9)), () => Slow(TimeSpan.Zero)),
        ];

    // In a task, because the calls wait for the cluster's thread.
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
