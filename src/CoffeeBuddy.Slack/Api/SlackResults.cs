namespace CoffeeBuddy.Slack.Api;

/// <summary>The address of a message, needed to update it.</summary>
public sealed record PostedMessage(string Channel, string Ts);

/// <summary>A message found by its tag.</summary>
/// <param name="Version">The version that it showed when it was posted.</param>
public sealed record FoundMessage(PostedMessage Message, long Version);

/// <param name="Hash">Identifies the view's state, for an update that must not overwrite a newer one.</param>
public sealed record OpenedView(string Id, string? Hash);

/// <summary>A person's profile.</summary>
/// <param name="DisplayName">The name that Slack shows; never empty.</param>
/// <param name="Email">Null without the scope users:read.email, and for bots.</param>
/// <param name="TimeZone">An IANA name, such as "Europe/Berlin"; null when unknown.</param>
public sealed record SlackUser(
    string Id,
    string DisplayName,
    string? RealName,
    string? Email,
    string? TimeZone,
    bool IsBot,
    bool IsDeleted
)
{
    /// <summary>Seconds east of UTC now; null when unknown.</summary>
    public int? UtcOffsetSeconds { get; init; }

    /// <summary>The language and region, such as "de-DE"; null when unknown.</summary>
    public string? Locale { get; init; }

    /// <summary>Null when Slack does not tell it.</summary>
    public string? TeamId { get; init; }

    /// <summary>Of another company, and in no channel that the app can see.</summary>
    public bool IsStranger { get; init; }

    /// <summary>A guest of the workspace, in one channel or several.</summary>
    public bool IsGuest { get; init; }
}

/// <summary>The period in which a person is not to be disturbed: the one that runs, or the next.</summary>
public sealed record DoNotDisturbPeriod(DateTimeOffset From, DateTimeOffset Until);
