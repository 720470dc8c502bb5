using System.Globalization;

namespace CoffeeBuddy.Slack.Texts;

/// <summary>
/// Days and numbers as they are written in the current language. .NET's own need ICU, which the image does not have.
/// </summary>
internal static class Dates
{
    /// <summary>For example "Friday, 4 December 2026, 14:30".</summary>
    public static string Long(DateTimeOffset time) =>
        CalendarTexts.FormatLong(
            NameOf(CalendarTexts.Weekdays, (int)time.DayOfWeek),
            time.Day,
            NameOf(CalendarTexts.Months, time.Month - 1),
            time.Year,
            time.ToString("HH:mm", CultureInfo.InvariantCulture)
        );

    /// <summary>For example "4 Dec".</summary>
    public static string Short(DateOnly day) =>
        CalendarTexts.FormatShort(day.Day, NameOf(CalendarTexts.ShortMonths, day.Month - 1));

    /// <param name="format">One with digits only, for example <c>0.##</c>.</param>
    public static string Number(double number, string format) =>
        number.ToString(format, CultureInfo.InvariantCulture).Replace(".", CalendarTexts.DecimalSeparator);

    private static string NameOf(string names, int index) => names.Split(' ')[index];
}
