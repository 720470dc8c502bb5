using System.Text.Json.Serialization;

namespace CoffeeBuddy.Slack.Payloads;

public sealed record InteractionTeam(string? Id, string? EnterpriseId);

public sealed record InteractionEnterprise(string? Id);

public sealed record InteractionUser(
    string Id = "",
    string? Name = null,
    string? Username = null,
    string? TeamId = null
)
{
    /// <summary>A name to show until the profile is known.</summary>
    [JsonIgnore]
    public string DisplayName => Name ?? Username ?? Id;
}

public sealed record InteractionChannel(string? Id);

public sealed record InteractionMessage(string? Ts, string? ThreadTs, string? Team = null);

/// <param name="Type">"message", "view" and others.</param>
public sealed record InteractionContainer(
    string? Type,
    string? MessageTs,
    string? ChannelId,
    string? ThreadTs,
    string? ViewId
);

/// <summary>An element that was clicked, or a value that was chosen.</summary>
/// <param name="ActionTs">The time of the click. With the message and the person it identifies the click.</param>
public sealed record InteractionAction(
    string? ActionId,
    string? BlockId,
    string? Type,
    string? Value,
    InteractionOption? SelectedOption,
    IReadOnlyList<InteractionOption>? SelectedOptions,
    string? ActionTs,
    string? SelectedUser = null,
    string? SelectedConversation = null
);

public sealed record InteractionOption(string? Value);
