using System.Text.Json.Serialization;

namespace CoffeeBuddy.Slack.BlockKit;

/// <summary>A modal or an App Home (https://docs.slack.dev/reference/views).</summary>
/// <param name="Type"><see cref="Modal"/> or <see cref="Home"/>.</param>
/// <param name="Blocks">1 to 100.</param>
public sealed record View(string Type, IReadOnlyList<Block> Blocks)
{
    public const string Modal = "modal";
    public const string Home = "home";

    /// <summary>At most 255 characters.</summary>
    public string? CallbackId { get; init; }

    /// <summary>Plain, at most 24 characters; modals only.</summary>
    public TextObject? Title { get; init; }

    /// <summary>Plain, at most 24 characters; needed where there is an input.</summary>
    public TextObject? Submit { get; init; }

    /// <summary>Plain, at most 24 characters; modals only.</summary>
    public TextObject? Close { get; init; }

    /// <summary>At most 3000 characters; comes back with every interaction.</summary>
    public string? PrivateMetadata { get; init; }
}

/// <summary>What is posted in a channel, a thread or a direct message.</summary>
/// <param name="Text">The notification, and what a screen reader says; mrkdwn, below 4000 characters.</param>
/// <param name="Blocks">At most 50, with about 13,200 characters of text in all; empty for text alone.</param>
public sealed record SlackMessage(string Text, IReadOnlyList<Block> Blocks);
