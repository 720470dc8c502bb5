using System.Globalization;

namespace CoffeeBuddy.Scaling.Keda;

/// <summary>A trigger of type kafka. Refuses what KEDA's scaler refuses, and the settings that this program does not
/// follow.</summary>
internal sealed record KafkaTrigger
{
    public required string Topic { get; init; }
    public required string ConsumerGroup { get; init; }
    public required long LagThreshold { get; init; }
    public bool UseCachedMetrics { get; init; }
    public bool ExcludePersistentLag { get; init; }
    public bool LimitToPartitionsWithLag { get; init; }
    public bool ScaleToZeroOnInvalidOffset { get; init; }

    /// <exception cref="InvalidDataException">A setting is refused.</exception>
    public static KafkaTrigger Read(IReadOnlyDictionary<string, string> metadata, bool useCachedMetrics)
    {
        var left = metadata.ToDictionary(StringComparer.Ordinal);
        string? Take(string name) => left.Remove(name, out var value) ? value : null;
        bool Flag(string name) => bool.Parse(Take(name) ?? "false");
        // How KEDA connects. This program connects to the Kafka of the sandbox.
        foreach (var name in (string[])["bootstrapServers", "version", "tls", "sasl"])
            left.Remove(name);

        var limited = Flag("limitToPartitionsWithLag");
        var trigger = new KafkaTrigger
        {
            Topic =
                Take("topic")
                ?? throw new InvalidDataException(
                    limited ? "limitToPartitionsWithLag needs a topic." : "A trigger without a topic is not followed."
                ),
            ConsumerGroup = Take("consumerGroup") ?? throw new InvalidDataException("A trigger has no consumerGroup."),
            // 10 is KEDA's default.
            LagThreshold = long.Parse(Take("lagThreshold") ?? "10", CultureInfo.InvariantCulture),
            UseCachedMetrics = useCachedMetrics,
            ExcludePersistentLag = Flag("excludePersistentLag"),
            LimitToPartitionsWithLag = limited,
            ScaleToZeroOnInvalidOffset = Flag("scaleToZeroOnInvalidOffset"),
        };
        if (Take("offsetResetPolicy") != "earliest")
            throw new InvalidDataException("Only offsetResetPolicy earliest is followed.");
        if (left.Count > 0)
            throw new InvalidDataException($"Not followed: {string.Join(", ", left.Keys)}.");
        return trigger;
    }
}
