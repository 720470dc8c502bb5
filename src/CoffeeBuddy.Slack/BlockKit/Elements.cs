using System.Text.Json.Serialization;

namespace CoffeeBuddy.Slack.BlockKit;

/// <summary>Something to click or fill in (https://docs.slack.dev/reference/block-kit/block-elements).</summary>
[JsonDerivedType(typeof(Button))]
[JsonDerivedType(typeof(StaticSelect))]
[JsonDerivedType(typeof(RadioButtons))]
[JsonDerivedType(typeof(Checkboxes))]
[JsonDerivedType(typeof(PlainTextInput))]
public abstract record Element(string ActionId)
{
    [JsonPropertyOrder(-1)]
    public abstract string Type { get; }
}

/// <param name="Text">Plain, at most 75 characters.</param>
/// <param name="Value">At most 2000 characters.</param>
/// <param name="Style">"primary" or "danger"; null: neither.</param>
public sealed record Button(
    string ActionId,
    TextObject Text,
    string? Value = null,
    string? Style = null,
    ConfirmDialog? Confirm = null
) : Element(ActionId)
{
    public const string Primary = "primary";
    public const string Danger = "danger";

    public override string Type => "button";
}

/// <param name="Options">1 to 100.</param>
/// <param name="InitialOption">Equal to one of the options.</param>
/// <param name="Placeholder">Plain, at most 150 characters.</param>
public sealed record StaticSelect(
    string ActionId,
    IReadOnlyList<Choice> Options,
    Choice? InitialOption = null,
    TextObject? Placeholder = null
) : Element(ActionId)
{
    public override string Type => "static_select";
}

/// <param name="Options">1 to 10.</param>
/// <param name="InitialOption">Equal to one of the options.</param>
public sealed record RadioButtons(string ActionId, IReadOnlyList<Choice> Options, Choice? InitialOption = null)
    : Element(ActionId)
{
    public override string Type => "radio_buttons";
}

/// <param name="Options">1 to 10.</param>
/// <param name="InitialOptions">Each equal to one of the options; null, not empty, when there are none.</param>
public sealed record Checkboxes(
    string ActionId,
    IReadOnlyList<Choice> Options,
    IReadOnlyList<Choice>? InitialOptions = null
) : Element(ActionId)
{
    public override string Type => "checkboxes";
}

/// <param name="MaxLength">1 to 3000 characters.</param>
/// <param name="Placeholder">Plain, at most 150 characters.</param>
public sealed record PlainTextInput(
    string ActionId,
    int MaxLength,
    string? InitialValue = null,
    bool Multiline = false,
    TextObject? Placeholder = null
) : Element(ActionId)
{
    public override string Type => "plain_text_input";
}

/// <summary>One of the things to choose from; Slack calls it an option.</summary>
/// <param name="Text">Plain, at most 75 characters.</param>
/// <param name="Value">At most 150 characters.</param>
public sealed record Choice(TextObject Text, string Value);

/// <summary>Asks once more before a button acts.</summary>
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
