using System.Text.Json.Nodes;

namespace CoffeeBuddy.Support;

/// <summary>A worker's log: one JSON object per line.</summary>
public sealed class WorkerLog(string file)
{
    /// <summary>The lines that contain this text, such as a trace id.</summary>
    public IReadOnlyList<JsonNode> LinesOf(string text) =>
        [.. Lines().Where(line => line.Contains(text, StringComparison.Ordinal)).Select(line => JsonNode.Parse(line)!)];

    /// <summary>All complete JSON lines.</summary>
    public IReadOnlyList<string> Lines()
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n').Where(line => line.StartsWith('{') && line.EndsWith('}'))];
    }

    /// <summary>The lines of level Error or Critical that have an exception.</summary>
    public IReadOnlyList<string> Exceptions() =>
        [
            .. LinesOf("\"Exception\":")
                .Where(line => (string?)line["LogLevel"] is "Error" or "Critical")
                .Select(line => line.ToJsonString()),
        ];

    /// <summary>Waits for a line of one of the levels with the trace id.</summary>
    public async Task<JsonNode> WaitAsync(string traceId, params string[] levels)
    {
        JsonNode? found = null;
        await Eventually.TrueAsync(
            () =>
                (found = LinesOf(traceId).FirstOrDefault(line => levels.Contains((string?)line["LogLevel"])))
                    is not null,
            $"the log has a line with {traceId}"
        );
        return found!;
    }
}
