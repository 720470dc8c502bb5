using System.Globalization;

namespace OnPremFunctions.Hosting;

internal static class Durations
{
    /// <summary>
    /// Parses <c>[d.]hh:mm:ss[.fffffff]</c>. A number without a colon is refused: TimeSpan would read it as days.
    /// </summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        return text.Contains(':', StringComparison.Ordinal)
            && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out duration);
    }
}
