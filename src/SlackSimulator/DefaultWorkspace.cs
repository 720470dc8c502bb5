namespace SlackSimulator;

/// <summary>
/// The default people, channels and scopes: six people in six time zones, and a bot with the scopes of every simulated
/// method.
/// </summary>
internal static class DefaultWorkspace
{
    public static IReadOnlyList<PersonOptions> People { get; } =
    [
        new("Noor", "Europe/Amsterdam", IsAdmin: true),
        new("Priya", "Asia/Kolkata"),
        new("Mateo", "America/New_York"),
        new("Kenji", "Asia/Tokyo"),
        new("Zola", "Africa/Johannesburg"),
        new("Freya", "Europe/London"),
    ];

    public static IReadOnlyList<ChannelOptions> Channels { get; } =
    [new("general"), new("office"), new("random", HasBot: false)];

    public static IReadOnlyList<string> Scopes { get; } =
    [
        "app_mentions:read",
        "channels:history",
        "channels:join",
        "channels:manage",
        "channels:read",
        "chat:write",
        "commands",
        "dnd:read",
        "emoji:read",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "groups:write",
        "im:history",
        "im:read",
        "im:write",
        "mpim:history",
        "mpim:read",
        "mpim:write",
        "pins:read",
        "pins:write",
        "reactions:read",
        "reactions:write",
        "team:read",
        "usergroups:read",
        "usergroups:write",
        "users.profile:read",
        "users:read",
        "users:read.email",
    ];
}
