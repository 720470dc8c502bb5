using CoffeeBuddy.Data.Outbox;
using CoffeeBuddy.Functions.Events;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Moq;
using OnPremFunctions;

namespace CoffeeBuddy.Operations.Outages;

/// <summary>The Kafka producer reports a fatal error, such as being fenced. It cannot be used any more.</summary>
public sealed class FatalProducerTests : IDisposable
{
    private static readonly Error Fatal = new(ErrorCode.Local_Fatal, "fenced", isFatal: true);
    private static readonly Error TooLarge = new(ErrorCode.MsgSizeTooLarge, "the batch is too large");

    private readonly FakeTimeProvider _time = new();
    private readonly Factory _factory = new();
    private readonly EventProducer _producer;

    public FatalProducerTests() =>
        _producer = new EventProducer(
            _factory,
            Mock.Of<IOptionsMonitor<ClientConfig>>(login => login.CurrentValue == new ClientConfig()),
            new KafkaFailureLog(_time, NullLogger<KafkaFailureLog>.Instance),
            _time
        );

    public void Dispose() => _producer.Dispose();

    [Fact]
    public async Task A_failed_producer_is_replaced_and_the_next_record_is_sent()
    {
        _factory.Refuse(Fatal);
        await Assert.ThrowsAnyAsync<KafkaException>(SendAsync);
        _time.Advance(TimeSpan.FromSeconds(5));

        await SendAsync();

        Assert.Equal(2, _factory.Made);
    }

    [Fact]
    public async Task A_producer_that_reports_a_fatal_error_is_replaced_before_it_is_used()
    {
        await SendAsync();
        _factory.Handlers[0](Fatal);
        _time.Advance(TimeSpan.FromSeconds(5));

        await SendAsync();

        Assert.Equal(2, _factory.Made);
    }

    [Fact]
    public async Task Producers_that_fail_at_once_are_made_every_five_seconds_and_not_more_often()
    {
        for (var second = 0; second < 20; second++)
        {
            _factory.Refuse(Fatal);
            await Assert.ThrowsAnyAsync<KafkaException>(SendAsync);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(4, _factory.Made);
    }

    [Fact]
    public async Task After_another_error_the_producer_is_kept()
    {
        await SendAsync();
        _factory.Handlers[0](new Error(ErrorCode.Local_AllBrokersDown, "all brokers are down", isFatal: false));
        _time.Advance(TimeSpan.FromMinutes(1));

        await SendAsync();

        Assert.Equal(1, _factory.Made);
    }

    [Fact]
    public async Task A_record_of_a_batch_that_is_too_large_is_sent_alone()
    {
        _factory.Refuse(TooLarge);

        await SendAsync();

        Assert.Equal([true, false], _factory.InBatches);
    }

    [Fact]
    public async Task A_record_that_is_too_large_alone_is_refused()
    {
        _factory.Refuse(TooLarge, TooLarge);

        var refused = await Assert.ThrowsAnyAsync<KafkaException>(SendAsync);

        Assert.Equal(ErrorCode.MsgSizeTooLarge, refused.Error.Code);
    }

    [Fact]
    public async Task Nothing_counts_as_published()
    {
        _factory.Refuse(Fatal);
        var publisher = new EventPublisher(
            _producer,
            new RecordSeal(new KafkaOptions { RecordKey = SandboxOptions.RecordKey }, TimeProvider.System),
            outbox: null!,
            marks: null!,
            new KafkaFailureLog(_time, NullLogger<KafkaFailureLog>.Instance),
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
    }

    private Task SendAsync() => _producer.ProduceAsync("topic", new(), TestContext.Current.CancellationToken);

    /// <summary>Makes producers that refuse the next records with the errors it is given, and accept all others.</summary>
    private sealed class Factory() : ProducerFactory(Mock.Of<IOptionsMonitor<KafkaOptions>>())
    {
        private readonly Queue<Error> _refusals = new();

        public List<Action<Error>> Handlers { get; } = [];

        public List<bool> InBatches { get; } = [];

        public int Made => Handlers.Count;

        public void Refuse(params Error[] errors) => Array.ForEach(errors, _refusals.Enqueue);

        public override IProducer<string, byte[]> Create(Action<Error> onError, bool inBatches)
        {
            Handlers.Add(onError);
            InBatches.Add(inBatches);
            var producer = new Mock<IProducer<string, byte[]>>();
            producer
                .Setup(kafka =>
                    kafka.ProduceAsync(
                        It.IsAny<string>(),
                        It.IsAny<Message<string, byte[]>>(),
                        It.IsAny<CancellationToken>()
                    )
                )
                .Returns(() =>
                    _refusals.TryDequeue(out var error)
                        ? Task.FromException<DeliveryResult<string, byte[]>>(
                            new ProduceException<string, byte[]>(error, new())
                        )
                        : Task.FromResult(new DeliveryResult<string, byte[]>())
                );
            return producer.Object;
        }
    }
}
