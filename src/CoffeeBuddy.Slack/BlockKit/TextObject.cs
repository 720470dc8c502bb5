using System.Text.Json.Serialization;

namespace CoffeeBuddy.Slack.BlockKit;

/// <summary>Text of a block: plain text, in which only emoji names are interpreted, or Slack's mrkdwn.</summary>
public sealed record TextObject
{
    [JsonPropertyOrder(-1)]
    public required string Type { get; init; }

    public required string Text { get; init; }

    /// <summary>
    /// Only for mrkdwn: Slack does not turn addresses, channel names or user names into links or mentions.
    /// </summary>
    public bool? Verbatim { get; init; }

    /// <summary>The text, shortened to at most <paramref name="maxLength"/> characters.</summary>
    public static TextObject Plain(string text, int maxLength) =>
        new() { Type = "plain_text", Text = Shorten.To(string.IsNullOrWhiteSpace(text) ? "–" : text, maxLength) };

    /// <param name="text">At most as long as its block allows. Text that people typed must be escaped.</param>
    public static TextObject Mrkdwn(string text) =>
        new()
        {
            Type = "mrkdwn",
            Text = text,
            Verbatim = true,
        };
}
