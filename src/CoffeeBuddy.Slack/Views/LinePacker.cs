using System.Text;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Texts;

namespace CoffeeBuddy.Slack.Views;

/// <summary>Distributes lines or words over the sections of a message, and adds how many did not fit.</summary>
internal static class LinePacker
{
    /// <summary>Slack's limit for the text of a section, in characters.</summary>
    public const int SectionLength = 3000;

    /// <summary>
    /// The limit for all lines of a message, in characters. Slack accepts about 13,200; the rest is for headings and
    /// buttons.
    /// </summary>
    public const int MessageLength = 11_000;

    private const int RoomForMore = 60;

    public static IReadOnlyList<Block> Pack(
        IReadOnlyCollection<string> items,
        string separator,
        int maxLength = MessageLength
    ) => [.. PackTexts(items, separator, maxLength).Select(text => new SectionBlock(TextObject.Mrkdwn(text)))];

    /// <summary>The items in one text of at most <paramref name="maxLength"/> characters.</summary>
    public static string Join(IReadOnlyCollection<string> items, string separator, int maxLength)
    {
        var joined = new StringBuilder();
        var taken = 0;
        foreach (var item in items)
        {
            var needed = item.Length + (taken == 0 ? 0 : separator.Length);
            if (joined.Length + needed > maxLength - (taken + 1 < items.Count ? RoomForMore : 0))
                break;
            joined.Append(taken == 0 ? "" : separator).Append(item);
            taken++;
        }
        if (taken < items.Count)
            joined.Append(taken == 0 ? "" : separator).Append(CountTexts.FormatMore(items.Count - taken));
        return joined.ToString();
    }

    private static List<string> PackTexts(IReadOnlyCollection<string> items, string separator, int maxLength)
    {
        List<string> texts = [];
        var section = new StringBuilder();
        var taken = 0;
        var total = 0;
        foreach (var item in items)
        {
            if (total + item.Length + separator.Length > maxLength - RoomForMore)
                break;
            if (section.Length > 0 && section.Length + separator.Length + item.Length > SectionLength - RoomForMore)
            {
                texts.Add(section.ToString());
                section.Clear();
            }
            section.Append(section.Length == 0 ? "" : separator).Append(item);
            total += item.Length + separator.Length;
            taken++;
        }
        if (taken < items.Count)
            section.Append(section.Length == 0 ? "" : separator).Append(CountTexts.FormatMore(items.Count - taken));
        if (section.Length > 0)
            texts.Add(section.ToString());
        return texts;
    }
}
