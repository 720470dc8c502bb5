using System.Globalization;

namespace CoffeeBuddy.Functions.Audit;

/// <summary>Reads the limits of a period.</summary>
public static class AuditPeriod
{
    private static readonly string[] Formats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss'Z'"];

    /// <param name="text">A day, which begins at midnight UTC, or a time in UTC.</param>
    /// <returns>Null for anything else.</returns>
    public static DateTimeOffset? Read(string text) =>
        DateTimeOffset.TryParseExact(
            text,
            Formats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
            ? time
            : null;
}
