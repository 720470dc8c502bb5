using System.Text.Json.Serialization;

namespace CoffeeBuddy.Slack.Payloads;

/// <summary>The view of an interaction, with the values filled in.</summary>
public sealed record InteractionView(
    string? Id,
    string? Type,
    string? CallbackId,
    string? Hash,
    string? PrivateMetadata,
    [property: JsonConverter(typeof(EmptyListConverter<InteractionState>))] InteractionState? State,
    string? TeamId = null,
    string? AppInstalledTeamId = null
)
{
    /// <summary>Whether it is the Home tab.</summary>
    [JsonIgnore]
    public bool IsHome => Type == "home";

    /// <summary>The value of an input; null when it has none.</summary>
    public InteractionValue? Value(string blockId, string actionId) =>
        State?.Values?.GetValueOrDefault(blockId)?.GetValueOrDefault(actionId);
}

/// <param name="Values">By block id, then by action id.</param>
public sealed record InteractionState(
    [property: JsonConverter(
        typeof(EmptyListConverter<Dictionary<string, IReadOnlyDictionary<string, InteractionValue?>?>>)
    )]
        Dictionary<string, IReadOnlyDictionary<string, InteractionValue?>?>? Values
);

public sealed record InteractionValue(
    string? Type,
    string? Value,
    InteractionOption? SelectedOption,
    IReadOnlyList<InteractionOption>? SelectedOptions,
    string? SelectedUser = null
);
