using System.Text.Json.Serialization;

namespace CoffeeBuddy.Slack.BlockKit;

/// <summary>An element to click or fill in (https://docs.slack.dev/reference/block-kit/block-elements).</summary>
[JsonDerivedType(typeof(Button))]
[JsonDerivedType(typeof(StaticSelect))]
[JsonDerivedType(typeof(RadioButtons))]
[JsonDerivedType(typeof(Checkboxes))]
[JsonDerivedType(typeof(PlainTextInput))]
[JsonDerivedType(typeof(UsersSelect))]
[JsonDerivedType(typeof(ConversationsSelect))]
[JsonDerivedType(typeof(MultiStaticSelect))]
public abstract record Element(string ActionId)
{
    [JsonPropertyOrder(-1)]
    public abstract string Type { get; }
}

/// <param name="Text">Plain, at most 75 characters.</param>
/// <param name="Value">At most 2000 characters.</param>
/// <param name="Style">"primary" or "danger"; null for the default.</param>
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

/// <summary>Chooses a person of the workspace.</summary>
/// <param name="Placeholder">Plain, at most 150 characters.</param>
public sealed record UsersSelect(string ActionId, TextObject? Placeholder = null) : Element(ActionId)
{
    public override string Type => "users_select";
}

/// <summary>Chooses a channel that the person sees.</summary>
/// <param name="Placeholder">Plain, at most 150 characters.</param>
public sealed record ConversationsSelect(string ActionId, TextObject? Placeholder = null) : Element(ActionId)
{
    public override string Type => "conversations_select";

    public ConversationFilter Filter { get; } = new(["public", "private"]);

    /// <param name="Include">The kinds of conversations that are offered.</param>
    public sealed record ConversationFilter(IReadOnlyList<string> Include);
}

/// <param name="Options">1 to 100.</param>
/// <param name="InitialOptions">Each equal to one of the options; null, not empty, when there are none.</param>
/// <param name="Placeholder">Plain, at most 150 characters.</param>
public sealed record MultiStaticSelect(
    string ActionId,
    IReadOnlyList<Choice> Options,
    IReadOnlyList<Choice>? InitialOptions = null,
    TextObject? Placeholder = null
) : Element(ActionId)
{
    public override string Type => "multi_static_select";
}
