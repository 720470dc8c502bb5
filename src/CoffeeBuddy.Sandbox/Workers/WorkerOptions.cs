namespace CoffeeBuddy.Sandbox.Workers;

/// <summary>A built .NET program to run as a separate process.</summary>
/// <param name="Name">Name in messages.</param>
/// <param name="Dll">Path of its assembly.</param>
public sealed record WorkerOptions(string Name, string Dll)
{
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Added to the environment of this process; null removes a variable.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>TCP port on 127.0.0.1, passed in ASPNETCORE_URLS; 0 selects a free port.</summary>
    public int Port { get; init; }

    /// <summary>The worker is ready when this path answers 200.</summary>
    public string ReadyPath { get; init; } = "/healthz/ready";

    /// <summary>A worker that is not ready after this time has failed to start.</summary>
    public TimeSpan ReadyWithin { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>File for all its output.</summary>
    public string? LogFile { get; init; }
}
