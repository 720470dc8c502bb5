using System.Text;
using Confluent.Kafka;

namespace CoffeeBuddy.Functions.Events;

/// <summary>Reads headers of Kafka records.</summary>
internal static class RecordHeaders
{
    /// <returns>The last header of this name as UTF-8 text; null without one, and when its value is null.</returns>
    public static string? Text(this Headers headers, string name) =>
        headers.TryGetLastBytes(name, out var value) && value is not null ? Encoding.UTF8.GetString(value) : null;
}
