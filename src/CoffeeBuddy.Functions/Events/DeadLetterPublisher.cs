using System.Globalization;
using System.Text;
using CoffeeBuddy.Core;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using OnPremFunctions;

namespace CoffeeBuddy.Functions.Events;

/// <summary>Puts what could not be processed on <c>coffee.deadletter</c>: the record as it was, and in headers why and whence.</summary>
public sealed partial class DeadLetterPublisher(
    IProducer<string, byte[]> producer,
    WorkerMetrics metrics,
    ILogger<DeadLetterPublisher> logger
) : IKafkaDeadLetterHandler
{
    private const int LongestCause = 1000;

    public async Task HandleAsync(KafkaDeadLetter deadLetter, CancellationToken cancellationToken)
    {
        var record = deadLetter.Record;
        var key = record.Key is null ? "" : Encoding.UTF8.GetString(record.Key);
        var headers = new Headers();
        foreach (var header in record.Headers)
            headers.Add(header.Key, header.Value);
        Explain(headers, deadLetter);
        try
        {
            await producer.ProduceAsync(
                Topics.DeadLetter,
                new()
                {
                    Key = key,
                    Value = record.Value ?? [],
                    Headers = headers,
                },
                cancellationToken
            );
        }
        catch (ProduceException<string, byte[]> refused) when (refused.Error.Code == ErrorCode.MsgSizeTooLarge)
        {
            // With the cause beside it, it is larger than Kafka takes. It must not hold up those behind it for that: the
            // cause alone is put aside, and says where the record is.
            headers = [];
            Explain(headers, deadLetter);
            Add(headers, "dl_cut", $"a value of {record.Value?.Length ?? 0} bytes and {record.Headers.Length} headers");
            await producer.ProduceAsync(
                Topics.DeadLetter,
                new()
                {
                    Key = "",
                    Value = [],
                    Headers = headers,
                },
                cancellationToken
            );
        }

        metrics.DeadLettered(deadLetter.FunctionName);
        Log.DeadLettered(
            logger,
            deadLetter.FunctionName,
            record.Topic,
            record.Partition,
            record.Offset,
            deadLetter.Attempts,
            Cause(deadLetter.Exception)
        );
    }

    private static void Explain(Headers headers, KafkaDeadLetter deadLetter)
    {
        Add(headers, "dl_topic", deadLetter.Record.Topic);
        Add(headers, "dl_partition", deadLetter.Record.Partition.ToString(CultureInfo.InvariantCulture));
        Add(headers, "dl_offset", deadLetter.Record.Offset.ToString(CultureInfo.InvariantCulture));
        Add(headers, "dl_function", deadLetter.FunctionName);
        Add(headers, "dl_attempts", deadLetter.Attempts.ToString(CultureInfo.InvariantCulture));
        Add(headers, "dl_cause", Cause(deadLetter.Exception));
    }

    private static void Add(Headers headers, string name, string value) =>
        headers.Add(name, Encoding.UTF8.GetBytes(value));

    private static string Cause(Exception exception)
    {
        var cause = $"{exception.GetType().Name}: {exception.Message}";
        return cause.Length <= LongestCause ? cause : cause[..LongestCause];
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Error,
            "{Function} gave up on {Topic}/{Partition}@{Offset} after {Attempts} attempts; it is on the dead-letter topic: {Cause}"
        )]
        public static partial void DeadLettered(
            ILogger logger,
            string function,
            string topic,
            int partition,
            long offset,
            int attempts,
            string cause
        );
    }
}
