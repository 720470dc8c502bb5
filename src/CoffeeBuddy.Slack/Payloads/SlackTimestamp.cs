using System.Globalization;

namespace CoffeeBuddy.Slack.Payloads;

/// <summary>Slack's time format: seconds since 1970 with six decimals, as in <c>1355517523.000005</c>.</summary>
public static class SlackTimestamp
{
    private const decimal LatestSecond = 253402300799m; // 9999-12-31T23:59:59Z

    /// <returns>Null when the text is not a time up to the year 9999.</returns>
    public static DateTimeOffset? Read(string? ts) =>
        decimal.TryParse(ts, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
        && seconds <= LatestSecond
            ? DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond))
            : null;
}
