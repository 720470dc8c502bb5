namespace CoffeeBuddy.Slack.Api;

/// <summary>
/// Identifies a message of a run. It is stored in the message as Slack's metadata, which is not shown, so that the
/// message can be found when the answer to its post was lost. Other apps in the channel can read it: it must not
/// contain orders.
/// </summary>
/// <param name="Kind">Which of the run's messages it is.</param>
/// <param name="Recipient">A user id; empty for a message to the run's channel.</param>
/// <param name="Version">The version of the run that the message showed when it was posted.</param>
public sealed record MessageTag(Guid RunId, string Kind, string Recipient, long Version)
{
    public const string EventType = "coffee_run_message";

    /// <summary>Whether both identify the same message, in any version.</summary>
    public bool IsSameMessage(MessageTag other) => other with { Version = Version } == this;
}
