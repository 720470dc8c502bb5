using System.Text.Json;

namespace CoffeeBuddy.Sandbox.Processes;

/// <summary>Formats the workers' JSON log lines for the terminal.</summary>
public static class LogLine
{
    private static readonly string[] Shown = ["LogLevel", "Category", "Message", "Exception"];

    /// <summary>Level, category, message and exception of a JSON line; other lines unchanged.</summary>
    public static string Readable(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        if (!line.StartsWith('{'))
            return line;
        try
        {
            using var json = JsonDocument.Parse(line);
            var parts = Shown
                .Select(name => json.RootElement.TryGetProperty(name, out var value) ? value.ToString() : "")
                .Where(part => part.Length > 0)
                .ToArray();
            return parts.Length == 0 ? line : string.Join("  ", parts);
        }
        catch (JsonException)
        {
            return line;
        }
    }
}
