using System.Text.Json.Serialization;

namespace CoffeeBuddy.Slack.BlockKit;

/// <summary>Text of a block: plain, where nothing is interpreted but emoji names, or Slack's mrkdwn.</summary>
public sealed record TextObject
{
    [JsonPropertyOrder(-1)]
    public required string Type { get; init; }

    public required string Text { get; init; }

    /// <summary>Only for mrkdwn: nothing becomes a link or a mention that is not written as one.</summary>
    public bool? Verbatim { get; init; }

    /// <summary>The text, shortened to at most <paramref name="maxLength"/> characters.</summary>
    public static TextObject Plain(string text, int maxLength) =>
        new() { Type = "plain_text", Text = Shorten.To(string.IsNullOrWhiteSpace(text) ? "–" : text, maxLength) };

    /// <param name="text">Within the limits of its place, and with what people typed escaped by <see cref="Slack.Mrkdwn.Escape(string?, int)"/>.</param>
    public static TextObject Mrkdwn(string text) =>
        new()
        {
            Type = "mrkdwn",
            Text = text,
            Verbatim = true,
        };
}
