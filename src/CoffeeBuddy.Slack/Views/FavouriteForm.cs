using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Texts;

namespace CoffeeBuddy.Slack.Views;

/// <summary>The form for the name of a favourite.</summary>
public static class FavouriteForm
{
    private const string NameInput = "name";

    /// <param name="maxLength">Longest name in characters.</param>
    public static View Build(OfferedDrink drink, int maxLength) =>
        new(
            View.Modal,
            [
                new SectionBlock(TextObject.Mrkdwn(Mrkdwn.Escape(drink.Drink.ToString(), 2000))),
                new InputBlock(
                    TextObject.Plain(HomeTexts.FavouriteName, 2000),
                    new PlainTextInput(NameInput, maxLength, drink.Name),
                    Optional: true,
                    Hint: TextObject.Plain(HomeTexts.FavouriteHint, 2000)
                )
                {
                    BlockId = NameInput,
                },
            ]
        )
        {
            CallbackId = Actions.RenameCallback,
            Title = TextObject.Plain(HomeTexts.FavouriteTitle, 24),
            Submit = TextObject.Plain(HomeTexts.Save, 24),
            Close = TextObject.Plain(HomeTexts.Cancel, 24),
            PrivateMetadata = drink.PreferenceId.ToString(),
        };

    /// <param name="name">Null: none.</param>
    /// <returns>False when the submission does not belong to this form.</returns>
    public static bool TryRead(Interaction interaction, out Guid preferenceId, out string? name)
    {
        var typed = interaction.View?.Value(NameInput, NameInput)?.Value;
        name = string.IsNullOrWhiteSpace(typed) ? null : typed.Trim();
        return Guid.TryParse(interaction.View?.PrivateMetadata, out preferenceId);
    }

    /// <summary>Keeps the form open and says how long a name can be.</summary>
    public static ViewResponse TooLong(int maxLength) =>
        new("errors", Errors: new Dictionary<string, string> { [NameInput] = HomeTexts.FormatNameTooLong(maxLength) });
}
