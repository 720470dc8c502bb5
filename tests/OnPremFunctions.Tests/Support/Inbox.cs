using System.Collections.Concurrent;
using System.Text;
using Microsoft.Azure.Functions.Worker;

namespace OnPremFunctions.Tests.Support;

/// <summary>Records the calls of the test's Kafka functions and defines what they do.</summary>
internal sealed class Inbox
{
    /// <summary>What the function does; nothing by default, so the records are done.</summary>
    public Func<Call, Task> Handle { get; set; } = static _ => Task.CompletedTask;

    /// <summary>All calls, in the order they started.</summary>
    public ConcurrentQueue<Call> Calls { get; } = new();

    /// <summary>The values of the records whose function returned, in the order it returned.</summary>
    public ConcurrentQueue<string> Done { get; } = new();

    public async Task TakeAsync(KafkaRecord[] records, FunctionContext context)
    {
        var call = new Call(records, context);
        Calls.Enqueue(call);
        await Handle(call);
        foreach (var value in call.Values)
            Done.Enqueue(value);
    }

    internal sealed record Call(KafkaRecord[] Records, FunctionContext Context)
    {
        public string[] Values { get; } =
        [.. Records.Select(static record => Encoding.UTF8.GetString(record.Value ?? []))];

        public string[] Keys { get; } = [.. Records.Select(static record => Encoding.UTF8.GetString(record.Key ?? []))];

        public int Retry { get; } = Context.RetryContext!.RetryCount;
    }
}

/// <summary>Keeps dead letters. Its first <see cref="FailuresFirst"/> calls throw.</summary>
internal sealed class DeadLetters : IKafkaDeadLetterHandler
{
    private int _calls;

    public ConcurrentQueue<KafkaDeadLetter> Letters { get; } = new();

    public int FailuresFirst { get; set; }

    public int Calls => Volatile.Read(ref _calls);

    public IEnumerable<string> Values => Letters.Select(static letter => Encoding.UTF8.GetString(letter.Record.Value!));

    public Task HandleAsync(KafkaDeadLetter deadLetter, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _calls) <= FailuresFirst)
            throw new IOException("nowhere to put it");
        Letters.Enqueue(deadLetter);
        return Task.CompletedTask;
    }
}

internal sealed class KafkaFunctions(Inbox inbox)
{
    public const string One = nameof(One);
    public const string Many = nameof(Many);
    public const string Endless = nameof(Endless);
    public const string Plain = nameof(Plain);
    public const string Raw = nameof(Raw);

    /// <summary>No test produces records for it.</summary>
    public const string Quiet = nameof(Quiet);

    [Function(One)]
    [FixedDelayRetry(3, "00:00:00.02")]
    public Task RunOne(
        [KafkaTrigger("%Kafka:BootstrapServers%", "%Topic%", ConsumerGroup = "%Group%")] KafkaRecord record,
        FunctionContext context
    ) => inbox.TakeAsync([record], context);

    [Function(Many)]
    [FixedDelayRetry(2, "00:00:00.02")]
    public Task RunMany(
        [KafkaTrigger("%Kafka:BootstrapServers%", "%Topic%", ConsumerGroup = "%Group%", IsBatched = true)]
            KafkaRecord[] records,
        FunctionContext context
    ) => inbox.TakeAsync(records, context);

    [Function(Endless)]
    [ExponentialBackoffRetry(-1, "00:00:00.01", "00:00:00.05")]
    public Task RunEndless(
        [KafkaTrigger("%Kafka:BootstrapServers%", "%Topic%", ConsumerGroup = "%Group%")] KafkaRecord record,
        FunctionContext context
    ) => inbox.TakeAsync([record], context);

    [Function(Quiet)]
    public static void RunQuiet(
        [KafkaTrigger("%Kafka:BootstrapServers%", "%Topic%", ConsumerGroup = "%Group%")] KafkaRecord record
    ) => Assert.Fail("No record was produced.");

    [Function(Plain)]
    public Task RunPlain(
        [KafkaTrigger("%Kafka:BootstrapServers%", "%Topic%", ConsumerGroup = "%Group%")] KafkaRecord record,
        FunctionContext context
    ) => inbox.TakeAsync([record], context);

    [Function(Raw)]
    public Task RunRaw(
        [KafkaTrigger("%Kafka:BootstrapServers%", "%Topic%", ConsumerGroup = "%Group%", IsBatched = true)]
            KafkaRecord[] records,
        FunctionContext context
    ) => inbox.TakeAsync(records, context);
}
