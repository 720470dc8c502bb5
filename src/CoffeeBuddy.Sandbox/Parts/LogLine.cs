using System.Text.Json;

namespace CoffeeBuddy.Sandbox.Parts;

/// <summary>The workers write their log as JSON, for machines.</summary>
public static class LogLine
{
    private static readonly string[] Shown = ["LogLevel", "Category", "Message", "Exception"];

    /// <summary>The line as a person reads it: level, category, message and exception of a JSON line; any other line as it is.</summary>
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
