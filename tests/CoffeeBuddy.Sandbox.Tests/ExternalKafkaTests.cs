using CoffeeBuddy.Sandbox.Kafka;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Moq;

namespace CoffeeBuddy.Sandbox.Tests;

/// <summary>
/// A Kafka that the sandbox did not start. The cluster in memory creates no topics and deletes no records by request, so
/// a mock answers like Kafka.
/// </summary>
public sealed class ExternalKafkaTests
{
    private static readonly (string Topic, int Partitions)[] Topics = [("coffee.orders", 2), ("slack.events", 2)];

    private readonly Mock<IAdminClient> _admin = new(MockBehavior.Strict);
    private readonly Mock<IConsumer<Ignore, Ignore>> _consumer = new(MockBehavior.Strict);
    private readonly Dictionary<string, int> _topics = new(StringComparer.Ordinal);
    private readonly Dictionary<TopicPartition, (long First, long Next)> _records = [];
    private readonly List<TopicSpecification> _created = [];

    public ExternalKafkaTests()
    {
        _admin.Setup(admin => admin.GetMetadata(It.IsAny<TimeSpan>())).Returns(Cluster);
        _admin
            .Setup(admin =>
                admin.CreateTopicsAsync(It.IsAny<IEnumerable<TopicSpecification>>(), It.IsAny<CreateTopicsOptions>())
            )
            .Callback<IEnumerable<TopicSpecification>, CreateTopicsOptions>(
                (asked, _) =>
                {
                    _created.AddRange(asked);
                    _created.ForEach(topic => _topics[topic.Name] = topic.NumPartitions);
                }
            )
            .Returns(Task.CompletedTask);
        _consumer
            .Setup(consumer => consumer.QueryWatermarkOffsets(It.IsAny<TopicPartition>(), It.IsAny<TimeSpan>()))
            .Returns(
                (TopicPartition partition, TimeSpan _) =>
                {
                    var (first, next) = _records.GetValueOrDefault(partition);
                    return new WatermarkOffsets(first, next);
                }
            );
        _admin
            .Setup(admin =>
                admin.DeleteRecordsAsync(
                    It.IsAny<IEnumerable<TopicPartitionOffset>>(),
                    It.IsAny<DeleteRecordsOptions>()
                )
            )
            .Callback<IEnumerable<TopicPartitionOffset>, DeleteRecordsOptions>(
                (before, _) =>
                {
                    foreach (var position in before)
                        _records[position.TopicPartition] = (position.Offset, _records[position.TopicPartition].Next);
                }
            )
            .ReturnsAsync([]);
    }

    [Fact]
    public async Task Missing_topics_are_created_on_as_many_brokers_as_there_are()
    {
        _topics["slack.events"] = 2;

        await PrepareAsync();

        var created = Assert.Single(_created);
        Assert.Equal(("coffee.orders", 2, (short)2), (created.Name, created.NumPartitions, created.ReplicationFactor));
    }

    [Fact]
    public async Task Records_of_an_earlier_sandbox_are_deleted()
    {
        TopicsExist();
        Fill("coffee.orders", partition: 1, first: 3, next: 17);
        Groups(new ConsumerGroupDescription { GroupId = "coffeebuddy-orders", Members = [] });

        await PrepareAsync();

        Assert.All(_records.Values, extent => Assert.Equal(extent.Next, extent.First));
        Assert.Empty(_created);
    }

    [Fact]
    public async Task Records_of_an_earlier_sandbox_whose_database_is_kept_are_kept()
    {
        TopicsExist();
        Fill("coffee.orders", partition: 1, first: 3, next: 17);

        await PrepareAsync(keepRecords: true);

        Assert.Equal((3, 17), _records[new("coffee.orders", 1)]);
    }

    [Fact]
    public async Task Records_of_topics_that_a_worker_reads_are_kept()
    {
        _topics["coffee.orders"] = 2;
        Fill("coffee.orders", partition: 0, first: 0, next: 1);
        Groups(
            new ConsumerGroupDescription { GroupId = "coffeebuddy-slack", Members = [] },
            new ConsumerGroupDescription { GroupId = "coffeebuddy-orders", Members = [new MemberDescription()] }
        );

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(PrepareAsync);

        Assert.Contains("consumer group coffeebuddy-orders", refusal.Message, StringComparison.Ordinal);
        Assert.Equal((0, 1), _records[new("coffee.orders", 0)]);
        Assert.Empty(_created);
    }

    [Fact]
    public async Task A_consumer_group_that_does_not_exist_reads_nothing()
    {
        TopicsExist();
        Fill("coffee.orders", partition: 0, first: 0, next: 1);
        FailGroups(ErrorCode.GroupIdNotFound);

        await PrepareAsync();

        Assert.Equal((1, 1), _records[new("coffee.orders", 0)]);
    }

    [Fact]
    public async Task Records_are_kept_when_it_is_unknown_whether_a_worker_reads_them()
    {
        TopicsExist();
        Fill("coffee.orders", partition: 0, first: 0, next: 1);
        FailGroups(ErrorCode.GroupAuthorizationFailed);

        await Assert.ThrowsAsync<DescribeConsumerGroupsException>(PrepareAsync);

        Assert.Equal((0, 1), _records[new("coffee.orders", 0)]);
    }

    [Fact]
    public async Task A_topic_with_another_number_of_partitions_is_refused_by_name()
    {
        TopicsExist();
        _topics["coffee.orders"] = 1;

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(PrepareAsync);

        Assert.Contains("coffee.orders has 1 partitions instead of 2", refusal.Message, StringComparison.Ordinal);
    }

    private Task PrepareAsync() => PrepareAsync(keepRecords: false);

    private Task PrepareAsync(bool keepRecords) =>
        new ExternalKafka(_admin.Object, _consumer.Object, Topics, keepRecords).PrepareAsync(
            TestContext.Current.CancellationToken
        );

    private void TopicsExist()
    {
        foreach (var (topic, partitions) in Topics)
            _topics[topic] = partitions;
    }

    private void Fill(string topic, int partition, long first, long next) =>
        _records[new(topic, partition)] = (first, next);

    private void Groups(params ConsumerGroupDescription[] groups) =>
        DescribeGroups().ReturnsAsync(new DescribeConsumerGroupsResult { ConsumerGroupDescriptions = [.. groups] });

    private void FailGroups(ErrorCode error) =>
        DescribeGroups()
            .ThrowsAsync(
                new DescribeConsumerGroupsException(
                    new DescribeConsumerGroupsReport
                    {
                        ConsumerGroupDescriptions =
                        [
                            new() { GroupId = "coffeebuddy-orders", Error = new Error(error) },
                        ],
                    }
                )
            );

    private Moq.Language.Flow.ISetup<IAdminClient, Task<DescribeConsumerGroupsResult>> DescribeGroups() =>
        _admin.Setup(admin =>
            admin.DescribeConsumerGroupsAsync(
                It.IsAny<IEnumerable<string>>(),
                It.IsAny<DescribeConsumerGroupsOptions>()
            )
        );

    private Metadata Cluster()
    {
        var none = new Error(ErrorCode.NoError);
        return new(
            [new BrokerMetadata(1, "one", 9092), new BrokerMetadata(2, "two", 9092)],
            [
                .. _topics.Select(topic => new TopicMetadata(
                    topic.Key,
                    [
                        .. Enumerable
                            .Range(0, topic.Value)
                            .Select(partition => new PartitionMetadata(partition, leader: 1, [1], [1], none)),
                    ],
                    none
                )),
            ],
            originatingBrokerId: 1,
            originatingBrokerName: "one"
        );
    }
}
