using System.Text;

namespace CoffeeBuddy.Core.Orders;

/// <summary>
/// A menu as plain text, to copy from one place to another: a heading for each part, and one entry in each line. An entry
/// that begins like a heading has a backslash before it.
/// </summary>
public static class MenuText
{
    /// <summary>Longest part in characters: the limit of one of Slack's text inputs.</summary>
    public const int PartLength = 3000;

    private const string Drinks = "Drinks";
    private const string Sizes = "Sizes";
    private const string Customizations = "Customizations";
    private const string Shop = "Shop";
    private const string Link = "Link";
    private const string FreeText = "Free text";
    private const string Yes = "yes";
    private const string No = "no";
    private const char Heading = '#';
    private const char Escape = '\\';

    private static readonly string[] Headings = [Drinks, Sizes, Customizations, Shop, Link, FreeText];

    public static string Write(MenuDocument document)
    {
        var text = new StringBuilder();
        void Add(string heading, params IEnumerable<string?> entries)
        {
            if (!entries.Any(entry => entry is not null))
                return;
            text.Append(Heading).Append(' ').Append(heading).Append('\n');
            foreach (var entry in entries)
                text.Append(entry is [Heading or Escape, ..] ? $"{Escape}{entry}" : entry).Append('\n');
        }
        Add(Shop, document.ShopName);
        Add(Link, document.ShopLink);
        Add(FreeText, document.AllowsFreeText ? Yes : No);
        Add(Drinks, document.Drinks);
        Add(Sizes, document.Sizes);
        Add(Customizations, document.Customizations);
        return text.ToString().TrimEnd('\n');
    }

    /// <summary>Reads what <see cref="Write"/> has written, or a person has typed; it is not validated.</summary>
    /// <param name="wrongLine">The first line that cannot be read; null: all can.</param>
    public static MenuDocument Read(string text, out string? wrongLine)
    {
        wrongLine = null;
        var lines = Headings.ToDictionary(
            heading => heading,
            _ => new List<string>(),
            StringComparer.OrdinalIgnoreCase
        );
        List<string>? current = null;
        foreach (var line in Lines(text))
        {
            if (line is [Heading, ..])
                current = lines.GetValueOrDefault(line.TrimStart(Heading).Trim());
            else
                current?.Add(line is [Escape, ..] ? line[1..] : line);
            if (current is null || (current == lines[FreeText] && line[0] != Heading && !IsYesOrNo(line)))
                wrongLine ??= line;
        }
        return MenuDocument.Typed(
            lines[Drinks],
            lines[Sizes],
            lines[Customizations],
            string.Join(' ', lines[Shop]),
            string.Join(' ', lines[Link]),
            !lines[FreeText].Contains(No, StringComparer.OrdinalIgnoreCase)
        );
    }

    /// <summary>The heading of the part that has this field.</summary>
    public static string HeadingOf(MenuField field) =>
        field switch
        {
            MenuField.Sizes => Sizes,
            MenuField.Customizations => Customizations,
            MenuField.ShopName => Shop,
            MenuField.ShopLink => Link,
            _ => Drinks,
        };

    /// <summary>The lines of a text that are not empty, without white space at their ends.</summary>
    public static IEnumerable<string> Lines(string? text) =>
        (text ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>The lines in as few texts as <see cref="PartLength"/> allows; at least one.</summary>
    public static IReadOnlyList<string> Parts(IEnumerable<string> lines)
    {
        List<string> parts = [""];
        foreach (var line in lines)
        {
            if (parts[^1].Length == 0)
                parts[^1] = line;
            else if (parts[^1].Length + 1 + line.Length <= PartLength)
                parts[^1] = $"{parts[^1]}\n{line}";
            else
                parts.Add(line);
        }
        return parts;
    }

    private static bool IsYesOrNo(string line) =>
        line.Equals(Yes, StringComparison.OrdinalIgnoreCase) || line.Equals(No, StringComparison.OrdinalIgnoreCase);
}
