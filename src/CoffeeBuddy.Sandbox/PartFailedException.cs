using CoffeeBuddy.Sandbox.Processes;

namespace CoffeeBuddy.Sandbox;

/// <summary>
/// A part of the sandbox did not start or ended unexpectedly. The message has its name and its last log lines.
/// </summary>
public sealed class PartFailedException(
    string part,
    string problem,
    IReadOnlyList<string> lastLines,
    Exception? cause = null
) : Exception(Describe(part, problem, lastLines), cause)
{
    private const int LinesShown = 30;

    public string Part { get; } = part;

    public string Problem { get; } = problem;

    public IReadOnlyList<string> LastLines { get; } = lastLines;

    private static string Describe(string part, string problem, IReadOnlyList<string> lastLines) =>
        $"{part} {problem.TrimEnd('.')}."
        + (
            lastLines.Count == 0
                ? ""
                : $" Its last lines:{Environment.NewLine}{string.Join(Environment.NewLine, lastLines.TakeLast(LinesShown).Select(line => "    " + LogLine.Readable(line)))}"
        );
}
