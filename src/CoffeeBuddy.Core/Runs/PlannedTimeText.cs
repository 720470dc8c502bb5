using System.Globalization;
using System.Text.RegularExpressions;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Users;

namespace CoffeeBuddy.Core.Runs;

/// <summary>Why it is not known when a run is to start.</summary>
public enum PlannedTimeFault
{
    Unclear,

    /// <summary>"at 2": in the night, or in the afternoon.</summary>
    MorningOrAfternoon,

    /// <summary>The name of today's weekday, or "next" with a weekday: this week, or the next.</summary>
    WhichWeek,

    /// <summary>A time of today that has passed.</summary>
    Past,
}

/// <summary>
/// Reads when a run is to start, as people type it: "at 14:30", "at 2:30pm", "at 9", "tomorrow at 9", "friday at 9:30".
/// Without a day it is the next such time. Text that could mean something else is not read.
/// </summary>
public static class PlannedTimeText
{
    /// <summary>How far ahead a run can be planned: on the same weekday of the next week.</summary>
    public const int MostDays = 7;

    private const int MaxLength = 100;

    // Who types "at 14:30" during that minute means now, not tomorrow.
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static readonly string[] FillWords = ["at", "on", "this", "please", "o'clock", "oclock"];

    // "0930" and "1430" are times; three digits are not.
    private static readonly Regex TimeOfDay = new(
        "^(?:(?<hour>[0-9]{1,2})(?:[:.h](?<minute>[0-9]{2})|h)?|(?<hour>[0-9]{2})(?<minute>[0-9]{2})) ?(?<half>am|pm)?$",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    );

    /// <summary>
    /// Whether the text is meant to say when a run starts: it begins with "at", with a day, or with a time that is no
    /// number of minutes. Never throws.
    /// </summary>
    public static bool IsMeant(string text)
    {
        if (WordsOf(text) is not [var first, ..] words)
            return false;
        if (first == "at")
            return true;
        var word = words.Length > 1 && first is "on" or "this" or "next" ? words[1] : first;
        // "10h" alone may be a duration.
        return IsDay(word)
            || IsNoon(word)
            || (!word.All(char.IsAsciiDigit) && !word.EndsWith('h') && TimeOfDay.IsMatch(word));
    }

    /// <summary>Never throws.</summary>
    /// <param name="text">What follows the command.</param>
    /// <param name="zone">The person's.</param>
    /// <param name="startsAt">In the minute of <paramref name="now"/> or later, less than eight days later.</param>
    /// <returns>Null when it is clear.</returns>
    public static PlannedTimeFault? Read(
        string text,
        DateTimeOffset now,
        TimeZoneInfo zone,
        out DateTimeOffset startsAt
    )
    {
        startsAt = default;
        var words = WordsOf(text).Where(word => !FillWords.Contains(word)).ToList();
        var isNext = words.Remove("next");
        var days = words.Where(IsDay).ToList();
        words.RemoveAll(IsDay);
        if (days.Count > 1 || (isNext && days.Count == 0) || words.Count is 0 or > 2)
            return PlannedTimeFault.Unclear;
        // "2:30 pm" is one time, and so is "9:30 pm" with other white space.
        if (TimeOf(string.Join(' ', words), out var fault) is not { } time)
            return fault;

        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        DateTimeOffset At(int daysAhead) => zone.At(today.AddDays(daysAhead).ToDateTime(time));
        bool HasPassed(DateTimeOffset at) => at <= now - Minute;
        switch (days)
        {
            case []:
                // The day after tomorrow where a zone leaves out tomorrow, as Samoa did in 2011.
                startsAt = Enumerable.Range(0, 3).Select(At).First(at => !HasPassed(at));
                return null;
            case ["today"]:
                if (HasPassed(At(0)))
                    return PlannedTimeFault.Past;
                startsAt = At(0);
                return null;
            case [var day] when IsTomorrow(day):
                if (isNext)
                    return PlannedTimeFault.Unclear;
                startsAt = At(1);
                return HasPassed(startsAt) ? PlannedTimeFault.Past : null;
        }
        var ahead = ((int)WeekdayOf(days[0])!.Value - (int)today.DayOfWeek + 7) % 7;
        // "Friday" on a Friday is that of the next week only when this one's time has passed.
        if (isNext || (ahead == 0 && !HasPassed(At(0))))
            return PlannedTimeFault.WhichWeek;
        startsAt = At(ahead == 0 ? MostDays : ahead);
        return HasPassed(startsAt) ? PlannedTimeFault.Past : null;
    }

    private static string[] WordsOf(string text) =>
        // Nobody means a longer text.
        text.Length > MaxLength
            ? []
            : TypedText
                .Comparable(text.ToLowerInvariant())
                .Replace('’', '\'')
                .Replace("a.m.", "am")
                .Replace("p.m.", "pm")
                .Split([' ', ',', '!'], StringSplitOptions.RemoveEmptyEntries)
                .Select(word => word.TrimEnd('.'))
                .Where(word => word.Length > 0)
                .ToArray();

    private static TimeOnly? TimeOf(string text, out PlannedTimeFault fault)
    {
        fault = PlannedTimeFault.Unclear;
        if (IsNoon(text))
            return new(12, 0);
        if (TimeOfDay.Match(text) is not { Success: true } match)
            return null;
        var hours = match.Groups["hour"].Value;
        var hour = int.Parse(hours, CultureInfo.InvariantCulture);
        var minute = match.Groups["minute"].Success
            ? int.Parse(match.Groups["minute"].Value, CultureInfo.InvariantCulture)
            : 0;
        if (hour > 23 || minute > 59 || text == "0")
            return null;
        if (match.Groups["half"].Success)
            return hour is < 1 or > 12
                ? null
                : new((hour % 12) + (match.Groups["half"].Value == "pm" ? 12 : 0), minute);
        // Two digits are a time of the 24-hour clock: "02:30". One digit from 7 on is a time in the morning.
        if (hours.Length == 1 && hour is >= 1 and <= 6)
        {
            fault = PlannedTimeFault.MorningOrAfternoon;
            return null;
        }
        return new(hour, minute);
    }

    private static bool IsNoon(string text) => text is "noon" or "midday";

    private static bool IsDay(string word) => word == "today" || IsTomorrow(word) || WeekdayOf(word) is not null;

    private static bool IsTomorrow(string word) =>
        word is "tomorrow" or "tmrw" or "tomorow" or "tommorow" or "tommorrow";

    private static DayOfWeek? WeekdayOf(string word) =>
        word == "weds" ? DayOfWeek.Wednesday : CalendarNames.WeekdayOf(word);
}
