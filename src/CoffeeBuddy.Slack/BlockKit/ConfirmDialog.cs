namespace CoffeeBuddy.Slack.BlockKit;

/// <summary>Asks for confirmation before a button acts.</summary>
/// <param name="Title">At most 100 characters.</param>
/// <param name="Text">At most 300 characters.</param>
/// <param name="Confirm">At most 30 characters.</param>
/// <param name="Deny">At most 30 characters.</param>
/// <param name="Style">"primary" or "danger".</param>
public sealed record ConfirmDialog(
    TextObject Title,
    TextObject Text,
    TextObject Confirm,
    TextObject Deny,
    string? Style = null
)
{
    public static ConfirmDialog Ask(string title, string text, string confirm, string deny, string? style = null) =>
        new(
            TextObject.Plain(title, 100),
            TextObject.Plain(text, 300),
            TextObject.Plain(confirm, 30),
            TextObject.Plain(deny, 30),
            style
        );
}
