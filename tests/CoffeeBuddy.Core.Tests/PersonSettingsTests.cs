using CoffeeBuddy.Core.Users;
using Xunit;

namespace CoffeeBuddy.Core.Tests;

public sealed class PersonSettingsTests
{
    private static readonly TimeZoneInfo Berlin = TimeZones.Find("Europe/Berlin", null);

    [Theory]
    // Within a day.
    [InlineData("12:00", "13:30", "2026-12-02T11:15", "2026-12-02T12:30")]
    [InlineData("12:00", "13:30", "2026-12-02T12:30", null)]
    [InlineData("12:00", "13:30", "2026-12-02T10:59", null)]
    // Over midnight: before it, after it, at the end.
    [InlineData("22:00", "07:00", "2026-12-02T22:30", "2026-12-03T06:00")]
    [InlineData("22:00", "07:00", "2026-12-03T04:00", "2026-12-03T06:00")]
    [InlineData("22:00", "07:00", "2026-12-03T06:00", null)]
    // The night in which the clocks go forward: 02:30 does not exist, so the hours end at 03:00.
    [InlineData("22:00", "02:30", "2026-03-28T23:00", "2026-03-29T01:00")]
    public void Quiet_hours_end_in_the_persons_time_zone(string from, string to, string utc, string? end)
    {
        var quiet = new QuietHours(TimeOnly.Parse(from, null), TimeOnly.Parse(to, null));

        Assert.Equal(Utc(end), quiet.EndAfter(Utc(utc)!.Value, Berlin));
    }

    [Theory]
    [InlineData("Europe/Berlin", 0, 60)]
    [InlineData("No/Such_Zone", 19800, 330)]
    [InlineData("No/Such_Zone", -12600, -210)]
    [InlineData("../../../etc/passwd", 3600, 60)]
    [InlineData("", null, 0)]
    [InlineData(null, 3600, 60)]
    [InlineData(null, int.MaxValue, 840)]
    [InlineData(null, int.MinValue, -840)]
    public void An_unknown_time_zone_has_the_offset_that_Slack_gave(string? name, int? offset, int minutes) =>
        Assert.Equal(
            TimeSpan.FromMinutes(minutes),
            TimeZones.Find(name, offset).GetUtcOffset(Utc("2026-12-02T12:00")!.Value)
        );

    private static DateTimeOffset? Utc(string? time) => time is null ? null : DateTimeOffset.Parse($"{time}:00Z", null);
}
