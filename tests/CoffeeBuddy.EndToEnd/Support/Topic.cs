using System.Text;
using Confluent.Kafka;
using Xunit;

namespace CoffeeBuddy.EndToEnd.Support;

/// <summary>An event as it lies on a topic.</summary>
public sealed record PublishedEvent(string Key, IReadOnlyDictionary<string, string> Headers, string Data)
{
    public string Type => Headers["ce_type"];
}

internal static class Topic
{
    /// <summary>All that is on the topic under this key, from beginning to end.</summary>
    public static Task<List<PublishedEvent>> ReadAsync(Office office, string topic, Guid key) =>
        Task.Run(() =>
            Read(office.Sandbox.Kafka.BootstrapServers, topic, key.ToString(), TestContext.Current.CancellationToken)
        );

    private static List<PublishedEvent> Read(string servers, string topic, string key, CancellationToken cancellation)
    {
        var partitions = Sandbox.SandboxOptions.Topics.Single(known => known.Topic == topic).Partitions;
        using var consumer = new ConsumerBuilder<string, byte[]>(
            new ConsumerConfig
            {
                BootstrapServers = servers,
                GroupId = $"test-{Guid.NewGuid()}",
                EnableAutoCommit = false,
                EnablePartitionEof = true,
            }
        ).SetLogHandler((_, _) => { }).Build();
        consumer.Assign(
            Enumerable
                .Range(0, partitions)
                .Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning))
        );
        var found = new List<PublishedEvent>();
        for (var ends = 0; ends < partitions; )
        {
            var result = consumer.Consume(cancellation);
            if (result.IsPartitionEOF)
                ends++;
            else if (result.Message.Key == key)
                found.Add(
                    new(
                        key,
                        result.Message.Headers.ToDictionary(
                            header => header.Key,
                            header => Encoding.UTF8.GetString(header.GetValueBytes())
                        ),
                        Encoding.UTF8.GetString(result.Message.Value)
                    )
                );
        }

        return found;
    }
}
