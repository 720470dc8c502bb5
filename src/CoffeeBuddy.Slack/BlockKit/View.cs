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

    /// <summary>Plain, at most 24 characters; required with an input block.</summary>
    public TextObject? Submit { get; init; }

    /// <summary>Plain, at most 24 characters; modals only.</summary>
    public TextObject? Close { get; init; }

    /// <summary>At most 3000 characters; Slack returns it with every interaction.</summary>
    public string? PrivateMetadata { get; init; }
}
