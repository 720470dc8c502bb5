using CoffeeBuddy.Data.Outbox;
using CoffeeBuddy.Functions.Events;
using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Moq;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>The Kafka producer reports a fatal error, such as being fenced. It cannot be used any more.</summary>
public sealed class FatalProducerTests
{
    private static readonly Error Fatal = new(ErrorCode.Local_Fatal, "fenced", isFatal: true);

    private readonly Mock<IHostApplicationLifetime> _lifetime = new();

    [Fact]
    public void The_worker_stops_so_that_a_new_one_starts()
    {
        Report(Fatal);

        _lifetime.Verify(lifetime => lifetime.StopApplication(), Times.Once);
    }

    [Fact]
    public void After_another_error_the_worker_goes_on()
    {
        Report(new Error(ErrorCode.Local_AllBrokersDown, "all brokers are down", isFatal: false));

        _lifetime.Verify(lifetime => lifetime.StopApplication(), Times.Never);
    }

    [Fact]
    public async Task Nothing_counts_as_published()
    {
        var producer = new Mock<IProducer<string, byte[]>>();
        producer
            .Setup(kafka =>
                kafka.ProduceAsync("slack.events", It.IsAny<Message<string, byte[]>>(), CancellationToken.None)
            )
            .ThrowsAsync(new ProduceException<string, byte[]>(Fatal, new()));
        var publisher = new EventPublisher(
            producer.Object,
            outbox: null!,
            Options.Create(new KafkaOptions()),
            TimeProvider.System,
            NullLogger<EventPublisher>.Instance
        );
        var @event = new OutboxEvent(
            0,
            Guid.NewGuid(),
            "slack.events",
            "key",
            "slack.event",
            "{}",
            TraceParent: null,
            TimeProvider.System.GetUtcNow()
        );

        Assert.False(await publisher.TryPublishAsync(@event, TestContext.Current.CancellationToken));

        producer.VerifyAll();
    }

    private void Report(Error error) =>
        new EventProducer(
            Options.Create(new KafkaOptions()),
            _lifetime.Object,
            NullLogger<EventProducer>.Instance
        ).HandleError(Mock.Of<IProducer<string, byte[]>>(), error);
}
