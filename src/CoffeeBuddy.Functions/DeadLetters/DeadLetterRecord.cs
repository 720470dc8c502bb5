using System.Globalization;
using CoffeeBuddy.Data.DeadLetters;
using CoffeeBuddy.Functions.Events;
using Confluent.Kafka;

namespace CoffeeBuddy.Functions.DeadLetters;

/// <summary>A record of the dead-letter topic, with the source and the cause from its headers.</summary>
public sealed class DeadLetterRecord(ConsumeResult<byte[]?, byte[]?> result)
{
    private const string HeaderPrefix = "dl_";

    public DeadLetterId Id { get; } =
        new(
            result.Partition.Value,
            result.Offset.Value,
            DateTimeOffset.FromUnixTimeMilliseconds(result.Message.Timestamp.UnixTimestampMs)
        );

    /// <summary>The topic it came from; null when it was not written by the worker.</summary>
    public string? Topic => Header("dl_topic");

    /// <summary>Its source: topic, partition and offset, such as "coffee.orders/3@17".</summary>
    public string Source => $"{Topic ?? "?"}/{Header("dl_partition") ?? "?"}@{Header("dl_offset") ?? "?"}";

    /// <summary>
    /// It was too large: value and headers of the original are missing, see <see cref="DeadLetterPublisher"/>.
    /// </summary>
    public bool IsCut => Header("dl_cut") is not null;

    public string Function => Header("dl_function") ?? "?";

    public int? Attempts =>
        int.TryParse(Header("dl_attempts"), NumberStyles.None, CultureInfo.InvariantCulture, out var attempts)
            ? attempts
            : null;

    public string Cause => Header("dl_cause") ?? "?";

    /// <summary>The original record, without the <c>dl_…</c> headers.</summary>
    public Message<byte[]?, byte[]?> Original()
    {
        var headers = new Headers();
        foreach (
            var header in result.Message.Headers.Where(header =>
                !header.Key.StartsWith(HeaderPrefix, StringComparison.Ordinal)
            )
        )
            headers.Add(header.Key, header.GetValueBytes());
        return new()
        {
            Key = result.Message.Key,
            Value = result.Message.Value,
            Headers = headers,
        };
    }

    // Control characters are replaced: a terminal would interpret them.
    private string? Header(string name) =>
        result.Message.Headers.Text(name) is { } text
            ? string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character))
            : null;
}
