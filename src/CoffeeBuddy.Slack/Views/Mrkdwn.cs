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
        var addressEnd = 0;
        for (int at = 0, next; at < line.Length; at += next)
        {
            if (at >= addressEnd && IsAddress(line.AsSpan(at)))
                addressEnd = line.IndexOf(' ', at) is var space and >= 0 ? space : line.Length;
            next = StringInfo.GetNextTextElementLength(line, at);
            var element = EscapeElement(line, at, next, isInAddress: at < addressEnd);
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

    /// <summary>
    /// The text without its mention, when it has exactly one: with more it is not clear to whom it is written.
    /// </summary>
    public static string WithoutMention(string text) =>
        text.IndexOf("<@", StringComparison.Ordinal) is var start and >= 0
        && text.IndexOf('>', start) is var end and > 0
        && text.IndexOf("<@", end, StringComparison.Ordinal) < 0
            ? $"{text[..start]} {text[(end + 1)..]}".Trim()
            : text;

    /// <summary>Mentions a person.</summary>
    public static string User(string userId) =>
        SlackIds.IsId(userId) ? $"<@{userId}>" : Escape(userId, SlackIds.MaxLength);

    /// <summary>A link to a channel, shown as its name.</summary>
    public static string Channel(string channelId) =>
        SlackIds.IsId(channelId) ? $"<#{channelId}>" : Escape(channelId, SlackIds.MaxLength);

    /// <summary>A time that Slack shows in the reader's time zone; clients without support show UTC.</summary>
    public static string Time(DateTimeOffset time) =>
        $"<!date^{time.ToUnixTimeSeconds()}^{{date_short_pretty}} {{time}}|{time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC>";

    /// <summary>
    /// The same with how long it is until then, which Slack's clients count down themselves
    /// (https://docs.slack.dev/reference/block-kit/block-elements/date-element).
    /// </summary>
    public static string Countdown(DateTimeOffset time) => Time(time).Replace("{time}|", "{time}, {ago}|");

    private static bool IsAddress(ReadOnlySpan<char> text) =>
        text.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("http://", StringComparison.OrdinalIgnoreCase);

    // Slack has no escape for its formatting marks, and a zero-width space next to one does not disable it. They are
    // replaced by similar characters. Combining marks may follow the first character.
    private static string EscapeElement(string line, int start, int length, bool isInAddress)
    {
        var element = line.AsSpan(start, length);
        if (!element.ContainsAny(Marks))
            return element.ToString();
        var escaped = new StringBuilder(length + 4);
        for (var at = start; at < start + length; at++)
        {
            _ = line[at] switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                // Slack formats nothing in an address, and a replaced character would lead elsewhere.
                var character and ('_' or '~') when isInAddress => escaped.Append(character),
                '*' => escaped.Append('∗'),
                // Inside a word it does not format: :slightly_smiling_face: stays an emoji.
                '_' when IsInWord(line, at) => escaped.Append('_'),
                '_' => escaped.Append('ˍ'),
                '~' => escaped.Append('∼'),
                '`' => escaped.Append('ˋ'),
                var character => escaped.Append(character),
            };
        }
        return escaped.ToString();
    }

    private static bool IsInWord(string line, int at) =>
        at > 0 && at + 1 < line.Length && char.IsLetterOrDigit(line[at - 1]) && char.IsLetterOrDigit(line[at + 1]);

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
