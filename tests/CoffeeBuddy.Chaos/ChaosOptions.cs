namespace CoffeeBuddy.Chaos;

/// <summary>The values of the command line, see <see cref="ChaosCommand"/>.</summary>
internal sealed record ChaosOptions(
    TimeSpan Duration,
    int Seed,
    int People,
    int Channels,
    TimeSpan Quiet,
    string? KafkaServers,
    string? LogFolder
);
