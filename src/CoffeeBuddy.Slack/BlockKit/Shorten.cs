using System.Globalization;

namespace CoffeeBuddy.Slack.BlockKit;

/// <summary>Shortens text without splitting a visible character.</summary>
public static class Shorten
{
    public const char Ellipsis = '…';

    /// <summary>
    /// The text, or its beginning and an ellipsis, in at most <paramref name="maxLength"/> UTF-16 characters (at least
    /// 1); a visible character of several code points, such as an emoji with its skin tone, is kept or left out as a
    /// whole.
    /// </summary>
    public static string To(string text, int maxLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 1);
        if (text.Length <= maxLength)
            return text;
        var length = 0;
        while (true)
        {
            var next = StringInfo.GetNextTextElementLength(text, length);
            if (length + next > maxLength - 1)
                return string.Concat(text.AsSpan(0, length).TrimEnd(), [Ellipsis]);
            length += next;
        }
    }
}
