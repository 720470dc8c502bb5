using CoffeeBuddy.Core.Users;
using CsCheck;
using Xunit;

namespace CoffeeBuddy.Core.Tests;

public sealed class AwayTextTests
{
    // A Wednesday, 10:30 in Berlin.
    private static readonly DateTimeOffset Now = new(2026, 12, 2, 9, 30, 0, TimeSpan.Zero);
    private static readonly TimeZoneInfo Berlin = TimeZones.Find("Europe/Berlin", null);

    [Theory]
    [InlineData("till Friday", "2026-12-04T00:00")]
    [InlineData("until friday", "2026-12-04T00:00")]
    [InlineData("'til Fri.", "2026-12-04T00:00")]
    [InlineData("TILL   FRIDAY!", "2026-12-04T00:00")]
    [InlineData("until\u00a0friday", "2026-12-04T00:00")]
    [InlineData("through friday", "2026-12-05T00:00")]
    [InlineData("on friday", "2026-12-05T00:00")]
    [InlineData("till wednesday", "2026-12-09T00:00")]
    [InlineData("till next monday", "2026-12-07T00:00")]
    [InlineData("until friday 2pm", "2026-12-04T14:00")]
    [InlineData("until 2026-12-24", "2026-12-24T00:00")]
    [InlineData("until 2026/12/24 09:15", "2026-12-24T09:15")]
    [InlineData("2026-12-24", "2026-12-25T00:00")]
    [InlineData("until 24.12.", "2026-12-24T00:00")]
    [InlineData("till 24.12.2026", "2026-12-24T00:00")]
    [InlineData("until 24 Dec", "2026-12-24T00:00")]
    [InlineData("until December 24th, 2026", "2026-12-24T00:00")]
    [InlineData("until the 7th of January", "2027-01-07T00:00")]
    [InlineData("3 days", "2026-12-05T10:30")]
    [InlineData("for three days", "2026-12-05T10:30")]
    [InlineData("2w", "2026-12-16T10:30")]
    [InlineData("a week", "2026-12-09T10:30")]
    [InlineData("an hour", "2026-12-02T11:30")]
    [InlineData("half an hour", "2026-12-02T11:00")]
    [InlineData("90 min", "2026-12-02T12:00")]
    [InlineData("tomorrow", "2026-12-04T00:00")]
    [InlineData("until tomorrow", "2026-12-03T00:00")]
    [InlineData("until tomorrow 9am", "2026-12-03T09:00")]
    [InlineData("today", "2026-12-03T00:00")]
    [InlineData("until tonight", "2026-12-03T00:00")]
    [InlineData("for the rest of the day", "2026-12-03T00:00")]
    [InlineData("until 15:00", "2026-12-02T15:00")]
    [InlineData("until 9:00", "2026-12-03T09:00")]
    [InlineData("until noon", "2026-12-02T12:00")]
    [InlineData("this week", "2026-12-07T00:00")]
    [InlineData("until next week", "2026-12-07T00:00")]
    [InlineData("next week", "2026-12-14T00:00")]
    [InlineData("until next month", "2027-01-01T00:00")]
    public void The_end_is_read_in_the_persons_time_zone(string text, string local)
    {
        Assert.Null(AwayText.Read(text, Now, Berlin, out var until));
        Assert.Equal(local, TimeZoneInfo.ConvertTime(until!.Value, Berlin).ToString("yyyy-MM-ddTHH:mm", null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("until told otherwise")]
    [InlineData("Until further notice.")]
    [InlineData("for now")]
    public void Without_an_end_it_lasts_until_the_person_is_back(string text)
    {
        Assert.Null(AwayText.Read(text, Now, Berlin, out var until));
        Assert.Null(until);
    }

    [Theory]
    [InlineData("until", AwayFault.Unclear)]
    [InlineData("till the cows come home", AwayFault.Unclear)]
    [InlineData("until 9", AwayFault.Unclear)]
    [InlineData("until 12/11/2026", AwayFault.Unclear)]
    // Said on a Wednesday, it may be the day after tomorrow.
    [InlineData("next friday", AwayFault.Unclear)]
    [InlineData("until 31 February", AwayFault.Unclear)]
    [InlineData("until 25:00", AwayFault.Unclear)]
    [InlineData("until 13pm", AwayFault.Unclear)]
    [InlineData("٣ days", AwayFault.Unclear)]
    [InlineData("0 days", AwayFault.Past)]
    [InlineData("until 2026-12-01", AwayFault.Past)]
    [InlineData("until 2020-12-24", AwayFault.Past)]
    [InlineData("until 2028-01-01", AwayFault.TooLong)]
    [InlineData("9999 weeks", AwayFault.TooLong)]
    [InlineData("until 9999-12-31", AwayFault.TooLong)]
    [InlineData("9999-12-31", AwayFault.TooLong)]
    public void Other_text_is_asked_back(string text, AwayFault fault)
    {
        Assert.Equal(fault, AwayText.Read(text, Now, Berlin, out var until));
        Assert.Null(until);
    }

    [Fact]
    public void A_day_is_a_day_when_the_clocks_change()
    {
        var beforeSummer = new DateTimeOffset(2026, 3, 28, 9, 0, 0, TimeSpan.Zero);

        Assert.Null(AwayText.Read("a day", beforeSummer, Berlin, out var until));
        Assert.Equal(beforeSummer.AddHours(23), until);
    }

    private static readonly string[] Words =
    [
        "until",
        "till",
        "through",
        "next",
        "friday",
        "tomorrow",
        "today",
        "week",
        "3",
        "31",
        "9999",
        "days",
        "months",
        "24.12.",
        "2026-12-24",
        "0000-00-00",
        "29",
        "february",
        "9:99",
        "24:00",
        "12",
        "pm",
        "noon",
        "\u202e",
        ",",
    ];

    private static readonly string[] Zones =
    [
        "Europe/Berlin",
        "Pacific/Apia",
        "America/New_York",
        "Etc/UTC",
        "No/Where",
    ];

    /// <summary>Words of the grammar in any order, mixed with any characters.</summary>
    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.String,
        OneOf(Words).Array[0, 6].Select(words => string.Join(' ', words))
    );

    [Fact]
    public void Any_text_is_read_or_asked_back_and_an_end_is_ahead() =>
        Gen.Select(Texts, Gen.DateTimeOffset, OneOf(Zones))
            .Sample(
                (text, now, zone) =>
                {
                    var fault = AwayText.Read(text, now, TimeZones.Find(zone, 3600), out var until);
                    return until is null
                        || (fault is null && until > now && until <= now.AddDays(AwayText.LongestDays));
                },
                iter: 1000
            );

    private static Gen<string> OneOf(string[] texts) => Gen.Int[0, texts.Length - 1].Select(index => texts[index]);
}
