using System.Buffers;
using System.Globalization;
using System.Text;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;

namespace CoffeeBuddy.Slack.Views;

/// <summary>Writes Slack's mrkdwn (https://docs.slack.dev/messaging/formatting-message-text).</summary>
public static class Mrkdwn
{
    private static readonly SearchValues<char> Marks = SearchValues.Create("&<>*_~`");

    /// <summary>
    /// Text that a person typed, on one line and shown as typed: links, mentions, <c>@channel</c> and formatting have
    /// no effect.
    /// </summary>
    /// <param name="maxLength">The longest result in UTF-16 characters, with escapes. Longer text ends with an
    /// ellipsis.</param>
    public static string Escape(string? text, int maxLength = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 1);
        var line = OneLine(text ?? "");
        var escaped = new StringBuilder(Math.Min(line.Length, maxLength));
        for (int at = 0, next; at < line.Length; at += next)
        {
            next = StringInfo.GetNextTextElementLength(line, at);
            var element = EscapeElement(line.Substring(at, next));
            // Keep room for the ellipsis unless this is the last element.
            var room = maxLength - escaped.Length - (at + next < line.Length ? 1 : 0);
            if (element.Length > room)
                return escaped.ToString().TrimEnd() + Shorten.Ellipsis;
            escaped.Append(element);
        }
        return escaped.ToString();
    }

    /// <summary>
    /// The text that a person typed, from the text of an event, in which Slack escapes three characters.
    /// </summary>
    public static string Unescape(string text) => text.Replace("&lt;", "<").Replace("&gt;", ">").Replace("&amp;", "&");

    /// <summary>Mentions a person.</summary>
    public static string User(string userId) =>
        SlackIds.IsId(userId) ? $"<@{userId}>" : Escape(userId, SlackIds.MaxLength);

    /// <summary>A link to a channel, shown as its name.</summary>
    public static string Channel(string channelId) =>
        SlackIds.IsId(channelId) ? $"<#{channelId}>" : Escape(channelId, SlackIds.MaxLength);

    /// <summary>A time that Slack shows in the reader's time zone; clients without support show UTC.</summary>
    public static string Time(DateTimeOffset time) =>
        $"<!date^{time.ToUnixTimeSeconds()}^{{date_short_pretty}} {{time}}|{time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC>";

    // Slack has no escape for its formatting marks, and a zero-width space next to one does not disable it. They are
    // replaced by similar characters. Combining marks may follow the first character.
    private static string EscapeElement(string element)
    {
        if (!element.AsSpan().ContainsAny(Marks))
            return element;
        var escaped = new StringBuilder(element.Length + 4);
        foreach (var character in element)
        {
            _ = character switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '*' => escaped.Append('∗'),
                '_' => escaped.Append('ˍ'),
                '~' => escaped.Append('∼'),
                '`' => escaped.Append('ˋ'),
                _ => escaped.Append(character),
            };
        }
        return escaped.ToString();
    }

    // A line break could start a quotation, and a change of the writing direction would affect the text that follows.
    private static string OneLine(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (char.IsWhiteSpace(character) || char.IsControl(character))
            {
                if (line.Length > 0 && line[^1] != ' ')
                    line.Append(' ');
            }
            else if (character is not ((>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069')))
            {
                line.Append(character);
            }
        }
        return line.ToString().TrimEnd();
    }
}
