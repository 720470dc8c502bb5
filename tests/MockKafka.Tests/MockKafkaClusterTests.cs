using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;

namespace MockKafka.Tests;

public sealed class MockKafkaClusterTests : IDisposable
{
    // Ends a test that hangs; not a check of speed.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly MockKafkaCluster _kafka = MockKafkaCluster.Start(topics: [("coffee.orders", 12)]);

    [Fact]
    public async Task A_record_is_consumed_with_its_key_and_headers()
    {
        using var producer = Producer();
        await producer.ProduceAsync(
            "coffee.orders",
            new Message<string, string>
            {
                Key = "run-1",
                Value = "latte",
                Headers = new Headers { { "ce_type", "coffee.order.placed"u8.ToArray() } },
            },
            TestContext.Current.CancellationToken
        );

        var record = Consume("a-group");

        Assert.Equal(("run-1", "latte"), (record.Message.Key, record.Message.Value));
        Assert.Equal("coffee.order.placed"u8.ToArray(), record.Message.Headers.GetLastBytes("ce_type"));
    }

    [Fact]
    public void A_topic_has_the_number_of_partitions_it_was_created_with()
    {
        using var admin = new AdminClientBuilder(
            new AdminClientConfig { BootstrapServers = _kafka.BootstrapServers }
        ).Build();

        var topic = Assert.Single(admin.GetMetadata("coffee.orders", Limit).Topics);

        Assert.Equal(12, topic.Partitions.Count);
    }

    [Fact]
    public async Task A_broker_that_is_down_accepts_no_record_and_accepts_records_again_when_it_is_up()
    {
        using var producer = Producer();
        using var impatient = Producer(TimeSpan.FromSeconds(1));
        await producer.ProduceAsync(
            "coffee.orders",
            new Message<string, string> { Key = "k", Value = "before" },
            TestContext.Current.CancellationToken
        );

        _kafka.BrokerDown();
        await Assert.ThrowsAsync<ProduceException<string, string>>(() =>
            impatient.ProduceAsync(
                "coffee.orders",
                new Message<string, string> { Key = "k", Value = "lost" },
                TestContext.Current.CancellationToken
            )
        );

        _kafka.BrokerUp();
        await producer.ProduceAsync(
            "coffee.orders",
            new Message<string, string> { Key = "k", Value = "after" },
            TestContext.Current.CancellationToken
        );
        Assert.Equal(["before", "after"], Values("coffee.orders", count: 2));
    }

    [Fact]
    public void A_broker_that_is_down_refuses_connections_and_keeps_its_port()
    {
        var address = IPEndPoint.Parse(_kafka.BootstrapServers);
        _kafka.BrokerDown();
        _kafka.BrokerDown();

        using (var client = new Socket(SocketType.Stream, ProtocolType.Tcp))
            Assert.Equal(
                SocketError.ConnectionRefused,
                Assert.Throws<SocketException>(() => client.Connect(address)).SocketErrorCode
            );

        _kafka.BrokerUp();
        using var again = new Socket(SocketType.Stream, ProtocolType.Tcp);
        again.Connect(address);
    }

    [Fact]
    public async Task Brokers_can_go_down_while_processes_are_started()
    {
        using var enough = new CancellationTokenSource();
        var starting = Task.Run(
            async () =>
            {
                while (!enough.IsCancellationRequested)
                {
                    using var child = Start("true");
                    await child.WaitForExitAsync(CancellationToken.None);
                }
            },
            TestContext.Current.CancellationToken
        );

        for (var time = 0; time < 100; time++)
        {
            _kafka.BrokerDown();
            _kafka.BrokerUp();
        }

        await enough.CancelAsync();
        await starting;
    }

    [Fact]
    public async Task A_request_fails_once_with_the_injected_error()
    {
        using var producer = Producer();
        _kafka.FailNext(MockKafkaCluster.Request.Produce, ErrorCode.MsgSizeTooLarge);
        var message = new Message<string, string> { Key = "k", Value = "v" };

        var refused = await Assert.ThrowsAsync<ProduceException<string, string>>(() =>
            producer.ProduceAsync("coffee.orders", message, TestContext.Current.CancellationToken)
        );
        var stored = await producer.ProduceAsync("coffee.orders", message, TestContext.Current.CancellationToken);

        Assert.Equal(ErrorCode.MsgSizeTooLarge, refused.Error.Code);
        Assert.Equal(PersistenceStatus.Persisted, stored.Status);
    }

    [Fact]
    public void A_call_that_the_cluster_refuses_throws()
    {
        var refused = Assert.Throws<KafkaException>(() => _kafka.BrokerDown(7));

        Assert.Contains("BrokerDown", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _kafka.Dispose();

    private static Process Start(string program)
    {
        lock (ForkGate.Gate)
            return Process.Start(program);
    }

    /// <param name="timeout">Limit for the delivery of a message.</param>
    private IProducer<string, string> Producer(TimeSpan? timeout = null) => new ProducerBuilder<string, string>(
            new ProducerConfig
            {
                BootstrapServers = _kafka.BootstrapServers,
                MessageTimeoutMs = (int)(timeout ?? Limit).TotalMilliseconds,
                ReconnectBackoffMaxMs = 200,
            }
        ).SetLogHandler((_, _) => { }).Build();

    private ConsumeResult<string, string> Consume(string group)
    {
        using var consumer = Consumer(group);
        return Next(consumer);
    }

    private List<string> Values(string topic, int count)
    {
        using var consumer = Consumer($"{topic}-values");
        return [.. Enumerable.Range(0, count).Select(_ => Next(consumer).Message.Value)];
    }

    private IConsumer<string, string> Consumer(string group)
    {
        var consumer = new ConsumerBuilder<string, string>(
            new ConsumerConfig
            {
                BootstrapServers = _kafka.BootstrapServers,
                GroupId = group,
                AutoOffsetReset = AutoOffsetReset.Earliest,
            }
        ).SetLogHandler((_, _) => { }).Build();
        consumer.Subscribe("coffee.orders");
        return consumer;
    }

    private static ConsumeResult<string, string> Next(IConsumer<string, string> consumer) =>
        consumer.Consume(Limit) ?? throw new TimeoutException($"No record within {Limit.TotalSeconds} s.");
}
