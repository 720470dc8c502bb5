using System.Text;
using Confluent.Kafka;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;

// The tests mostly wait for Kafka, so more threads than cores are useful.
[assembly: Xunit.v3.Parallelization(MaxThreads = 4)]

namespace OnPremFunctions.Tests.Support;

/// <summary>A mock cluster with a topic and a consumer group for one test.</summary>
public abstract class KafkaTest : IDisposable
{
    private readonly IProducer<string?, string?> _producer;

    private protected KafkaTest(int partitions = 1)
    {
        Topic = $"topic-{Guid.NewGuid():N}";
        Group = $"group-{Guid.NewGuid():N}";
        Cluster = MockKafkaCluster.Start(1, [(Topic, partitions)]);
        _producer = new ProducerBuilder<string?, string?>(
            new ProducerConfig { BootstrapServers = Cluster.BootstrapServers, LingerMs = 0 }
        ).Build();
    }

    private protected MockKafkaCluster Cluster { get; }

    private protected string Topic { get; }

    private protected string Group { get; }

    private protected Inbox Inbox { get; } = new();

    private protected DeadLetters DeadLetters { get; } = new();

    public void Dispose()
    {
        _producer.Dispose();
        Cluster.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected async Task ProduceAsync(params (string? Key, string Value)[] records) =>
        await Task.WhenAll(
            records.Select(record =>
                ProduceAsync(new Message<string?, string?> { Key = record.Key, Value = record.Value })
            )
        );

    private protected Task ProduceAsync(Message<string?, string?> message) =>
        _producer.ProduceAsync(Topic, message, TestContext.Current.CancellationToken);

    /// <summary>Produces a record whose key is the partition's number.</summary>
    private protected Task ProduceToAsync(int partition, string value) =>
        _producer.ProduceAsync(
            new TopicPartition(Topic, partition),
            new() { Key = $"{partition}", Value = value },
            TestContext.Current.CancellationToken
        );

    /// <summary>Starts a worker with one of <see cref="KafkaFunctions"/>.</summary>
    private protected Task<TestHost> StartAsync(
        string function,
        Dictionary<string, string>? kafka = null,
        bool withDeadLetters = true,
        Action<FunctionsApplicationBuilder>? configure = null,
        string? timeout = null,
        string? topic = null
    )
    {
        var settings = new Dictionary<string, string?>
        {
            ["AzureFunctionsJobHost:functions:0"] = function,
            ["AzureFunctionsJobHost:extensions:kafka:sessionTimeoutMs"] = "6000",
            ["AzureFunctionsJobHost:extensions:kafka:autoCommitIntervalMs"] = "50",
            ["AzureFunctionsJobHost:extensions:kafka:fetchWaitMaxMs"] = "50",
            ["Kafka:BootstrapServers"] = Cluster.BootstrapServers,
            ["Topic"] = topic ?? Topic,
            ["Group"] = Group,
        };
        if (timeout is not null)
            settings["AzureFunctionsJobHost:functionTimeout"] = timeout;
        foreach (var (name, value) in kafka ?? [])
            settings[$"AzureFunctionsJobHost:extensions:kafka:{name}"] = value;

        return TestHost.StartAsync(
            [typeof(KafkaFunctions)],
            settings,
            builder =>
            {
                builder.Services.AddSingleton(Inbox);
                if (withDeadLetters)
                    builder.Services.AddSingleton<IKafkaDeadLetterHandler>(DeadLetters);
                configure?.Invoke(builder);
            }
        );
    }

    /// <summary>The committed offset of the group; 0 when there is none.</summary>
    private protected long Committed(int partition = 0) => CommittedOrNull(partition) ?? 0;

    private protected long? CommittedOrNull(int partition = 0)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig { BootstrapServers = Cluster.BootstrapServers, GroupId = Group }
        ).Build();
        var offset = consumer
            .Committed([new TopicPartition(Topic, partition)], TimeSpan.FromSeconds(10))
            .Single()
            .Offset;
        return offset == Offset.Unset ? null : offset.Value;
    }

    private protected Task DoneAsync(params string[] values) =>
        Eventually.TrueAsync(
            () => values.All(value => Inbox.Done.Contains(value)),
            $"{string.Join(", ", values)} are done"
        );

    private protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
