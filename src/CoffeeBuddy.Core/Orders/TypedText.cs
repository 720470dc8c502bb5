using System.Globalization;
using System.Text;

namespace CoffeeBuddy.Core.Orders;

/// <summary>
/// What people type on phones and paste from other programs: non-breaking spaces, long dashes, invisible characters.
/// </summary>
internal static class TypedText
{
    /// <summary>Every run of Unicode white space as one space, none at the ends; without invisible characters.</summary>
    public static string OneSpaced(string text) => Rewrite(text, plainDashes: false);

    /// <summary>As <see cref="OneSpaced"/>, and every Unicode dash as a hyphen: for comparing with the menu.</summary>
    public static string Comparable(string text) => Rewrite(text, plainDashes: true);

    private static string Rewrite(string text, bool plainDashes)
    {
        var rewritten = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                if (rewritten.Length > 0 && rewritten[^1] != ' ')
                    rewritten.Append(' ');
                continue;
            }
            switch (Rune.GetUnicodeCategory(rune))
            {
                case UnicodeCategory.Format when rune.Value != ZeroWidthJoiner:
                    break;
                case UnicodeCategory.DashPunctuation when plainDashes:
                case UnicodeCategory.MathSymbol when plainDashes && rune.Value == MinusSign:
                    rewritten.Append('-');
                    break;
                default:
                    rewritten.Append(rune);
                    break;
            }
        }
        return rewritten.ToString().TrimEnd();
    }

    /// <summary>Joins several emoji to one.</summary>
    private const int ZeroWidthJoiner = 0x200D;

    private const int MinusSign = 0x2212;
}
