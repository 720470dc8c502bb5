using System.Globalization;
using System.Text;
using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Functions.Events;
using Confluent.Kafka;
using OnPremFunctions;

namespace CoffeeBuddy.Functions.DeadLetters;

/// <summary>
/// Writes a record that could not be processed to <c>coffee.deadletter</c>: unchanged, with its source and the cause in
/// <c>dl_…</c> headers. The host logs and counts it.
/// </summary>
public sealed class DeadLetterPublisher(EventProducer producer) : IKafkaDeadLetterHandler
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
        catch (KafkaException refused) when (refused.Error.Code == ErrorCode.MsgSizeTooLarge)
        {
            // With the added headers the record is larger than Kafka accepts. Only the cause and the source are written
            // then, so that the records behind it do not wait for ever.
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
}
