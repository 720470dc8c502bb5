namespace CoffeeBuddy.Slack.BlockKit;

/// <summary>An option of a select, of radio buttons or of checkboxes.</summary>
/// <param name="Text">Plain, at most 75 characters.</param>
/// <param name="Value">At most 150 characters.</param>
public sealed record Choice(TextObject Text, string Value);
