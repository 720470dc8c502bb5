using System.Globalization;
using System.Text;

namespace CoffeeBuddy.Core.Statistics;

/// <summary>The runs behind the statistics as CSV (RFC 4180), in UTF-8, one line for each run.</summary>
public static class StatisticsCsv
{
    private const string Header =
        "week,run_id,channel_id,initiator_user_id,runner_user_id,status,orders,created_at,first_order_at,assigned_at,seconds_to_assignment,completed_at";

    public static byte[] Write(IEnumerable<RunRecord> runs)
    {
        var text = new StringBuilder(Header).Append("\r\n");
        foreach (var run in runs)
        {
            string[] fields =
            [
                run.Monday.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                run.RunId.ToString(),
                Field(run.ChannelId),
                Field(run.InitiatorUserId),
                Field(run.RunnerUserId),
                run.Status.ToString().ToLowerInvariant(),
                run.Orders.ToString(CultureInfo.InvariantCulture),
                Time(run.CreatedAt),
                Time(run.FirstOrderAt),
                Time(run.AssignedAt),
                run.Time?.TotalSeconds.ToString("0", CultureInfo.InvariantCulture) ?? "",
                Time(run.CompletedAt),
            ];
            text.AppendJoin(',', fields).Append("\r\n");
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>
    /// A text as a field. One that a spreadsheet would take for a formula begins with an apostrophe, so that it is text
    /// there (https://owasp.org/www-community/attacks/CSV_Injection).
    /// </summary>
    public static string Field(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        var harmless =
            text.TrimStart() is ['=' or '+' or '-' or '@', ..] || text[0] is '\t' or '\r' ? $"'{text}" : text;
        return harmless.AsSpan().ContainsAny(",\"\r\n") ? $"\"{harmless.Replace("\"", "\"\"")}\"" : harmless;
    }

    private static string Time(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) ?? "";
}
