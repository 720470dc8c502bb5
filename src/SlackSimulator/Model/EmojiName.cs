using System.Text.RegularExpressions;

namespace SlackSimulator.Model;

/// <summary>The names of emoji in reactions.</summary>
internal static partial class EmojiName
{
    /// <summary>The name that Slack stores; null for an invalid one. Colons do not belong to a name.</summary>
    /// <remarks>The name is not looked up: the workspace has no list of all emoji.</remarks>
    public static string? Canonical(string name) =>
        !Valid().IsMatch(name)
            ? null
            : name switch
            {
                "thumbsup" => "+1",
                "thumbsdown" => "-1",
                _ => name,
            };

    [GeneratedRegex(@"^[\p{Ll}\p{Lo}\p{Nd}_+'-]{1,100}(?:::skin-tone-[2-6])?$", RegexOptions.None, 1000)]
    private static partial Regex Valid();
}
