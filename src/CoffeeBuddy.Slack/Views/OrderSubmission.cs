namespace CoffeeBuddy.Slack.Views;

/// <summary>The values of a submitted order form, before validation.</summary>
/// <param name="Size">Null when none was chosen; Slack does not submit such a form.</param>
/// <param name="Guest">The name of the guest for whom the order is; null: for the person.</param>
/// <param name="MemberUntil">See <see cref="OrderForm.MemberUntil"/>.</param>
/// <param name="IsFromHome">See <see cref="OrderForm.IsFromHome"/>.</param>
/// <param name="AllowsFreeText">Whether the form has a text field for the drink.</param>
/// <param name="IsTyped">Whether the drink is the text of this field.</param>
public sealed record OrderSubmission(
    Guid RunId,
    string ChannelId,
    string? DrinkType,
    string? Size,
    IReadOnlyList<string> Customizations,
    string? Note,
    string? Guest,
    int Revision,
    DateTimeOffset? MemberUntil,
    bool IsFromHome,
    bool AllowsFreeText,
    bool IsTyped
);
