namespace CoffeeBuddy.Core.Users;

/// <summary>People's time zones, as Slack tells them.</summary>
public static class TimeZones
{
    /// <summary>Longest name that is stored.</summary>
    public const int MaxNameLength = 64;

    /// <summary>
    /// The zone of that name; for a name that this machine does not know, one with Slack's offset and without daylight
    /// saving time; without both, UTC. Never throws.
    /// </summary>
    /// <param name="name">An IANA name, such as "Europe/Berlin".</param>
    /// <param name="offsetSeconds">Seconds east of UTC when the person was last looked up.</param>
    public static TimeZoneInfo Find(string? name, int? offsetSeconds)
    {
        if (IsName(name) && TimeZoneInfo.TryFindSystemTimeZoneById(name!, out var zone))
            return zone;
        // .NET's custom zones have whole minutes, within 14 hours.
        var offset = TimeSpan.FromMinutes(Math.Clamp((offsetSeconds ?? 0) / 60, -14 * 60, 14 * 60));
        if (offset == TimeSpan.Zero)
            return TimeZoneInfo.Utc;
        var sign = offset < TimeSpan.Zero ? '-' : '+';
        var id = $"UTC{sign}{offset.Duration():hh\\:mm}";
        return TimeZoneInfo.CreateCustomTimeZone(id, offset, id, id);
    }

    /// <summary>The instant of a local time; of one that daylight saving time skips, the first after it.</summary>
    public static DateTimeOffset At(this TimeZoneInfo zone, DateTime local)
    {
        var time = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        // The clocks of some zones skip a whole day.
        for (var hours = 0; hours < 48 && zone.IsInvalidTime(time); hours++)
            time = time.AddMinutes(30);
        var offset = zone.IsAmbiguousTime(time) ? zone.GetAmbiguousTimeOffsets(time).Max() : zone.GetUtcOffset(time);
        return new DateTimeOffset(time, offset).ToUniversalTime();
    }

    // The name becomes the path of a file of the operating system.
    private static bool IsName(string? name) =>
        name is { Length: > 0 and <= MaxNameLength }
        && char.IsAsciiLetter(name[0])
        && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '/' or '_' or '+' or '-');
}
