using System.Text;
using System.Text.RegularExpressions;

namespace Support;

/// <summary>Looks in what a worker writes for what must not leave it.</summary>
public static partial class LeakScan
{
    private const int ShownCharacters = 300;

    private static readonly (string What, Regex Pattern)[] Patterns =
    [
        ("an e-mail address", Email()),
        ("a JSON web token", WebToken()),
        ("a token of Slack", SlackToken()),
        ("a signature of Slack", Signature()),
        ("a response_url", ResponseUrl()),
        ("a password", Password()),
    ];

    /// <param name="where">Where the texts are from, for the findings.</param>
    /// <param name="canaries">Texts that were given to the workers, such as a drink that nobody else orders.</param>
    /// <returns>What was found, a line each.</returns>
    public static IEnumerable<string> Find(string where, IEnumerable<string> texts, IEnumerable<string> canaries)
    {
        var planted = canaries.ToList();
        foreach (var text in texts)
        {
            var found = Patterns
                .Where(known => known.Pattern.IsMatch(text))
                .Select(known => known.What)
                .Concat(
                    planted.Where(canary => text.Contains(canary, StringComparison.OrdinalIgnoreCase)).Select(Quoted)
                );
            foreach (var what in found)
                yield return $"{where} has {what}: {(text.Length > ShownCharacters ? text[..ShownCharacters] : text)}";
        }
    }

    /// <summary>
    /// The value of a record as text. Of an encrypted one only what can be read: at least 24 printable characters in a
    /// row. Shorter rows are there by chance, and now and then one of them looks like an e-mail address.
    /// </summary>
    public static string TextOf(byte[] value, bool isEncrypted)
    {
        var text = Encoding.Latin1.GetString(value);
        return isEncrypted ? string.Join(' ', Printable().Matches(text).Select(match => match.Value)) : text;
    }

    /// <summary>The lines of the workers' logs in this folder, whose processes may still write.</summary>
    public static IEnumerable<(string Log, IEnumerable<string> Lines)> Logs(string folder) =>
        Directory
            .EnumerateFiles(folder, "*.log")
            .Where(file => !Path.GetFileName(file).StartsWith("postgresql", StringComparison.Ordinal))
            .Select(file => (Path.GetFileName(file), Lines(file)));

    private static IEnumerable<string> Lines(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    private static string Quoted(string canary) => $"\"{canary}\"";

    [GeneratedRegex("[ -~]{24,}", RegexOptions.None, 10_000)]
    private static partial Regex Printable();

    [GeneratedRegex(@"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}", RegexOptions.None, 10_000)]
    private static partial Regex Email();

    [GeneratedRegex(@"eyJ[\w-]{8,}\.[\w-]{8,}\.", RegexOptions.None, 10_000)]
    private static partial Regex WebToken();

    [GeneratedRegex(@"xox[a-z]-[\w-]{4,}|xapp-[\w-]{4,}", RegexOptions.None, 10_000)]
    private static partial Regex SlackToken();

    [GeneratedRegex("v0=[0-9a-f]{16,}", RegexOptions.None, 10_000)]
    private static partial Regex Signature();

    [GeneratedRegex(@"/(commands|app|actions)/[TE][A-Z0-9]+/\w+/\w{8,}", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex ResponseUrl();

    [GeneratedRegex(@"password=[^;\s""]{3,}", RegexOptions.IgnoreCase, 10_000)]
    private static partial Regex Password();
}
