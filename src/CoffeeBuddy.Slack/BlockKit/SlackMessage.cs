namespace CoffeeBuddy.Slack.BlockKit;

/// <summary>A message for a channel, a thread or a direct message.</summary>
/// <param name="Text">For notifications and screen readers; mrkdwn, below 4000 characters.</param>
/// <param name="Blocks">At most 50, with about 13,200 characters of text in all; empty for a message with text
/// only.</param>
public sealed record SlackMessage(string Text, IReadOnlyList<Block> Blocks);
