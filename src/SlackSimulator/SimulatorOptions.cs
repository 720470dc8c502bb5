using SlackSimulator.Page;

namespace SlackSimulator;

/// <summary>What a simulated workspace begins with. Everything has a default; people, channels and the app can be changed while it runs.</summary>
public sealed record SimulatorOptions
{
    /// <summary>Loopback port; 0 takes any free one.</summary>
    public int Port { get; init; }

    public string TeamId { get; init; } = "T0SIM00001";

    public string TeamName { get; init; } = "Simulated Workspace";

    public string TeamDomain { get; init; } = "simulated";

    /// <summary>Set to make the workspace part of an Enterprise Grid organisation (user ids begin with W).</summary>
    public EnterpriseOptions? Enterprise { get; init; }

    public IReadOnlyList<PersonOptions> People { get; init; } = Defaults.People;

    public IReadOnlyList<ChannelOptions> Channels { get; init; } = Defaults.Channels;

    public AppOptions App { get; init; } = new();

    /// <summary>Whether calls beyond a method's tier, or beyond one message a second and channel, are answered with 429.</summary>
    public bool RateLimits { get; init; } = true;

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Requests kept for <c>/sim/traffic</c>; the oldest are dropped beyond it.</summary>
    public int TrafficCapacity { get; init; } = 5_000;

    /// <summary>Messages kept in each channel; the oldest are dropped beyond it.</summary>
    public int MessagesPerChannel { get; init; } = 5_000;

    /// <summary>The run that the page's "Play a demo run" plays; without one there is no such button.</summary>
    public DemoScript? Demo { get; init; }

    /// <summary>Whether the log goes to the console.</summary>
    public bool LogToConsole { get; init; }
}

/// <param name="Id">Organisation id, begins with E.</param>
/// <param name="OrgInstall">True when the app is installed on the whole organisation: its token has no team.</param>
public sealed record EnterpriseOptions(
    string Id = "E0SIM00001",
    string Name = "Simulated Organisation",
    bool OrgInstall = false
);

/// <param name="Name">The first name; the handle is its lower case.</param>
/// <param name="TimeZone">IANA name.</param>
/// <param name="Id">Null makes one that can be read, such as <c>U0NOOR0000</c>.</param>
/// <param name="Email">Null makes <c>name@example.com</c>.</param>
public sealed record PersonOptions(
    string Name,
    string TimeZone = "Etc/UTC",
    string? Id = null,
    string? Email = null,
    bool IsAdmin = false,
    string? DisplayName = null
);

/// <param name="Members">Names or ids; null means everybody.</param>
/// <param name="HasBot">Whether the app's bot is a member.</param>
public sealed record ChannelOptions(
    string Name,
    bool IsPrivate = false,
    bool HasBot = true,
    IReadOnlyList<string>? Members = null,
    string? Id = null,
    bool IsArchived = false
);

/// <param name="UsageHint">Shown to the person behind the command.</param>
public sealed record CommandOptions(string Name, string Description = "", string UsageHint = "");

/// <summary>The app under development, as its configuration page would have it. Requests go to these addresses.</summary>
public sealed record AppOptions
{
    public string AppId { get; init; } = "A0SIM00001";

    public string Name { get; init; } = "Buddy";

    /// <summary>The bot's handle, as people mention it.</summary>
    public string BotName { get; init; } = "buddy";

    public string BotUserId { get; init; } = "U0BOT00001";

    public string BotId { get; init; } = "B0BOT00001";

    public string BotToken { get; init; } = "xoxb-simulated-bot-token";

    /// <summary>App-level token for Socket Mode.</summary>
    public string AppToken { get; init; } = "xapp-simulated-app-token";

    public string SigningSecret { get; init; } = "simulated-signing-secret";

    /// <summary>The deprecated verification token, still part of every payload.</summary>
    public string VerificationToken { get; init; } = "simulated-verification-token";

    public Uri? CommandsUrl { get; init; }

    public Uri? InteractivityUrl { get; init; }

    public Uri? EventsUrl { get; init; }

    /// <summary>Whether requests go over the app's Socket Mode connections instead of to its addresses.</summary>
    public bool SocketMode { get; init; }

    /// <summary>Slash commands; empty means every command goes to the app.</summary>
    public IReadOnlyList<CommandOptions> Commands { get; init; } = [];

    public IReadOnlyList<string> BotEvents { get; init; } =
    ["app_home_opened", "app_mention", "message.channels", "message.groups", "message.im", "message.mpim"];

    public IReadOnlyList<string> BotScopes { get; init; } = Defaults.Scopes;
}
