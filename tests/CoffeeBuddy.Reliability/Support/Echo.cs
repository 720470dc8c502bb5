using System.Text;
using Confluent.Kafka;

namespace CoffeeBuddy.Reliability.Support;

/// <summary>Writes every record that comes from now on twice more, as if Kafka delivered each three times.</summary>
internal sealed class Echo : IAsyncDisposable
{
    private const string Mark = "echo";
    private const int Copies = 2;
    private static readonly string[] Watched =
    [
        TopicNames.Orders,
        TopicNames.Assignments,
        TopicNames.Completions,
        TopicNames.SlackEvents,
    ];

    private readonly CancellationTokenSource _stop = new();
    private readonly IConsumer<string, byte[]> _consumer;
    private readonly IProducer<string, byte[]> _producer;
    private readonly Task _running;
    private int _copied;

    public Echo(string servers)
    {
        _producer = new ProducerBuilder<string, byte[]>(
            new ProducerConfig { BootstrapServers = servers, LingerMs = 0 }
        ).Build();
        _consumer = KafkaView.Consumer(servers, "echo");
        // The ends are looked up now: what is written from here on is seen.
        _consumer.Assign(
            Watched
                .SelectMany(KafkaView.PartitionsOf)
                .Select(partition => new TopicPartitionOffset(
                    partition,
                    _consumer.QueryWatermarkOffsets(partition, TimeSpan.FromSeconds(20)).High
                ))
        );
        _running = Task.Run(Run);
    }

    /// <summary>How many records were written again.</summary>
    public int Copied => Volatile.Read(ref _copied);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _producer.Flush(TimeSpan.FromSeconds(20));
        _producer.Dispose();
        _consumer.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        try
        {
            while (true)
            {
                var message =
                    _consumer.Consume(_stop.Token) is var result && result.Message.Headers.TryGetLastBytes(Mark, out _)
                        ? null
                        : result.Message;
                if (message is null)
                    continue;
                message.Headers.Add(Mark, Encoding.UTF8.GetBytes("1"));
                for (var copy = 0; copy < Copies; copy++)
                    _producer.Produce(result.Topic, message);
                Interlocked.Increment(ref _copied);
            }
        }
        catch (OperationCanceledException)
        {
            // The test has seen enough.
        }
    }
}
