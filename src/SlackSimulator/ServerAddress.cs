namespace SlackSimulator;

/// <summary>Where the simulator listens, known once it does.</summary>
internal sealed class ServerAddress
{
    public Uri Value { get; set; } = new("http://127.0.0.1/");
}
