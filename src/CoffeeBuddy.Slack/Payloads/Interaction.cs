using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CoffeeBuddy.Slack.Payloads;

/// <summary>The kinds of interactions that CoffeeBuddy acts on.</summary>
public static class InteractionTypes
{
    public const string BlockActions = "block_actions";
    public const string ViewSubmission = "view_submission";
}

/// <summary>Somebody clicked, chose, or submitted something: the <c>payload</c> field of an interaction's form.</summary>
public sealed record Interaction
{
    /// <summary>One of <see cref="InteractionTypes"/>, or another of Slack's.</summary>
    public string Type
    {
        get => field ?? "";
        init;
    }

    public InteractionTeam? Team { get; init; }
    public InteractionEnterprise? Enterprise { get; init; }

    [JsonConverter(typeof(FlagConverter))]
    public bool IsEnterpriseInstall { get; init; }

    public InteractionUser User
    {
        get => field ?? new();
        init;
    }

    /// <summary>Where it happened; null in views.</summary>
    public InteractionChannel? Channel { get; init; }

    public InteractionContainer? Container { get; init; }
    public InteractionMessage? Message { get; init; }
    public string? TriggerId { get; init; }
    public string? ResponseUrl { get; init; }
    public string? CallbackId { get; init; }
    public IReadOnlyList<InteractionAction> Actions
    {
        get => field ?? [];
        init;
    }
    public InteractionView? View { get; init; }

    /// <summary>
    /// The workspace of the request. An organisation's app gets no team: then it is that of the view or message, else the
    /// person's own, and the organisation's id where none is told at all.
    /// </summary>
    [JsonIgnore]
    public string WorkspaceId =>
        SlackIds.WorkspaceOf(
            Team?.Id ?? View?.TeamId ?? Message?.Team ?? User.TeamId,
            Enterprise?.Id ?? Team?.EnterpriseId
        ) ?? "";

    /// <summary>The channel of the message that holds the button; null in views.</summary>
    [JsonIgnore]
    public string? ChannelId => Channel?.Id ?? Container?.ChannelId;

    /// <summary>The message that holds the button; null in views.</summary>
    [JsonIgnore]
    public string? MessageTs => Container?.MessageTs ?? Message?.Ts;

    /// <param name="json">The form's <c>payload</c> field.</param>
    /// <param name="reason">What is wrong with the payload, without its contents.</param>
    public static bool TryParse(
        string? json,
        [NotNullWhen(true)] out Interaction? interaction,
        [NotNullWhen(false)] out string? reason
    )
    {
        interaction = PayloadJson.Parse(json ?? "", PayloadJsonContext.Default.Interaction, out reason);
        if (interaction is null)
            return false;
        reason = FaultOf(interaction);
        if (reason is null)
            return true;
        interaction = null;
        return false;
    }

    private static string? FaultOf(Interaction interaction) =>
        interaction switch
        {
            { Type: "" } => "no type",
            _ when !SlackIds.IsUserId(interaction.User.Id) => "no user",
            _ when !SlackIds.IsId(interaction.WorkspaceId) => "no workspace (team, enterprise)",
            _ => null,
        };
}

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
    string? ViewId,
    [property: JsonConverter(typeof(FlagConverter))] bool IsEphemeral = false
);

/// <summary>What was clicked or chosen.</summary>
/// <param name="ActionTs">With the message and the person, the key of the click.</param>
public sealed record InteractionAction(
    string? ActionId,
    string? BlockId,
    string? Type,
    string? Value,
    InteractionOption? SelectedOption,
    IReadOnlyList<InteractionOption>? SelectedOptions,
    string? ActionTs
);

public sealed record InteractionOption(string? Value);

/// <summary>The view in which something happened, with what is filled in.</summary>
public sealed record InteractionView(
    string? Id,
    string? Type,
    string? CallbackId,
    string? Hash,
    string? PrivateMetadata,
    InteractionState? State,
    string? TeamId = null
)
{
    /// <summary>The state of one input; null when it has none.</summary>
    public InteractionValue? Value(string blockId, string actionId) =>
        State?.Values?.GetValueOrDefault(blockId)?.GetValueOrDefault(actionId);
}

/// <param name="Values">By block id, then by action id.</param>
public sealed record InteractionState(
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, InteractionValue?>?>? Values
);

public sealed record InteractionValue(
    string? Type,
    string? Value,
    InteractionOption? SelectedOption,
    IReadOnlyList<InteractionOption>? SelectedOptions
);
