namespace CoffeeBuddy.Slack.Api;

/// <summary>
/// What a message of a run carries unseen, as Slack's message metadata, so that it can be found again when the answer to
/// its posting was lost. It names no drink and nothing else that was ordered: other apps in the channel can read it.
/// </summary>
/// <param name="Kind">Which of the run's messages it is.</param>
/// <param name="Recipient">A user id; empty for what goes to the run's channel.</param>
/// <param name="Version">What the message showed when it was posted.</param>
public sealed record MessageTag(Guid RunId, string Kind, string Recipient, long Version)
{
    public const string EventType = "coffee_run_message";

    /// <summary>Whether both name the same message, whatever version it shows.</summary>
    public bool IsSameMessage(MessageTag other) => other with { Version = Version } == this;
}

/// <summary>A message that was found again.</summary>
/// <param name="Version">What it showed when it was posted.</param>
public sealed record FoundMessage(PostedMessage Message, long Version);
