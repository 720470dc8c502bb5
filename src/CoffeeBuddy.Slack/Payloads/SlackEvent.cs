using System.Text.Json.Serialization;

namespace CoffeeBuddy.Slack.Payloads;

/// <summary>An event. Its type decides which fields are set.</summary>
public sealed record SlackEvent
{
    public const string AppMention = "app_mention";
    public const string Message = "message";
    public const string AppHomeOpened = "app_home_opened";
    public const string MessageChanged = "message_changed";
    public const string MessageDeleted = "message_deleted";

    /// <summary>A reply in a thread that was also sent to the channel.</summary>
    public const string ThreadBroadcast = "thread_broadcast";

    /// <summary><see cref="AppMention"/>, <see cref="Message"/>, <see cref="AppHomeOpened"/>, or another.</summary>
    public string Type
    {
        get => field ?? "";
        init;
    }

    /// <summary>
    /// Null for a plain message; <see cref="MessageChanged"/>, <see cref="MessageDeleted"/>, <see cref="ThreadBroadcast"/>
    /// and others.
    /// </summary>
    public string? Subtype { get; init; }

    [JsonConverter(typeof(IdConverter))]
    public string? User { get; init; }

    /// <summary>Set when a bot wrote the message, also CoffeeBuddy.</summary>
    public string? BotId { get; init; }

    public string? Text { get; init; }

    [JsonConverter(typeof(IdConverter))]
    public string? Channel { get; init; }

    /// <summary>"channel", "group", "im" and others.</summary>
    public string? ChannelType { get; init; }

    public string? Ts { get; init; }

    /// <summary>The first message of the thread; null outside of threads.</summary>
    public string? ThreadTs { get; init; }

    public string? EventTs { get; init; }

    /// <summary>For <see cref="MessageChanged"/>: the message after the change.</summary>
    [JsonPropertyName("message")]
    public SlackEventMessage? ChangedMessage { get; init; }

    /// <summary>
    /// For <see cref="MessageChanged"/> and <see cref="MessageDeleted"/>: the message before the change.
    /// </summary>
    public SlackEventMessage? PreviousMessage { get; init; }

    /// <summary>Set when a person has edited the message.</summary>
    public SlackEdit? Edited { get; init; }

    /// <summary>For <see cref="AppHomeOpened"/>: "home" or "messages".</summary>
    public string? Tab { get; init; }

    /// <summary>Who did it: also who wrote the message that is changed or deleted. Null: nobody is named.</summary>
    [JsonIgnore]
    public string? Person => User ?? (ChangedMessage ?? PreviousMessage)?.User;

    /// <summary>
    /// For <see cref="MessageChanged"/>: whether a person has changed the text. Slack sends the event also when it adds
    /// the preview of a link.
    /// </summary>
    [JsonIgnore]
    public bool IsEditOfText =>
        ChangedMessage is { Edited.Ts: not null } && ChangedMessage.Text != PreviousMessage?.Text;
}

public sealed record SlackEventMessage(
    [property: JsonConverter(typeof(IdConverter))] string? User,
    string? BotId,
    string? Subtype,
    string? Text,
    string? Ts,
    string? ThreadTs,
    SlackEdit? Edited = null
);

/// <param name="Ts">When the message was edited last.</param>
public sealed record SlackEdit(string? Ts);
