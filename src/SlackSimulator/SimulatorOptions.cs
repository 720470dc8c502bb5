using SlackSimulator.Page;

namespace SlackSimulator;

/// <summary>
/// The initial state of a simulated workspace. People, channels and the app's settings can be changed while it runs.
/// </summary>
public sealed record SimulatorOptions
{
    /// <summary>The TCP port on the loopback interface; 0 selects a free port.</summary>
    public int Port { get; init; }

    /// <summary>
    /// The address that the app uses, where a proxy is in front of the simulator; null for its own. It is the beginning
    /// of every URL that the simulator gives out, such as a response_url.
    /// </summary>
    public Uri? PublicAddress { get; init; }

    /// <summary>The workspace's id; begins with T.</summary>
    public string TeamId { get; init; } = "T0SIM00001";

    /// <summary>The workspace's name.</summary>
    public string TeamName { get; init; } = "Simulated Workspace";

    /// <summary>The workspace's subdomain of <c>slack.com</c>, used in permalinks.</summary>
    public string TeamDomain { get; init; } = "simulated";

    /// <summary>
    /// Makes the workspace part of an Enterprise Grid organization, where user ids begin with W; null for a workspace
    /// of its own.
    /// </summary>
    public EnterpriseOptions? Enterprise { get; init; }

    /// <summary>
    /// The people; by default Noor (an admin), Priya, Mateo, Kenji, Zola and Freya in six time zones.
    /// </summary>
    public IReadOnlyList<PersonOptions> People { get; init; } = DefaultWorkspace.People;

    /// <summary>The channels; by default general, office and random, with the bot in the first two.</summary>
    public IReadOnlyList<ChannelOptions> Channels { get; init; } = DefaultWorkspace.Channels;

    /// <summary>The workspace's own emoji: by name the URL of the picture, or <c>alias:</c> and another name.</summary>
    public IReadOnlyDictionary<string, string> Emoji { get; init; } = new Dictionary<string, string>();

    /// <summary>The app under development.</summary>
    public AppOptions App { get; init; } = new();

    /// <summary>
    /// Whether calls above Slack's rate limits are answered with 429: more calls in a minute than the method's tier
    /// allows, or more than one message a second in a channel.
    /// </summary>
    public bool RateLimits { get; init; } = true;

    /// <summary>
    /// The source of the workspace's time. Tests can pass a fake one to control expiry, retries and timeouts.
    /// </summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// The number of requests kept in <see cref="SimulatorServer.Traffic"/>; the oldest are dropped first.
    /// </summary>
    public int TrafficCapacity { get; init; } = 5_000;

    /// <summary>The number of messages kept in each channel; the oldest are dropped first.</summary>
    public int MessagesPerChannel { get; init; } = 5_000;

    /// <summary>The demo run that the page offers to play; null for none.</summary>
    public DemoScript? Demo { get; init; }

    /// <summary>Whether the simulator logs to the console.</summary>
    public bool LogToConsole { get; init; }
}

/// <summary>An Enterprise Grid organization.</summary>
/// <param name="Id">The organization's id; begins with E.</param>
/// <param name="Name">The organization's name.</param>
/// <param name="OrgInstall">True when the app is installed on the whole organization: its token then belongs to no
/// workspace.</param>
public sealed record EnterpriseOptions(
    string Id = "E0SIM00001",
    string Name = "Simulated Organisation",
    bool OrgInstall = false
);

/// <summary>A person in the workspace.</summary>
/// <param name="Name">The first name. In lower case it is the handle for mentions.</param>
/// <param name="TimeZone">The IANA name of the time zone.</param>
/// <param name="Id">The user id; null creates a readable one such as <c>U0NOOR0000</c>.</param>
/// <param name="Email">The e-mail address; null creates <c>name@example.com</c>.</param>
/// <param name="IsAdmin">Whether the person is an admin of the workspace.</param>
/// <param name="DisplayName">The display name; null leaves it empty, so that the name is shown.</param>
/// <param name="Locale">The language and region, such as <c>en-US</c>.</param>
public sealed record PersonOptions(
    string Name,
    string TimeZone = "Etc/UTC",
    string? Id = null,
    string? Email = null,
    bool IsAdmin = false,
    string? DisplayName = null,
    string Locale = "en-US"
);

/// <summary>A channel in the workspace.</summary>
/// <param name="Name">The name, without #.</param>
/// <param name="IsPrivate">Whether the channel is private.</param>
/// <param name="HasBot">Whether the app's bot is a member.</param>
/// <param name="Members">The members' names or ids; null adds every person.</param>
/// <param name="Id">The channel id; null creates a readable one such as <c>C0GENERAL0</c>.</param>
/// <param name="IsArchived">Whether the channel is archived.</param>
public sealed record ChannelOptions(
    string Name,
    bool IsPrivate = false,
    bool HasBot = true,
    IReadOnlyList<string>? Members = null,
    string? Id = null,
    bool IsArchived = false
);

/// <summary>A slash command of the app.</summary>
/// <param name="Name">The command with its slash, such as <c>/help</c>.</param>
/// <param name="Description">Shown in the page's suggestions.</param>
/// <param name="UsageHint">The arguments, shown after the command in the page's suggestions.</param>
public sealed record CommandOptions(string Name, string Description = "", string UsageHint = "");

/// <summary>A shortcut of the app.</summary>
/// <param name="Name">The name in the page's menus.</param>
/// <param name="CallbackId">Identifies the shortcut in the request to the app.</param>
/// <param name="OnMessage">True for a shortcut in the menu of messages, false for a global one.</param>
/// <param name="Description">Shown below the name.</param>
public sealed record ShortcutOptions(string Name, string CallbackId, bool OnMessage = false, string Description = "");

/// <summary>The app under development, with the settings of an app's configuration page at Slack.</summary>
public sealed record AppOptions
{
    /// <summary>The app's id; begins with A.</summary>
    public string AppId { get; init; } = "A0SIM00001";

    /// <summary>The app's name, shown as the sender of its messages.</summary>
    public string Name { get; init; } = "Buddy";

    /// <summary>The bot's handle for mentions, in lower case.</summary>
    public string BotName { get; init; } = "buddy";

    /// <summary>The bot's user id; begins with U.</summary>
    public string BotUserId { get; init; } = "U0BOT00001";

    /// <summary>The bot's id; begins with B.</summary>
    public string BotId { get; init; } = "B0BOT00001";

    /// <summary>The token the app sends with Web API calls.</summary>
    public string BotToken { get; init; } = "xoxb-simulated-bot-token";

    /// <summary>The app-level token, which opens Socket Mode connections.</summary>
    public string AppToken { get; init; } = "xapp-simulated-app-token";

    /// <summary>The secret that requests to the app are signed with.</summary>
    public string SigningSecret { get; init; } = "simulated-signing-secret";

    /// <summary>The client id of the app, for its installation with OAuth.</summary>
    public string ClientId { get; init; } = "1000000000.1000000001";

    /// <summary>The client secret of the app, for its installation with OAuth.</summary>
    public string ClientSecret { get; init; } = "simulated-client-secret";

    /// <summary>
    /// The redirect URLs of the app. An installation can name one of them or an address below it. When empty, it can
    /// name any.
    /// </summary>
    public IReadOnlyList<Uri> RedirectUrls { get; init; } = [];

    /// <summary>The deprecated verification token, which Slack still sends in each payload.</summary>
    public string VerificationToken { get; init; } = "simulated-verification-token";

    /// <summary>The URL for slash commands; null when the app has none.</summary>
    public Uri? CommandsUrl { get; init; }

    /// <summary>The URL for clicks and submissions; null when the app has none.</summary>
    public Uri? InteractivityUrl { get; init; }

    /// <summary>The URL that returns the options of external menus; null when the app has none.</summary>
    public Uri? OptionsUrl { get; init; }

    /// <summary>The URL for events; null when the app has none.</summary>
    public Uri? EventsUrl { get; init; }

    /// <summary>Whether requests are sent over the app's Socket Mode connections instead of to its URLs.</summary>
    public bool SocketMode { get; init; }

    /// <summary>The slash commands. When empty, every command is sent to the app.</summary>
    public IReadOnlyList<CommandOptions> Commands { get; init; } = [];

    /// <summary>The shortcuts. When empty, every shortcut is sent to the app, and the page offers none.</summary>
    public IReadOnlyList<ShortcutOptions> Shortcuts { get; init; } = [];

    /// <summary>
    /// The event types the app subscribes to; by default all that the simulator sends for messages, mentions and the
    /// App Home.
    /// </summary>
    public IReadOnlyList<string> BotEvents { get; init; } =
    ["app_home_opened", "app_mention", "message.channels", "message.groups", "message.im", "message.mpim"];

    /// <summary>The OAuth scopes of the bot token; by default all that the simulated methods need.</summary>
    public IReadOnlyList<string> BotScopes { get; init; } = DefaultWorkspace.Scopes;
}
