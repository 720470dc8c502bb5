using System.Text.Json;
using System.Text.Json.Serialization;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Slack.BlockKit;

namespace CoffeeBuddy.Slack.Views;

/// <summary>The state of the order form, kept in its private_metadata.</summary>
/// <param name="Typed">The text that the form put into the text field. A different text was typed by the
/// person.</param>
/// <param name="MemberUntil">Until then the person counts as a member of the channel, because the form was opened there;
/// null: it was opened elsewhere.</param>
/// <param name="IsMenuOnly">The form has no text field for the drink.</param>
internal sealed record OrderFormState(
    Guid RunId,
    string ChannelId,
    string InitiatorUserId,
    int Revision,
    string? Typed,
    IReadOnlyList<string> LastDrinks,
    DateTimeOffset? MemberUntil = null,
    bool? OffersSameAs = null,
    bool? IsFromHome = null,
    bool? IsMenuOnly = null
)
{
    /// <summary>Slack's limit for private_metadata, in characters.</summary>
    private const int MaxLength = 3000;

    /// <summary>The state as JSON, with as many of the last drinks as fit.</summary>
    public string Write()
    {
        for (var kept = LastDrinks.Count; ; kept--)
        {
            var json = JsonSerializer.Serialize(
                this with
                {
                    LastDrinks = [.. LastDrinks.Take(kept)],
                },
                OrderFormStateJson.Default.OrderFormState
            );
            if (json.Length <= MaxLength || kept == 0)
                return json;
        }
    }

    public static OrderFormState? Read(string? privateMetadata)
    {
        try
        {
            var state = string.IsNullOrEmpty(privateMetadata)
                ? null
                : JsonSerializer.Deserialize(privateMetadata, OrderFormStateJson.Default.OrderFormState);
            return
                state is { ChannelId: not null, InitiatorUserId: not null, LastDrinks: not null }
                && state.RunId != Guid.Empty
                ? state
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // One line per part is shorter than JSON: a button's value holds 2000 characters.
    public static string Pack(Drink drink) =>
        string.Join(
            '\n',
            [
                Line(drink.Size),
                Line(drink.DrinkType),
                .. drink.Customizations.Take(Drink.MaxCustomizations).Select(Line),
            ]
        );

    public static Drink? Unpack(string? packed) =>
        packed?.Split('\n') is [{ Length: > 0 } size, { Length: > 0 } drinkType, .. var customizations]
            ? new Drink(drinkType, size, customizations)
            : null;

    private static string Line(string text) => Shorten.To(text.Replace('\n', ' '), Drink.MaxDrinkTypeLength);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(OrderFormState))]
internal sealed partial class OrderFormStateJson : JsonSerializerContext;
