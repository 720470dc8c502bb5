using System.Globalization;

namespace OnPremFunctions.Hosting;

internal static class Durations
{
    /// <summary>Reads <c>[d.]hh:mm:ss[.fffffff]</c>. A bare number is refused: TimeSpan would take it for days.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        return text.Contains(':', StringComparison.Ordinal)
            && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out duration);
    }
}
