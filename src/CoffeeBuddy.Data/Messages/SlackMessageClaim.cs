namespace CoffeeBuddy.Data.Messages;

/// <summary>What is to be done so that a message shows a version of its run, and the right to do it.</summary>
/// <param name="Version">The version that the message is to show; above 0.</param>
/// <param name="Token">Differs for each claim, also of the same message.</param>
/// <param name="ChannelId">Where the message was posted; null while it is not known to be posted.</param>
/// <param name="Ts">Slack's id of the message; null while it is not known to be posted.</param>
/// <param name="AttemptedSince">
/// When the message was first claimed, if an earlier claim ended without a known outcome: with
/// <see cref="SlackMessageClaimState.Post"/>, Slack may show the message already. Null: Slack does not show it.
/// </param>
public sealed record SlackMessageClaim(
    SlackMessageClaimState State,
    Guid RunId,
    string Kind,
    string Recipient,
    long Version,
    Guid Token,
    string? ChannelId,
    string? Ts,
    DateTimeOffset? AttemptedSince = null
);

public enum SlackMessageClaimState
{
    /// <summary>Not known to be posted: post it.</summary>
    Post,

    /// <summary>Posted, but shows an older version: update it.</summary>
    Update,

    /// <summary>Shows this version or a newer one: nothing to do.</summary>
    UpToDate,

    /// <summary>Another claim is being worked on: try again later.</summary>
    Busy,

    /// <summary>Slack refused it permanently: nothing to do.</summary>
    Failed,
}
