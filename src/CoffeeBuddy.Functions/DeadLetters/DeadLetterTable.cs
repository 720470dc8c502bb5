using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CoffeeBuddy.Functions.DeadLetters;

/// <summary>A dead letter as it is listed: source, time and cause, never its content.</summary>
public sealed record DeadLetterRow(
    string Position,
    DateTimeOffset Time,
    string Source,
    string Function,
    int? Attempts,
    string Cause
)
{
    public static DeadLetterRow Of(DeadLetterRecord record) =>
        new(record.Id.Position, record.Id.RecordedAt, record.Source, record.Function, record.Attempts, record.Cause);
}

/// <summary>Formats dead letters as a table or as JSON.</summary>
public static class DeadLetterTable
{
    private static readonly string[] Titles = ["POSITION", "TIME", "SOURCE", "FUNCTION", "ATTEMPTS", "CAUSE"];

    public static string ToJson(IEnumerable<DeadLetterRow> rows) =>
        JsonSerializer.Serialize([.. rows], DeadLetterJson.Default.DeadLetterRowArray);

    public static IEnumerable<string> ToLines(IEnumerable<DeadLetterRow> rows)
    {
        List<string[]> lines = [Titles, .. rows.Select(Cells)];
        var widths = Enumerable
            .Range(0, Titles.Length - 1)
            .Select(column => lines.Max(line => line[column].Length))
            .ToArray();
        return lines.Select(line =>
            string.Join(
                "  ",
                line.Select((cell, column) => column < widths.Length ? cell.PadRight(widths[column]) : cell)
            )
        );
    }

    public static string When(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string[] Cells(DeadLetterRow row) =>
        [
            row.Position,
            When(row.Time),
            row.Source,
            row.Function,
            row.Attempts?.ToString(CultureInfo.InvariantCulture) ?? "?",
            row.Cause,
        ];
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(DeadLetterRow[]))]
internal sealed partial class DeadLetterJson : JsonSerializerContext;
