using System.Text.RegularExpressions;

namespace SlackSimulator.Model;

/// <summary>
/// Converts what a person types into what Slack stores: text with mentions as ids and escaped special characters, and a
/// rich_text block.
/// </summary>
internal static partial class MessageText
{
    /// <summary>The stored text for a typed one.</summary>
    /// <param name="typed">The text in the composer.</param>
    /// <param name="isMarkup">Whether Slack's tokens, such as <c>&lt;!channel&gt;</c>, and escapes are kept. Without it
    /// they are escaped like any text.</param>
    public static string Encode(string typed, Workspace workspace, bool isMarkup = false)
    {
        var escaped = (isMarkup ? Markup() : Special()).Replace(
            typed,
            match =>
                match.Value switch
                {
                    "&" => "&amp;",
                    "<" => "&lt;",
                    ">" => "&gt;",
                    var token => token,
                }
        );
        return Handle()
            .Replace(
                escaped,
                match => Named(match.Groups["name"].Value) is { } person ? $"<@{person.Id}>" : match.Value
            );

        // FindPerson also accepts ids, but a typed id is no mention.
        Person? Named(string name) =>
            workspace.FindPerson(name) is { } person
            && string.Equals(person.Name, name, StringComparison.OrdinalIgnoreCase)
                ? person
                : null;
    }

    public static bool Mentions(string text, string userId) => text.Contains($"<@{userId}>", StringComparison.Ordinal);

    public static JsonArray RichText(string text)
    {
        var elements = new JsonArray();
        var at = 0;
        foreach (Match mention in Mention().Matches(text))
        {
            AddText(elements, text[at..mention.Index]);
            elements.Add(new JsonObject { ["type"] = "user", ["user_id"] = mention.Groups["id"].Value });
            at = mention.Index + mention.Length;
        }

        AddText(elements, text[at..]);
        return
        [
            new JsonObject
            {
                ["type"] = "rich_text",
                ["block_id"] = IdSource.Short(),
                ["elements"] = new JsonArray(
                    new JsonObject { ["type"] = "rich_text_section", ["elements"] = elements }
                ),
            },
        ];
    }

    private static void AddText(JsonArray elements, string text)
    {
        if (text.Length > 0)
        {
            var shown = text.Replace("&lt;", "<", StringComparison.Ordinal)
                .Replace("&gt;", ">", StringComparison.Ordinal)
                .Replace("&amp;", "&", StringComparison.Ordinal);
            elements.Add(new JsonObject { ["type"] = "text", ["text"] = shown });
        }
    }

    // Matches a token of Slack's, an escape, or a character to be escaped.
    [GeneratedRegex(@"<[@#!][^<>\s]+>|<https?://[^<>]+>|&(?:amp|lt|gt);|[&<>]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Markup();

    [GeneratedRegex("[&<>]", RegexOptions.None, 1000)]
    private static partial Regex Special();

    [GeneratedRegex(
        @"(?<![\w<])@(?<name>[a-z0-9][a-z0-9._-]*)",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Handle();

    [GeneratedRegex(@"<@(?<id>[UW][A-Z0-9]+)>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Mention();
}
