using System.Globalization;

namespace CoffeeBuddy.Slack.Texts;

/// <summary>Numbers of things, such as "1 order" and "3 orders", in the current language.</summary>
internal static class Counts
{
    public static string ActivePeople(int count) => Plural(count, CountTexts.ActivePerson, CountTexts.ActivePeople);

    public static string Answers(int count) => Plural(count, CountTexts.Answer, CountTexts.Answers);

    public static string Days(int count) => Plural(count, CountTexts.Day, CountTexts.Days);

    public static string Drinks(int count) => Plural(count, CountTexts.Drink, CountTexts.Drinks);

    public static string Minutes(int count) => Plural(count, CountTexts.Minute, CountTexts.Minutes);

    public static string Orders(int count) => Plural(count, CountTexts.Order, CountTexts.Orders);

    public static string Others(int count) => Plural(count, CountTexts.Other, CountTexts.Others);

    public static string People(int count) => Plural(count, CountTexts.Person, CountTexts.People);

    public static string Runs(int count) => Plural(count, CountTexts.Run, CountTexts.Runs);

    /// <summary>Rounded up.</summary>
    public static string Seconds(TimeSpan time) =>
        Plural((int)Math.Ceiling(time.TotalSeconds), CountTexts.Second, CountTexts.Seconds);

    /// <summary>
    /// Formats the text of the plural form. The rule is CLDR's for whole numbers below a million: French has the
    /// singular for 0 too (https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html).
    /// </summary>
    /// <param name="one">With <c>{0}</c> for the number.</param>
    /// <param name="other">The same.</param>
    public static string Plural(int count, string one, string other)
    {
        var isOne = count == 1 || (count == 0 && CultureInfo.CurrentUICulture.Name == "fr");
        return string.Format(CultureInfo.InvariantCulture, isOne ? one : other, count);
    }
}
