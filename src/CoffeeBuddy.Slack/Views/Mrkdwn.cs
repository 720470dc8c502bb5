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
    /// What somebody typed, on one line, to be shown as it was typed: neither links, mentions and calls of the whole
    /// channel nor formatting come to life.
    /// </summary>
    /// <param name="maxLength">Longest result in UTF-16 characters, escapes counted; what is too long ends with an ellipsis.</param>
    public static string Escape(string? text, int maxLength = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 1);
        var line = OneLine(text ?? "");
        var escaped = new StringBuilder(Math.Min(line.Length, maxLength));
        for (int at = 0, next; at < line.Length; at += next)
        {
            next = StringInfo.GetNextTextElementLength(line, at);
            var element = EscapeElement(line.Substring(at, next));
            // Room for the ellipsis is kept while anything follows.
            var room = maxLength - escaped.Length - (at + next < line.Length ? 1 : 0);
            if (element.Length > room)
                return escaped.ToString().TrimEnd() + Shorten.Ellipsis;
            escaped.Append(element);
        }
        return escaped.ToString();
    }

    /// <summary>What somebody typed, from the text of an event, in which Slack has escaped three characters.</summary>
    public static string Unescape(string text) => text.Replace("&lt;", "<").Replace("&gt;", ">").Replace("&amp;", "&");

    /// <summary>Mentions a person.</summary>
    public static string User(string userId) =>
        SlackIds.IsId(userId) ? $"<@{userId}>" : Escape(userId, SlackIds.MaxLength);

    /// <summary>Names a channel, as a link to it.</summary>
    public static string Channel(string channelId) =>
        SlackIds.IsId(channelId) ? $"<#{channelId}>" : Escape(channelId, SlackIds.MaxLength);

    /// <summary>A time in the reader's own time zone; in UTC where Slack cannot tell.</summary>
    public static string Time(DateTimeOffset time) =>
        $"<!date^{time.ToUnixTimeSeconds()}^{{date_short_pretty}} {{time}}|{time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC>";

    // Slack has no escape for its formatting marks, and a zero-width space beside one makes it work all the more. So they
    // are replaced by signs that look alike. Combining marks may follow the first character.
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

    // A quotation needs a line of its own, and an override of the writing direction would reach beyond the text.
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
