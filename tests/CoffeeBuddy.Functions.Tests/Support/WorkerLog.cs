using System.Text.Json.Nodes;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>A worker's log, which is JSON, one object a line.</summary>
public sealed class WorkerLog(string file)
{
    /// <summary>The lines that belong to a request, by its trace.</summary>
    public IReadOnlyList<JsonNode> LinesOf(string traceId)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return
        [
            .. reader
                .ReadToEnd()
                .Split('\n')
                .Where(line => line.Contains(traceId, StringComparison.Ordinal) && line.EndsWith('}'))
                .Select(line => JsonNode.Parse(line)!),
        ];
    }

    /// <summary>What nobody caught, or nobody expected: lines with an exception that are worse than a warning.</summary>
    public IReadOnlyList<string> Exceptions() =>
        [
            .. LinesOf("\"Exception\":")
                .Where(line => (string?)line["LogLevel"] is "Error" or "Critical")
                .Select(line => line.ToJsonString()),
        ];

    /// <summary>Waits until the request has left a line of this level.</summary>
    public async Task<JsonNode> WaitAsync(string traceId, string level)
    {
        JsonNode? found = null;
        await Eventually.TrueAsync(
            () => (found = LinesOf(traceId).FirstOrDefault(line => (string?)line["LogLevel"] == level)) is not null,
            $"a {level} line of {traceId}"
        );
        return found!;
    }
}
