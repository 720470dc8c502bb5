namespace SlackSimulator;

/// <summary>
/// The simulator's address. It is set once the server has started, because port 0 selects a free port.
/// </summary>
internal sealed class ServerAddress
{
    public Uri Value { get; set; } = new("http://127.0.0.1/");
}
