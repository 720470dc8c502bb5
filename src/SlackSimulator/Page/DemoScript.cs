using System.Text.Json.Serialization;

namespace SlackSimulator.Page;

/// <summary>
/// A demo run: what some people do in the workspace, played by the page before the eyes of whoever watches. The page types, chooses and clicks
/// as a person would; everything that is shown then comes from the app.
/// </summary>
/// <remarks>
/// A script may be played again in the same workspace, where the app may decide otherwise: let <see cref="BecomeWhoSees"/> find the person it is
/// about now, leave <see cref="DemoStep.As"/> out of the steps after it, and write <c>{who}</c> for them in the captions.
/// </remarks>
/// <param name="Title">On the button's tooltip and while it plays.</param>
/// <param name="Pace">1 is a person's speed; 10 is ten times as fast.</param>
public sealed record DemoScript(string Title, IReadOnlyList<DemoStep> Steps, double Pace = 1)
{
    /// <summary>Reads the JSON form, as <c>GET /sim/demo</c> gives it.</summary>
    /// <exception cref="JsonException">It is not such a script.</exception>
    public static DemoScript Parse(string json) =>
        JsonSerializer.Deserialize(json, DemoJson.Default.DemoScript)
        ?? throw new JsonException("A demo is an object with a title and steps.");
}

/// <summary>One thing a person does, or waits for.</summary>
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
    /// <summary>Id or name of the person who does it; null is whoever did the step before.</summary>
    public string? As { get; init; }

    /// <summary>What the one who watches is told meanwhile; <c>{who}</c> is the name of the person who does it.</summary>
    public string? Caption { get; init; }
}

/// <summary>
/// Waits until one of these people has a message with an <c>action_id</c> in a conversation, becomes that person and goes there. When several have one, it is the
/// one whose message is newest; when nobody has, the demo stops with an explanation.
/// </summary>
/// <param name="Among">Ids or names; null is everybody.</param>
/// <param name="Channel">Id or name of the channel, or <c>dm</c>: each one's messages with the app. Replies in threads do not count.</param>
/// <param name="AtMost">Real time; null is 20 s.</param>
public sealed record BecomeWhoSees(
    string ActionId,
    IReadOnlyList<string>? Among = null,
    string Channel = "dm",
    TimeSpan? AtMost = null
) : DemoStep;

/// <summary>Goes to a channel by id or name, to <c>dm</c> (messages with the app) or to <c>home</c> (the app's home).</summary>
public sealed record OpenChannel(string Channel) : DemoStep;

/// <summary>Types a slash command where the person is and sends it.</summary>
public sealed record RunCommand(string Command, string Text = "") : DemoStep;

/// <summary>Types a message and sends it; with <see cref="InThread"/> into the thread that is open.</summary>
public sealed record Say(string Text) : DemoStep
{
    public bool InThread { get; init; }
}

/// <summary>Fills in the open modal: by <c>action_id</c> a text, an option's value, a date, an id, or an array of those.</summary>
public sealed record FillIn(IReadOnlyDictionary<string, JsonNode?> Values) : DemoStep;

/// <summary>Presses the modal's submit button.</summary>
public sealed record Submit : DemoStep;

/// <summary>Closes the modal.</summary>
public sealed record CloseModal : DemoStep;

/// <summary>Presses the button (or chooses <paramref name="Value"/>) in the open modal, else in the newest message on the screen that has it, else in the home.</summary>
/// <param name="Value">An option's value, for selects and menus; for buttons it tells apart those with the same <c>action_id</c>.</param>
/// <param name="Confirm">Whether a confirm dialog is agreed to.</param>
public sealed record Click(string ActionId, string? Value = null, bool Confirm = true) : DemoStep;

/// <summary>Opens the thread of the newest message that has replies, or that contains a text.</summary>
public sealed record OpenThread(string? Containing = null) : DemoStep;

/// <summary>Moves the workspace's clock ahead.</summary>
public sealed record Advance(TimeSpan By) : DemoStep;

/// <summary>Waits until the person sees a text, an <c>action_id</c>, or both; the demo stops with an explanation when they do not.</summary>
/// <param name="AtMost">Real time; null is 20 s.</param>
public sealed record WaitFor(string? Text = null, string? ActionId = null, TimeSpan? AtMost = null) : DemoStep;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true
)]
[JsonSerializable(typeof(DemoScript))]
internal sealed partial class DemoJson : JsonSerializerContext;
