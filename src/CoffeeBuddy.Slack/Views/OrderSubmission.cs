namespace CoffeeBuddy.Slack.Views;

/// <summary>The values of a submitted order form, before validation.</summary>
/// <param name="Size">Null when none was chosen; Slack does not submit such a form.</param>
/// <param name="MemberUntil">See <see cref="OrderForm.MemberUntil"/>.</param>
public sealed record OrderSubmission(
    Guid RunId,
    string ChannelId,
    string? DrinkType,
    string? Size,
    IReadOnlyList<string> Customizations,
    string? Note,
    int Revision,
    DateTimeOffset? MemberUntil
);
