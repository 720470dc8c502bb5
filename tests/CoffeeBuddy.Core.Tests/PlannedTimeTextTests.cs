using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Core.Users;
using CsCheck;
using Xunit;

namespace CoffeeBuddy.Core.Tests;

public sealed class PlannedTimeTextTests
{
    // A Wednesday, 10:30 in Berlin.
    private static readonly DateTimeOffset Now = new(2026, 12, 2, 9, 30, 0, TimeSpan.Zero);
    private static readonly TimeZoneInfo Berlin = TimeZones.Find("Europe/Berlin", null);

    [Theory]
    [InlineData("at 14:30", "2026-12-02T14:30")]
    [InlineData("at 14.30", "2026-12-02T14:30")]
    [InlineData("at 14h30", "2026-12-02T14:30")]
    [InlineData("at 1430", "2026-12-02T14:30")]
    [InlineData("at 2:30pm", "2026-12-02T14:30")]
    [InlineData("at 2:30 pm", "2026-12-02T14:30")]
    [InlineData("at 2.30 p.m.", "2026-12-02T14:30")]
    [InlineData("AT  2:30PM!", "2026-12-02T14:30")]
    [InlineData("at\u00a014:30", "2026-12-02T14:30")]
    [InlineData("14:30", "2026-12-02T14:30")]
    [InlineData("2pm", "2026-12-02T14:00")]
    [InlineData("at 2 pm please", "2026-12-02T14:00")]
    [InlineData("at 14", "2026-12-02T14:00")]
    [InlineData("at 14h", "2026-12-02T14:00")]
    [InlineData("at 11 o’clock", "2026-12-02T11:00")]
    [InlineData("at 12", "2026-12-02T12:00")]
    [InlineData("at noon", "2026-12-02T12:00")]
    [InlineData("at 12pm", "2026-12-02T12:00")]
    [InlineData("today at 15:00", "2026-12-02T15:00")]
    [InlineData("at 15:00 today", "2026-12-02T15:00")]
    // It has passed today.
    [InlineData("at 9", "2026-12-03T09:00")]
    [InlineData("at 9.", "2026-12-03T09:00")]
    [InlineData("at 10:29", "2026-12-03T10:29")]
    // The minute of now.
    [InlineData("at 10:30", "2026-12-02T10:30")]
    [InlineData("wednesday at 10:29", "2026-12-09T10:29")]
    [InlineData("at 10:31", "2026-12-02T10:31")]
    [InlineData("at 02:30", "2026-12-03T02:30")]
    [InlineData("at 0:15", "2026-12-03T00:15")]
    [InlineData("at 12am", "2026-12-03T00:00")]
    [InlineData("tomorrow at 9", "2026-12-03T09:00")]
    [InlineData("at 9 tomorrow", "2026-12-03T09:00")]
    [InlineData("tomorrow 9:15", "2026-12-03T09:15")]
    [InlineData("friday at 9:30", "2026-12-04T09:30")]
    [InlineData("on Fri. at 9:30", "2026-12-04T09:30")]
    [InlineData("this friday, 9:30", "2026-12-04T09:30")]
    [InlineData("at 9:30 on friday", "2026-12-04T09:30")]
    [InlineData("tuesday at 16:00", "2026-12-08T16:00")]
    [InlineData("wednesday at 9", "2026-12-09T09:00")]
    public void The_start_is_read_in_the_persons_time_zone(string text, string local)
    {
        Assert.True(PlannedTimeText.IsMeant(text));
        Assert.Null(PlannedTimeText.Read(text, Now, Berlin, out var startsAt));
        Assert.Equal(local, TimeZoneInfo.ConvertTime(startsAt, Berlin).ToString("yyyy-MM-ddTHH:mm", null));
    }

    [Theory]
    [InlineData("at", PlannedTimeFault.Unclear)]
    [InlineData("at the cows come home", PlannedTimeFault.Unclear)]
    [InlineData("at 25:00", PlannedTimeFault.Unclear)]
    [InlineData("at 24:00", PlannedTimeFault.Unclear)]
    [InlineData("at 14:60", PlannedTimeFault.Unclear)]
    [InlineData("at 13pm", PlannedTimeFault.Unclear)]
    [InlineData("at 0am", PlannedTimeFault.Unclear)]
    [InlineData("at 0", PlannedTimeFault.Unclear)]
    [InlineData("at 930", PlannedTimeFault.Unclear)]
    [InlineData("at 9 or 10", PlannedTimeFault.Unclear)]
    [InlineData("at 9 30", PlannedTimeFault.Unclear)]
    [InlineData("at -9", PlannedTimeFault.Unclear)]
    [InlineData("at 14:30 for 10", PlannedTimeFault.Unclear)]
    [InlineData("at midnight", PlannedTimeFault.Unclear)]
    [InlineData("at ١٤:٣٠", PlannedTimeFault.Unclear)]
    [InlineData("tomorrow", PlannedTimeFault.Unclear)]
    [InlineData("friday", PlannedTimeFault.Unclear)]
    [InlineData("friday tomorrow at 9", PlannedTimeFault.Unclear)]
    [InlineData("next tomorrow at 9", PlannedTimeFault.Unclear)]
    [InlineData("at 9 next", PlannedTimeFault.Unclear)]
    [InlineData("at 2026-12-24 9:00", PlannedTimeFault.Unclear)]
    [InlineData("at 2", PlannedTimeFault.MorningOrAfternoon)]
    [InlineData("tomorrow at 2:30", PlannedTimeFault.MorningOrAfternoon)]
    [InlineData("at 6", PlannedTimeFault.MorningOrAfternoon)]
    // Said on a Wednesday, it may be the day after tomorrow.
    [InlineData("next friday at 9:30", PlannedTimeFault.WhichWeek)]
    [InlineData("wednesday at 15:00", PlannedTimeFault.WhichWeek)]
    [InlineData("today at 9", PlannedTimeFault.Past)]
    [InlineData("today at 10:29", PlannedTimeFault.Past)]
    [InlineData("wednesday at 10:30", PlannedTimeFault.WhichWeek)]
    public void Other_text_is_asked_back(string text, PlannedTimeFault fault)
    {
        Assert.True(PlannedTimeText.IsMeant(text));
        Assert.Equal(fault, PlannedTimeText.Read(text, Now, Berlin, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("1430")]
    [InlineData("help")]
    [InlineData("away till friday")]
    [InlineData("away at 9")]
    [InlineData("attention")]
    [InlineData("money")]
    [InlineData("10h")]
    [InlineData("on")]
    [InlineData("next")]
    public void Other_commands_are_not_meant_as_a_time(string text) => Assert.False(PlannedTimeText.IsMeant(text));

    [Theory]
    // 02:00 becomes 03:00 in the night to 29 March, and 03:00 becomes 02:00 in that to 25 October.
    [InlineData("2026-03-28T20:00Z", "at 02:30", "2026-03-29T01:00Z")]
    [InlineData("2026-03-28T20:00Z", "tomorrow at 9", "2026-03-29T07:00Z")]
    [InlineData("2026-03-28T07:00Z", "at 9", "2026-03-28T08:00Z")]
    [InlineData("2026-03-28T08:01Z", "at 9", "2026-03-29T07:00Z")]
    [InlineData("2026-10-24T20:00Z", "at 02:30", "2026-10-25T00:30Z")]
    [InlineData("2026-10-25T00:45Z", "at 02:30", "2026-10-26T01:30Z")]
    [InlineData("2026-10-24T20:00Z", "tomorrow at 9", "2026-10-25T08:00Z")]
    public void A_time_is_that_of_the_persons_clock_when_the_clocks_change(string now, string text, string startsAt)
    {
        var at = DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture);

        Assert.Null(PlannedTimeText.Read(text, at, Berlin, out var read));

        Assert.Equal(DateTimeOffset.Parse(startsAt, System.Globalization.CultureInfo.InvariantCulture), read);
    }

    [Fact]
    public void What_is_read_is_always_in_the_future_and_within_eight_days()
    {
        var words = OneOf(
            "at",
            "on",
            "next",
            "this",
            "today",
            "tomorrow",
            "friday",
            "sat",
            "wed",
            "noon",
            "9",
            "09",
            "14:30",
            "2pm",
            "2:30",
            "pm",
            "12",
            "23:59",
            "00:00",
            "02:30",
            "24:00",
            "\u202e",
            ",",
            "o'clock"
        )
            .Array[0, 5]
            .Select(chosen => string.Join(' ', chosen));
        var zones = OneOf(
            "Europe/Berlin",
            "Pacific/Apia",
            "America/New_York",
            "Australia/Lord_Howe",
            "Etc/UTC",
            "No/Where"
        );
        // Two years around changes of the clocks, among them the day that Apia skipped.
        var seconds = Gen.Int[0, 2 * 366 * 24 * 3600];
        var begins = OneOf(2011, 2026);

        Gen.Select(words, zones, seconds, begins)
            .Sample(
                (text, zone, second, year) =>
                {
                    var now = new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(second);
                    if (PlannedTimeText.Read(text, now, TimeZones.Find(zone, null), out var startsAt) is null)
                        Assert.InRange(startsAt, now.AddMinutes(-1).AddTicks(1), now.AddDays(8));
                },
                iter: 20_000
            );
    }

    [Theory]
    [InlineData("09", "2011-12-30T19:00Z", null)]
    [InlineData("tomorrow at 9", null, PlannedTimeFault.Past)]
    [InlineData("friday at 9", null, PlannedTimeFault.Past)]
    [InlineData("saturday at 9", "2011-12-30T19:00Z", null)]
    public void A_day_that_a_time_zone_leaves_out_is_not_taken(string text, string? startsAt, PlannedTimeFault? fault)
    {
        // In Samoa, Saturday the 31st of December followed Thursday the 29th.
        var thursday = new DateTimeOffset(2011, 12, 29, 19, 5, 0, TimeSpan.Zero);

        Assert.Equal(fault, PlannedTimeText.Read(text, thursday, TimeZones.Find("Pacific/Apia", null), out var read));

        if (startsAt is not null)
            Assert.Equal(DateTimeOffset.Parse(startsAt, System.Globalization.CultureInfo.InvariantCulture), read);
    }

    [Fact]
    public void Any_text_is_read_without_an_exception() =>
        Gen.String.Sample(
            text =>
            {
                PlannedTimeText.IsMeant(text);
                PlannedTimeText.Read(text, Now, Berlin, out _);
                PlannedTimeText.Read($"at {text}", Now, Berlin, out _);
            },
            iter: 2_000
        );

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);
}
