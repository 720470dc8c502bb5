namespace SlackSimulator.Model;

/// <summary>A period in which a person is not to be disturbed, in the workspace's time.</summary>
public sealed record DoNotDisturb(DateTimeOffset From, DateTimeOffset Until);

/// <summary>A user of the workspace: a person, the app's bot or Slackbot.</summary>
public sealed record Person
{
    /// <summary>Slackbot's user id.</summary>
    public const string SlackbotId = "USLACKBOT";

    /// <summary>The user id, such as <c>U0NOOR0000</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The handle for mentions, in lower case.</summary>
    public required string Name { get; init; }

    /// <summary>The real name.</summary>
    public required string RealName { get; init; }

    /// <summary>The display name; empty when none is set.</summary>
    public string DisplayName { get; init; } = "";

    /// <summary>The e-mail address; null for bots.</summary>
    public string? Email { get; init; }

    /// <summary>The IANA name of the time zone.</summary>
    public string TimeZone { get; init; } = "Etc/UTC";

    /// <summary>The language and region, such as <c>en-US</c>.</summary>
    public string Locale { get; init; } = "en-US";

    /// <summary>Whether the person is shown as away.</summary>
    public bool IsAway { get; init; }

    /// <summary>When the person's notifications pause; null: at no time.</summary>
    public DoNotDisturb? DoNotDisturb { get; init; }

    /// <summary>Whether the person is an admin of the workspace.</summary>
    public bool IsAdmin { get; init; }

    /// <summary>Whether this is the app's bot.</summary>
    public bool IsBot { get; init; }

    /// <summary>Whether the person is deactivated.</summary>
    public bool Deleted { get; init; }

    /// <summary>Whether the person is a guest of several channels.</summary>
    public bool IsRestricted { get; init; }

    /// <summary>Whether the person is a guest of a single channel.</summary>
    public bool IsUltraRestricted { get; init; }

    /// <summary>Whether the person is of another company and shares a channel through Slack Connect.</summary>
    public bool IsStranger { get; init; }

    /// <summary>The name that Slack shows: the display name, or the real name when there is none.</summary>
    public string Shown => DisplayName.Length > 0 ? DisplayName : RealName;

    /// <summary>Seconds east of UTC at an instant; 0 for a time zone that is unknown on this machine.</summary>
    internal int OffsetSeconds(DateTimeOffset at) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out var zone) ? (int)zone.GetUtcOffset(at).TotalSeconds : 0;
}
