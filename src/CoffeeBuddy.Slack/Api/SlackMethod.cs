namespace CoffeeBuddy.Slack.Api;

/// <summary>A method of Slack's Web API, with what the client needs to know about it.</summary>
/// <param name="name">As in Slack's documentation.</param>
/// <param name="callsPerMinute">Per workspace, from the method's tier (https://docs.slack.dev/apis/web-api/rate-limits).</param>
internal sealed class SlackMethod(string name, int callsPerMinute)
{
    // Slack publishes no tier for chat.postMessage, only "several hundred messages per minute" per workspace.
    public static readonly SlackMethod PostMessage = new("chat.postMessage", 200) { IsLimitedByChannel = true };
    public static readonly SlackMethod PostEphemeral = new("chat.postEphemeral", 100);
    public static readonly SlackMethod UpdateMessage = new("chat.update", 50);
    public static readonly SlackMethod OpenView = new("views.open", 100) { IsInteractive = true };
    public static readonly SlackMethod UpdateView = new("views.update", 100) { IsInteractive = true };
    public static readonly SlackMethod PublishView = new("views.publish", 100);
    public static readonly SlackMethod OpenConversation = new("conversations.open", 50) { ChangesNothing = true };
    public static readonly SlackMethod History = new("conversations.history", 50) { ChangesNothing = true };
    public static readonly SlackMethod Replies = new("conversations.replies", 50) { ChangesNothing = true };
    public static readonly SlackMethod Members = new("conversations.members", 100)
    {
        ChangesNothing = true,
        IsInteractive = true,
    };

    // Slack's page of the method names tier 1 in older versions; a refusal names the time to wait.
    public static readonly SlackMethod OpenSocket = new("apps.connections.open", 50)
    {
        ChangesNothing = true,
        UsesAppToken = true,
    };
    public static readonly SlackMethod GetUser = new("users.info", 100) { ChangesNothing = true };
    public static readonly SlackMethod DoNotDisturb = new("dnd.info", 50)
    {
        ChangesNothing = true,
        IsInteractive = true,
    };

    /// <summary>A message sent to a response_url. Slack publishes no rate for it.</summary>
    public static readonly SlackMethod ResponseUrl = new("response_url", int.MaxValue);

    public static readonly SlackMethod GetUploadUrl = new("files.getUploadURLExternal", 100) { ChangesNothing = true };

    /// <summary>The content of a file, sent to an address that Slack has given. Slack publishes no rate for it.</summary>
    public static readonly SlackMethod UploadContent = new("upload_url", int.MaxValue) { ChangesNothing = true };
    public static readonly SlackMethod CompleteUpload = new("files.completeUploadExternal", 100);

    public string Name { get; } = name;
    public int CallsPerMinute { get; } = callsPerMinute;

    /// <summary>Whether Slack takes one call per second and channel.</summary>
    public bool IsLimitedByChannel { get; private init; }

    /// <summary>Whether a person waits for it, who has to be answered within 3 s.</summary>
    public bool IsInteractive { get; private init; }

    /// <summary>Whether people see no difference after it, however often it is called.</summary>
    public bool ChangesNothing { get; private init; }

    /// <summary>Whether it is called with the app-level token instead of the bot's.</summary>
    public bool UsesAppToken { get; private init; }

    public override string ToString() => Name;

    /// <param name="outcome">Of a method that changes things; the others have
    /// <see cref="SlackOutcome.NotDone"/>.</param>
    public SlackApiException Failure(
        string error,
        SlackErrorKind kind,
        SlackOutcome outcome,
        TimeSpan? retryAfter = null,
        IReadOnlyList<string>? details = null,
        Exception? innerException = null
    ) =>
        new(Name, error, kind, retryAfter, innerException)
        {
            Outcome = ChangesNothing ? SlackOutcome.NotDone : outcome,
            Details = details ?? [],
        };
}
