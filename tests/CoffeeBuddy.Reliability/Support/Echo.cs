using System.Text;
using Confluent.Kafka;

namespace CoffeeBuddy.Reliability.Support;

/// <summary>Writes each new record two more times, as if Kafka delivered every record three times.</summary>
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

    public Echo(Office office)
    {
        _producer = new ProducerBuilder<string, byte[]>(
            new ProducerConfig { BootstrapServers = office.Sandbox.KafkaServers, LingerMs = 0 }
        ).Build();
        _consumer = office.Topics.Consumer("echo");
        // Starts at the current ends, so that no record that is written from now on is missed.
        _consumer.Assign(
            Watched
                .SelectMany(Topics.PartitionsOf)
                .Select(partition => new TopicPartitionOffset(
                    partition,
                    _consumer.QueryWatermarkOffsets(partition, Guard.Timeout).High
                ))
        );
        _running = Task.Run(Run);
    }

    /// <summary>Number of records that were copied.</summary>
    public int Copied => Volatile.Read(ref _copied);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _producer.Flush(Guard.Timeout);
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
            // Disposed.
        }
    }
}
