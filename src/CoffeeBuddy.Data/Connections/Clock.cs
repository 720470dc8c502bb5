namespace CoffeeBuddy.Data.Connections;

/// <summary>
/// Times in microseconds, as PostgreSQL stores them: a time that was returned equals the one that is read back.
/// </summary>
internal static class Clock
{
    /// <summary>The time now, in UTC, cut to microseconds.</summary>
    public static DateTimeOffset Now(this TimeProvider time) => time.GetUtcNow().Cut();

    /// <summary>The time in UTC, cut to microseconds.</summary>
    public static DateTimeOffset Cut(this DateTimeOffset at) =>
        at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMicrosecond)).ToUniversalTime();
}
