using System.Globalization;
using System.Text.RegularExpressions;
using CoffeeBuddy.Core.Orders;

namespace CoffeeBuddy.Core.Users;

/// <summary>Why it is not known until when somebody is away.</summary>
public enum AwayFault
{
    Unclear,

    /// <summary>The time has passed.</summary>
    Past,

    /// <summary>More than <see cref="AwayText.LongestDays"/> ahead.</summary>
    TooLong,
}

/// <summary>
/// Reads until when somebody is away, as people type it: "till Friday", "3 days", "tomorrow", "until 2026-12-24",
/// "until 3pm". "Until" a day ends when that day begins; a day alone, or "through" a day, is part of the absence. Text
/// that could mean something else is not read.
/// </summary>
public static class AwayText
{
    /// <summary>How long somebody can be away with an end.</summary>
    public const int LongestDays = 366;

    private const int MaxLength = 100;

    private static readonly string[] UntilWords = ["until", "untill", "till", "til", "'til", "to", "bis"];
    private static readonly string[] ThroughWords = ["through", "thru", "including", "incl"];
    private static readonly string[] FillWords = ["for", "on", "the", "this", "from", "now", "please", "at", "of", ","];

    private static readonly string[] OpenEnded =
    [
        "until told otherwise",
        "until further notice",
        "until i am back",
        "until i'm back",
        "until back",
        "indefinitely",
        "for now",
    ];

    private static readonly string[] Numbers =
    [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
    ];

    private static readonly Regex Duration = Pattern(
        @"^(?<count>[0-9]{1,4}|[a-z]+) ?(?<unit>minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|wks?|w|months?)$"
    );

    // A number alone is no time: "until 9" could be the ninth.
    private static readonly Regex TimeOfDay = Pattern(
        "(?:^| )(?:(?<hour>[0-9]{1,2}):(?<minute>[0-9]{2}) ?(?<half>am|pm)?|(?<hour>[0-9]{1,2}) ?(?<half>am|pm)|(?<word>noon|midnight))$"
    );

    private static readonly Regex DottedDate = Pattern(
        @"^(?<day>[0-9]{1,2})\. ?(?<month>[0-9]{1,2})\.?(?: ?(?<year>[0-9]{4}))?$"
    );

    private static readonly Regex DayAndMonth = Pattern(
        @"^(?<day>[0-9]{1,2})(?:st|nd|rd|th|\.)? (?<name>[a-z]+\.?)(?:,? (?<year>[0-9]{4}))?$"
    );

    private static readonly Regex MonthAndDay = Pattern(
        @"^(?<name>[a-z]+\.?) (?<day>[0-9]{1,2})(?:st|nd|rd|th)?(?:,? (?<year>[0-9]{4}))?$"
    );

    private static Regex Pattern(string pattern) =>
        new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);

    /// <summary>Never throws.</summary>
    /// <param name="text">What follows "away"; empty: until told otherwise.</param>
    /// <param name="zone">The person's.</param>
    /// <param name="until">When the absence ends; null: when the person says so.</param>
    /// <returns>Null when it is clear.</returns>
    public static AwayFault? Read(string text, DateTimeOffset now, TimeZoneInfo zone, out DateTimeOffset? until)
    {
        until = null;
        // Before anything else reads it: nobody means a longer text.
        if (text.Length > MaxLength)
            return AwayFault.Unclear;
        var plain = TypedText.Comparable(text.ToLowerInvariant()).Trim(' ', '.', '!', ',', ';', ':').Replace('’', '\'');
        if (plain.Length == 0 || OpenEnded.Contains(plain.Replace("'til", "until").Replace("till ", "until ")))
            return null;

        var words = plain.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToList();
        var isUntil = words.RemoveAll(UntilWords.Contains) > 0;
        var isThrough = words.RemoveAll(ThroughWords.Contains) > 0;
        words.RemoveAll(FillWords.Contains);
        if (isUntil && isThrough)
            return AwayFault.Unclear;
        var rest = string.Join(' ', words);

        try
        {
            var local = TimeZoneInfo.ConvertTime(now, zone).DateTime;
            until =
                (isUntil || isThrough ? null : AfterDuration(rest, now, local, zone)) ?? At(rest, isUntil, local, zone);
        }
        catch (ArgumentOutOfRangeException)
        {
            // Beyond the calendar of .NET.
            return AwayFault.TooLong;
        }
        AwayFault? fault =
            until is null ? AwayFault.Unclear
            : until <= now ? AwayFault.Past
            : until > now.AddDays(LongestDays) ? AwayFault.TooLong
            : null;
        if (fault is not null)
            until = null;
        return fault;
    }

    /// <summary>"3 days", "an hour", "half an hour", "2w". Days and weeks end at the same time of day.</summary>
    private static DateTimeOffset? AfterDuration(string text, DateTimeOffset now, DateTime local, TimeZoneInfo zone)
    {
        if (text is "half an hour" or "half hour")
            return now.AddMinutes(30);
        if (
            Duration.Match(text) is not { Success: true } match
            || NumberOf(match.Groups["count"].Value) is not { } count
        )
            return null;
        return match.Groups["unit"].Value[0] switch
        {
            'm' when match.Groups["unit"].Value.StartsWith("mo", StringComparison.Ordinal) => zone.At(
                local.AddMonths(count)
            ),
            'm' => now.AddMinutes(count),
            'h' => now.AddHours(count),
            'd' => zone.At(local.AddDays(count)),
            _ => zone.At(local.AddDays(7.0 * count)),
        };
    }

    /// <summary>A day, a time of day, or both.</summary>
    /// <param name="isUntil">The day is no part of the absence.</param>
    private static DateTimeOffset? At(string text, bool isUntil, DateTime local, TimeZoneInfo zone)
    {
        var (dayText, time) = SplitTime(text);
        if (dayText.Length == 0)
        {
            if (time is not { } alone)
                return null;
            var next = local.Date + alone;
            return zone.At(next > local ? next : next.AddDays(1));
        }
        var today = DateOnly.FromDateTime(local);
        if (DayOf(dayText, today) is not { } day)
            return null;
        if (time is { } at)
            return zone.At(day.First.ToDateTime(TimeOnly.MinValue) + at);
        // Until today means today: it has begun.
        var end = isUntil && day.First != today ? day.First : day.Last.AddDays(1);
        return zone.At(end.ToDateTime(TimeOnly.MinValue));
    }

    /// <summary>The time of day at the end of the text; "24:00" is the end of the day.</summary>
    private static (string Day, TimeSpan? Time) SplitTime(string text)
    {
        if (TimeOfDay.Match(text) is not { Success: true } match)
            return (text, null);
        var day = text[..match.Index].TrimEnd();
        if (match.Groups["word"].Success)
            return (day, TimeSpan.FromHours(match.Groups["word"].Value == "noon" ? 12 : 24));
        var hour = int.Parse(match.Groups["hour"].Value, CultureInfo.InvariantCulture);
        var minute = match.Groups["minute"].Success
            ? int.Parse(match.Groups["minute"].Value, CultureInfo.InvariantCulture)
            : 0;
        if (match.Groups["half"].Success)
        {
            if (hour is < 1 or > 12)
                return (text, null);
            hour = (hour % 12) + (match.Groups["half"].Value[0] == 'p' ? 12 : 0);
        }
        return hour > 24 || minute > 59 || (hour == 24 && minute > 0)
            ? (text, null)
            : (day, new TimeSpan(hour, minute, 0));
    }

    /// <summary>The first and the last day that the text names.</summary>
    private static (DateOnly First, DateOnly Last)? DayOf(string text, DateOnly today)
    {
        switch (text)
        {
            case "today" or "tonight" or "rest day" or "all day" or "end day" or "end today":
                return (today, today);
            case "tomorrow" or "tmrw" or "tomorow":
                return (today.AddDays(1), today.AddDays(1));
            case "day after tomorrow":
                return (today.AddDays(2), today.AddDays(2));
            case "week" or "rest week" or "end week" or "weekend":
                var saturday = Monday(today).AddDays(-2);
                return text == "weekend" ? (saturday, saturday.AddDays(1)) : (Monday(today), Monday(today).AddDays(-1));
            case "next week":
                return (Monday(today), Monday(today).AddDays(6));
            case "next month":
                var first = new DateOnly(today.Year, today.Month, 1).AddMonths(1);
                return (first, first.AddMonths(1).AddDays(-1));
        }
        var isNext = text.StartsWith("next ", StringComparison.Ordinal);
        if (CalendarNames.WeekdayOf(isNext ? text[5..] : text) is { } weekday)
        {
            // "Next Friday" is said of this week's and of the next: only with fewer than two of them it is clear.
            var day = Next(today, weekday);
            return isNext && day < Monday(today) ? null : (day, day);
        }
        return DateOf(text, today) is { } date ? (date, date) : null;
    }

    /// <summary>"2026-12-24", "24.12.", "24 Dec", "December 24th 2026". Without a year, the next such day.</summary>
    private static DateOnly? DateOf(string text, DateOnly today)
    {
        if (
            DateOnly.TryParseExact(
                text.Replace('/', '-').Replace('.', '-'),
                "yyyy-M-d",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var iso
            )
        )
            return iso;
        foreach (var pattern in (ReadOnlySpan<Regex>)[DottedDate, DayAndMonth, MonthAndDay])
        {
            if (pattern.Match(text) is not { Success: true } match)
                continue;
            var month = match.Groups["name"].Success
                ? CalendarNames.MonthOf(match.Groups["name"].Value)
                : int.Parse(match.Groups["month"].Value, CultureInfo.InvariantCulture);
            var day = int.Parse(match.Groups["day"].Value, CultureInfo.InvariantCulture);
            if (month is not (>= 1 and <= 12))
                return null;
            if (match.Groups["year"].Success)
                return Date(int.Parse(match.Groups["year"].Value, CultureInfo.InvariantCulture), month.Value, day);
            // 29 February is up to eight years ahead.
            return Date(today.Year, month.Value, day) is { } thisYear && thisYear >= today
                ? thisYear
                : Date(today.Year + 1, month.Value, day);
        }
        return null;
    }

    private static DateOnly? Date(int year, int month, int day) =>
        year is >= 1 and <= 9999 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            ? new DateOnly(year, month, day)
            : null;

    /// <summary>The next such day after the given one.</summary>
    private static DateOnly Next(DateOnly after, DayOfWeek weekday) =>
        after.AddDays((((int)weekday - (int)after.DayOfWeek + 6) % 7) + 1);

    /// <summary>That of the next week.</summary>
    private static DateOnly Monday(DateOnly today) => Next(today, DayOfWeek.Monday);

    /// <summary>Which of the names the word is, or begins with at least three letters.</summary>
    private static int? NumberOf(string text) =>
        text is "a" or "an" ? 1
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : Array.IndexOf(Numbers, text) is var index and > 0 ? index
        : null;
}
