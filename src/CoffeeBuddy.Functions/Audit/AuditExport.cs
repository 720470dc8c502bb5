using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using CoffeeBuddy.Data.Audit;

namespace CoffeeBuddy.Functions.Audit;

public enum AuditFormat
{
    /// <summary>RFC 4180, with a line of titles.</summary>
    Csv,

    /// <summary>A JSON object for each row.</summary>
    Jsonl,
}

/// <summary>Writes audit rows as CSV or JSON lines. Holds one page of rows, however many there are.</summary>
public static class AuditExport
{
    private const int FlushBytes = 64 * 1024;
    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n");

    private static readonly string[] Titles =
    [
        "time",
        "type",
        "outcome",
        "origin",
        "user_id",
        "subject",
        "on_behalf",
        "run_id",
        "payload",
        "log_id",
    ];

    public static string MediaType(AuditFormat format) => format == AuditFormat.Csv ? "text/csv" : "application/jsonl";

    /// <param name="rows">Read while the output takes what was written.</param>
    public static async Task WriteAsync(
        IAsyncEnumerable<AuditRow> rows,
        AuditFormat format,
        PipeWriter output,
        CancellationToken cancellationToken
    )
    {
        // Reads the first page: nothing is written before the database has answered.
        await using var reader = rows.GetAsyncEnumerator(cancellationToken);
        var hasRow = await reader.MoveNextAsync();
        if (format == AuditFormat.Csv)
            Write(output, Titles);
        for (; hasRow; hasRow = await reader.MoveNextAsync())
        {
            var row = reader.Current;
            if (format == AuditFormat.Csv)
                Write(output, Cells(row));
            else
                WriteJson(output, row);
            if (output.UnflushedBytes > FlushBytes)
                await output.FlushAsync(cancellationToken);
        }

        await output.FlushAsync(cancellationToken);
    }

    private static string[] Cells(AuditRow row) =>
        [
            row.Time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            row.Type,
            row.Outcome,
            row.Origin ?? "",
            row.UserId ?? "",
            row.Subject ?? "",
            row.OnBehalf ? "true" : "false",
            row.RunId?.ToString() ?? "",
            row.Payload,
            row.LogId.ToString(),
        ];

    private static void Write(PipeWriter output, IEnumerable<string> cells) =>
        Encoding.UTF8.GetBytes(string.Join(',', cells.Select(Cell)) + "\r\n", output);

    /// <summary>A spreadsheet takes a text that begins like this as a formula.</summary>
    private static string Cell(string text)
    {
        if (text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..])
            text = $"'{text}";
        return text.AsSpan().ContainsAny(Quoted) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    private static void WriteJson(PipeWriter output, AuditRow row)
    {
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("time", row.Time.UtcDateTime);
            json.WriteString("type", row.Type);
            json.WriteString("outcome", row.Outcome);
            json.WriteString("origin", row.Origin);
            json.WriteString("user_id", row.UserId);
            json.WriteString("subject", row.Subject);
            json.WriteBoolean("on_behalf", row.OnBehalf);
            if (row.RunId is { } runId)
                json.WriteString("run_id", runId);
            else
                json.WriteNull("run_id");
            json.WritePropertyName("payload");
            json.WriteRawValue(row.Payload);
            json.WriteString("log_id", row.LogId);
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }
}
