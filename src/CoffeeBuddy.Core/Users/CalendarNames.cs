namespace CoffeeBuddy.Core.Users;

/// <summary>English names of weekdays and months as people type them: at least three letters, with a dot or without.</summary>
internal static class CalendarNames
{
    private const int FewestLetters = 3;

    private static readonly string[] Weekdays =
    [
        "sunday",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
    ];

    private static readonly string[] Months =
    [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];

    public static DayOfWeek? WeekdayOf(string word) => (DayOfWeek?)IndexOf(Weekdays, word);

    /// <returns>1 to 12.</returns>
    public static int? MonthOf(string word) => IndexOf(Months, word) + 1;

    private static int? IndexOf(string[] names, string word)
    {
        word = word.TrimEnd('.');
        var index =
            word.Length < FewestLetters
                ? -1
                : Array.FindIndex(names, name => name.StartsWith(word, StringComparison.Ordinal));
        return index < 0 ? null : index;
    }
}
