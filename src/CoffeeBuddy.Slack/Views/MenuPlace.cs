using System.Text.Json;
using System.Text.Json.Serialization;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Texts;

namespace CoffeeBuddy.Slack.Views;

/// <summary>Whose menu a form is about, kept in its private_metadata.</summary>
/// <param name="ChannelId">Null: the workspace's.</param>
/// <param name="Version">That of the menu when it was read.</param>
public sealed record MenuPlace(string WorkspaceId, string? ChannelId, int Version)
{
    /// <summary>For whom the menu is, as a sentence in mrkdwn.</summary>
    internal string For =>
        ChannelId is null ? MenuPageTexts.ForWorkspace : MenuPageTexts.FormatForChannel(Mrkdwn.Channel(ChannelId));

    internal string Write() => JsonSerializer.Serialize(this, MenuPlaceJson.Default.MenuPlace);

    /// <returns>Null when the interaction does not belong to a menu.</returns>
    public static MenuPlace? Read(Interaction interaction)
    {
        try
        {
            var place = string.IsNullOrEmpty(interaction.View?.PrivateMetadata)
                ? null
                : JsonSerializer.Deserialize(interaction.View.PrivateMetadata, MenuPlaceJson.Default.MenuPlace);
            return
                place is not null
                && SlackIds.IsId(place.WorkspaceId)
                && (place.ChannelId is null || SlackIds.IsChannelId(place.ChannelId))
                ? place
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A form that changes the menu of this place.</summary>
    internal View Form(string callback, string title, IReadOnlyList<Block> blocks) =>
        new(View.Modal, blocks)
        {
            CallbackId = callback,
            Title = TextObject.Plain(title, 24),
            Submit = TextObject.Plain(MenuPageTexts.Save, 24),
            Close = TextObject.Plain(MenuPageTexts.Cancel, 24),
            PrivateMetadata = Write(),
        };

    internal static InputBlock Input(
        string block,
        string label,
        Element element,
        bool optional = false,
        string? hint = null
    ) =>
        new(TextObject.Plain(label, 2000), element, optional, hint is null ? null : TextObject.Plain(hint, 2000))
        {
            BlockId = block,
        };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(MenuPlace))]
internal sealed partial class MenuPlaceJson : JsonSerializerContext;
