using System.Text.Json.Serialization;

namespace SlackSimulator.Page;

/// <summary>
/// A demo run: steps that people take in the workspace, which the page plays. The page types, chooses and clicks as a
/// person would; everything that appears as a result comes from the app.
/// </summary>
/// <remarks>
/// A script can be played again in the same workspace, where the app may decide differently.
/// <see cref="BecomeWhoSees"/> then finds the person concerned: leave <see cref="DemoStep.As"/> out of the following
/// steps, and write <c>{who}</c> for the person's name in their captions.
/// </remarks>
/// <param name="Title">Shown in the button's tooltip and during the run.</param>
/// <param name="Steps">The steps, in order.</param>
/// <param name="Pace">The speed: 1 is a person's speed, 10 is ten times as fast.</param>
public sealed record DemoScript(string Title, IReadOnlyList<DemoStep> Steps, double Pace = 1)
{
    /// <summary>Reads a script from JSON, in the format of <c>GET /sim/demo</c>.</summary>
    /// <exception cref="JsonException">The text is not such a script.</exception>
    public static DemoScript Parse(string json) =>
        JsonSerializer.Deserialize(json, DemoJson.Default.DemoScript)
        ?? throw new JsonException("A demo is an object with a title and steps.");
}

/// <summary>
/// One action of a person, or one condition to wait for. The page waits up to 10 s for the control that a step needs.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")]
[JsonDerivedType(typeof(BecomeWhoSees), "who")]
[JsonDerivedType(typeof(OpenChannel), "open")]
[JsonDerivedType(typeof(RunCommand), "command")]
[JsonDerivedType(typeof(Say), "say")]
[JsonDerivedType(typeof(FillIn), "fill")]
[JsonDerivedType(typeof(Submit), "submit")]
[JsonDerivedType(typeof(CloseModal), "close")]
[JsonDerivedType(typeof(Click), "click")]
[JsonDerivedType(typeof(OpenThread), "thread")]
[JsonDerivedType(typeof(Advance), "advance")]
[JsonDerivedType(typeof(WaitFor), "wait")]
public abstract record DemoStep
{
    /// <summary>The id or name of the person who takes this step; null is the person of the previous step.</summary>
    public string? As { get; init; }

    /// <summary>
    /// An explanation to show during the step; <c>{who}</c> stands for the person's name. Null keeps the previous one.
    /// </summary>
    public string? Caption { get; init; }
}

/// <summary>
/// Waits until one of several people has a message with an <c>action_id</c> in a conversation, switches to that person
/// and opens the conversation. If several have one, the newest message decides. If none has one in time, the run stops
/// with an explanation.
/// </summary>
/// <param name="ActionId">The <c>action_id</c> of the control.</param>
/// <param name="Among">Ids or names of the people; null is every person.</param>
/// <param name="Channel">Id or name of the channel, or <c>dm</c> for each person's direct messages with the app.
/// Replies in threads are ignored.</param>
/// <param name="AtMost">The longest wait, in real time; null is 20 s.</param>
public sealed record BecomeWhoSees(
    string ActionId,
    IReadOnlyList<string>? Among = null,
    string Channel = "dm",
    TimeSpan? AtMost = null
) : DemoStep;

/// <summary>Opens a conversation.</summary>
/// <param name="Channel">Id or name of a channel, <c>dm</c> for the direct messages with the app, or <c>home</c> for
/// the App Home.</param>
public sealed record OpenChannel(string Channel) : DemoStep;

/// <summary>Types a slash command in the open conversation and sends it.</summary>
/// <param name="Command">The command with its slash.</param>
/// <param name="Text">The text after the command.</param>
public sealed record RunCommand(string Command, string Text = "") : DemoStep;

/// <summary>Types a message and sends it.</summary>
/// <param name="Text">The text, as a person types it.</param>
public sealed record Say(string Text) : DemoStep
{
    /// <summary>Whether the message is a reply in the open thread.</summary>
    public bool InThread { get; init; }
}

/// <summary>Fills in inputs of the open modal.</summary>
/// <param name="Values">By <c>action_id</c>: a text, an option's value, a date, an id, or an array of these.</param>
public sealed record FillIn(IReadOnlyDictionary<string, JsonNode?> Values) : DemoStep;

/// <summary>Presses the modal's submit button.</summary>
public sealed record Submit : DemoStep;

/// <summary>Closes the modal.</summary>
public sealed record CloseModal : DemoStep;

/// <summary>
/// Presses a button or chooses in a menu. The control is searched in the open modal, then in the newest visible message
/// that has it, then in the App Home.
/// </summary>
/// <param name="ActionId">The <c>action_id</c> of the control.</param>
/// <param name="Value">For selects and menus the value of the option to choose; for buttons it distinguishes those with
/// the same <c>action_id</c>.</param>
/// <param name="Confirm">Whether a confirmation dialog is accepted.</param>
public sealed record Click(string ActionId, string? Value = null, bool Confirm = true) : DemoStep;

/// <summary>Opens the thread of the newest message that has replies.</summary>
/// <param name="Containing">Considers only messages that contain this text; null considers all.</param>
public sealed record OpenThread(string? Containing = null) : DemoStep;

/// <summary>Moves the workspace's clock ahead.</summary>
/// <param name="By">How far, at most 366 days.</param>
public sealed record Advance(TimeSpan By) : DemoStep;

/// <summary>
/// Waits until the page shows a text, a control, or both. If they do not appear in time, the run stops with an
/// explanation.
/// </summary>
/// <param name="Text">The text; null for any.</param>
/// <param name="ActionId">The <c>action_id</c> of the control; null for any.</param>
/// <param name="AtMost">The longest wait, in real time; null is 20 s.</param>
public sealed record WaitFor(string? Text = null, string? ActionId = null, TimeSpan? AtMost = null) : DemoStep;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true
)]
[JsonSerializable(typeof(DemoScript))]
internal sealed partial class DemoJson : JsonSerializerContext;
