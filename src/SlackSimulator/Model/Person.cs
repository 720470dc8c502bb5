namespace SlackSimulator.Model;

/// <summary>A member of the workspace: a person, the app's bot or Slackbot.</summary>
public sealed record Person
{
    public const string SlackbotId = "USLACKBOT";

    public required string Id { get; init; }

    /// <summary>The handle, lower case.</summary>
    public required string Name { get; init; }

    public required string RealName { get; init; }

    public string DisplayName { get; init; } = "";

    public string? Email { get; init; }

    /// <summary>IANA name.</summary>
    public string TimeZone { get; init; } = "Etc/UTC";

    public bool IsAdmin { get; init; }

    public bool IsBot { get; init; }

    /// <summary>Deactivated.</summary>
    public bool Deleted { get; init; }

    public string Shown => DisplayName.Length > 0 ? DisplayName : RealName;

    /// <summary>Seconds east of UTC at an instant; 0 for a time zone this machine does not know.</summary>
    public int OffsetSeconds(DateTimeOffset at) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out var zone) ? (int)zone.GetUtcOffset(at).TotalSeconds : 0;
}
