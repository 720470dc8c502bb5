using System.Text.RegularExpressions;

namespace CoffeeBuddy.Support;

/// <summary>The settings that docs/configuration.md names.</summary>
public static partial class Documentation
{
    /// <summary>The variables of the table, without the index of lists.</summary>
    public static IReadOnlySet<string> Settings()
    {
        var settings = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(Repository.File("docs", "configuration.md")))
        {
            if (!line.StartsWith("| `", StringComparison.Ordinal))
                continue;
            var first = "";
            foreach (Match name in Name().Matches(line.Split('|')[1]))
            {
                // "…__maximumInterval" and "…Sizes__0" continue the first name of their row.
                var text = WithoutIndex(name.Groups["name"].Value);
                if (text == "…")
                    continue;
                var full = text.StartsWith('…') ? Continue(first, text[1..]) : text;
                first = first.Length == 0 ? full : first;
                settings.Add(full);
            }
        }

        return settings;
    }

    public static string WithoutIndex(string name) => Index().Replace(name, "");

    private static string Continue(string first, string rest) =>
        string.Concat(first.AsSpan(0, first.LastIndexOf("__", StringComparison.Ordinal)), "__", rest.TrimStart('_'));

    [GeneratedRegex("`(?<name>[^`]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();

    [GeneratedRegex("__[0-9]+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Index();
}
