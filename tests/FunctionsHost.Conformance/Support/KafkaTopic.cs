using System.Text;
using Confluent.Kafka;
using FunctionsHost.Conformance.Host;
using FunctionsHost.Conformance.Rpc;

namespace FunctionsHost.Conformance.Support;

internal static class KafkaTopic
{
    /// <summary>
    /// Waits until the worker has published a record like this, and returns it in the form that functions get it.
    /// </summary>
    /// <param name="like">Gets the record's key and value in clear as texts.</param>
    public static Task<KafkaRecordProto> FindAsync(
        HostedOffice office,
        string topic,
        Func<(string Key, string Value), bool> like
    ) => Task.Run(() => Find(office.Sandbox.Kafka.BootstrapServers, topic, like));

    private static KafkaRecordProto Find(string servers, string topic, Func<(string Key, string Value), bool> like)
    {
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(
            new ConsumerConfig
            {
                BootstrapServers = servers,
                GroupId = "conformance",
                EnableAutoCommit = false,
            }
        ).SetLogHandler((_, _) => { }).Build();
        consumer.Assign(
            Topics.PartitionsOf(topic).Select(partition => new TopicPartitionOffset(partition, Offset.Beginning))
        );
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Guard.Timeout);
        while (true)
        {
            var result = consumer.Consume(patience.Token);
            var proto = KafkaFeed.ToProto(result);
            var value = proto.Headers.Any(header => header.Key == "ce_encryption")
                ? SealedRecord.Decrypt(result.Message.Value ?? [])
                : result.Message.Value ?? [];
            if (like((proto.Key.ToStringUtf8(), Encoding.UTF8.GetString(value))))
                return proto;
        }
    }
}
