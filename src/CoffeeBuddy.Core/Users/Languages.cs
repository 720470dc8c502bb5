using System.Globalization;

namespace CoffeeBuddy.Core.Users;

/// <summary>
/// The languages in which people are addressed, as two letters of ISO 639-1. Texts are taken in the language of
/// <see cref="CultureInfo.CurrentUICulture"/>, which flows with the calls of one person's request or message.
/// </summary>
public static class Languages
{
    public const string English = "en";

    public static IReadOnlyList<string> All { get; } = [English, "de", "fr", "es"];

    private static readonly Dictionary<string, CultureInfo> Cultures = All.ToDictionary(
        language => language,
        CultureInfo.GetCultureInfo
    );

    /// <summary>The longest locale that is stored.</summary>
    public const int MaxLocaleLength = 20;

    /// <summary>Whether the text has the form of a locale, for example <c>de-DE</c>.</summary>
    public static bool IsLocale(string? text) =>
        text is { Length: > 0 and <= MaxLocaleLength }
        && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_');

    /// <summary>The language of a locale as Slack tells it, for example <c>de-DE</c>.</summary>
    /// <returns>Null: there are no texts in this language.</returns>
    public static string? OfLocale(string? locale) =>
        locale?.Split('-', '_')[0].ToLowerInvariant() is { } language && Cultures.ContainsKey(language)
            ? language
            : null;

    /// <summary>Texts are in this language until the result is disposed.</summary>
    /// <param name="language">One of <see cref="All"/>.</param>
    public static LanguageScope Use(string language) => new(Cultures[language]);
}

/// <summary>Restores the language that was used before.</summary>
public readonly struct LanguageScope : IDisposable
{
    private readonly CultureInfo _before = CultureInfo.CurrentUICulture;

    internal LanguageScope(CultureInfo culture) => CultureInfo.CurrentUICulture = culture;

    public void Dispose() => CultureInfo.CurrentUICulture = _before;
}
