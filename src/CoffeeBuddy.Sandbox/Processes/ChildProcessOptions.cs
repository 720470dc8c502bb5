namespace CoffeeBuddy.Sandbox.Processes;

/// <summary>The program to start, and how it ends if this process dies first.</summary>
/// <param name="Name">Name in messages.</param>
/// <param name="FileName">Path of the program, or its name on PATH.</param>
/// <param name="Arguments">Passed unchanged: no shell interprets them.</param>
public sealed record ChildProcessOptions(string Name, string FileName, IReadOnlyList<string> Arguments)
{
    /// <summary>Added to the environment of this process; null removes a variable.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    public string? WorkingDirectory { get; init; }

    /// <summary>File for all output lines; null keeps only the last lines, in memory.</summary>
    public string? LogFile { get; init; }

    /// <summary>Signal that the child gets when this process dies, even by SIGKILL. The name without SIG.</summary>
    public string OrphanSignal { get; init; } = "KILL";

    /// <summary>Folder that is deleted if this process dies before the child.</summary>
    public string? OrphanFolder { get; init; }
}
