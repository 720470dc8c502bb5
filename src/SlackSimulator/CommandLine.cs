using System.CommandLine;
using System.CommandLine.Parsing;
using SlackSimulator.Page;

namespace SlackSimulator;

/// <summary>The options of the program, and what it does with them: run a workspace until Ctrl+C or SIGTERM.</summary>
internal static class CommandLine
{
    private const string Description = """
        A Slack workspace on this machine.

        Open its address in a browser to see the workspace. To connect an app, give the app
          Slack's API address  http://127.0.0.1:5080/api/  (slackApiUrl in Slack's SDKs)
          bot token            xoxb-simulated-bot-token    (or the value of --bot-token)
          signing secret       simulated-signing-secret    (or the value of --signing-secret)
          app-level token      xapp-simulated-app-token    (or the value of --app-token; Socket Mode only)
        and give the simulator the app's URLs, or use --socket-mode.

        Everything except the port can also be changed while the simulator runs: see README.md.
        """;

    private static readonly Option<int> Port = new("--port")
    {
        HelpName = "N",
        Description = "TCP port on the loopback interface; 0 selects a free port",
        DefaultValueFactory = _ => 5080,
        Validators = { RequirePortRange },
    };

    private static readonly Option<Uri?> PublicUrl = Url(
        "--public-url",
        "The address that the app uses, where a proxy is in front; default: the simulator's own"
    );

    private static readonly Option<string?> Team = Text("--team", "NAME", "Name of the workspace");

    private static readonly Option<bool> Enterprise = new("--enterprise")
    {
        Description = "Make the workspace part of an Enterprise Grid organization: user ids begin with W",
    };

    private static readonly Option<bool> OrgInstall = new("--org-install")
    {
        Description = "Like --enterprise, with the app installed on the whole organization",
    };

    private static readonly Option<PersonOptions[]> People = new("--person")
    {
        HelpName = "NAME[@TZ]",
        Description = "A person; TZ is an IANA time zone such as Europe/London. Repeatable. Default: six people",
        CustomParser = argument => [.. argument.Tokens.Select(token => Person(token.Value))],
    };

    private static readonly Option<string[]> Channels = new("--channel")
    {
        HelpName = "NAME",
        Description =
            "A channel with every person and the bot as members. Repeatable. Default: general, office, random",
    };

    private static readonly Option<string?> AppName = Text("--app-name", "NAME", "Name of the app");

    private static readonly Option<Uri?> CommandsUrl = Url("--commands-url", "The app's URL for slash commands");

    private static readonly Option<Uri?> InteractivityUrl = Url(
        "--interactivity-url",
        "The app's URL for clicks and submissions"
    );

    private static readonly Option<Uri?> OptionsUrl = Url(
        "--options-url",
        "The app's URL for the options of external menus"
    );

    private static readonly Option<Uri?> EventsUrl = Url("--events-url", "The app's URL for events");

    private static readonly Option<string[]> Commands = new("--command")
    {
        HelpName = "/NAME",
        Description = "A slash command of the app. Repeatable. Default: the app receives every command",
    };

    private static readonly Option<string?> BotToken = Text("--bot-token", "TOKEN", "The app's bot token");

    private static readonly Option<string?> AppToken = Text("--app-token", "TOKEN", "The app-level token");

    private static readonly Option<string?> SigningSecret = Text("--signing-secret", "TEXT", "The signing secret");

    private static readonly Option<bool> SocketMode = new("--socket-mode")
    {
        Description = "Send requests over the app's Socket Mode connections instead of to its URLs",
    };

    private static readonly Option<DemoScript?> Demo = new("--demo")
    {
        HelpName = "FILE",
        Description = "A demo run that the page offers to play (JSON, see README.md)",
        CustomParser = ReadDemo,
    };

    private static readonly Option<bool> NoRateLimits = new("--no-rate-limits")
    {
        Description = "Never answer 429 because of a rate limit",
    };

    public static RootCommand Create()
    {
        var command = new RootCommand(Description)
        {
            Port,
            PublicUrl,
            Team,
            Enterprise,
            OrgInstall,
            People,
            Channels,
            AppName,
            CommandsUrl,
            InteractivityUrl,
            OptionsUrl,
            EventsUrl,
            Commands,
            BotToken,
            AppToken,
            SigningSecret,
            SocketMode,
            Demo,
            NoRateLimits,
        };
        command.SetAction((parsed, stopping) => RunAsync(Options(parsed), stopping));
        return command;
    }

    private static async Task RunAsync(SimulatorOptions options, CancellationToken stopping)
    {
        await using var server = await SimulatorServer.StartAsync(options, stopping);
        Console.WriteLine($"Workspace {options.TeamName} at {server.BaseAddress} (Web API at {server.ApiAddress})");
        await Task.Delay(Timeout.Infinite, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static SimulatorOptions Options(ParseResult parsed)
    {
        var defaults = new SimulatorOptions();
        return defaults with
        {
            Port = parsed.GetValue(Port),
            PublicAddress = parsed.GetValue(PublicUrl),
            TeamName = parsed.GetValue(Team) ?? defaults.TeamName,
            Enterprise =
                parsed.GetValue(OrgInstall) ? new EnterpriseOptions(OrgInstall: true)
                : parsed.GetValue(Enterprise) ? new EnterpriseOptions()
                : null,
            People = parsed.GetValue(People) is { Length: > 0 } people ? people : defaults.People,
            Channels = parsed.GetValue(Channels) is { Length: > 0 } channels
                ? [.. channels.Select(name => new ChannelOptions(name.TrimStart('#')))]
                : defaults.Channels,
            App = App(parsed, defaults.App),
            RateLimits = !parsed.GetValue(NoRateLimits),
            Demo = parsed.GetValue(Demo),
            LogToConsole = true,
        };
    }

    private static AppOptions App(ParseResult parsed, AppOptions defaults) =>
        defaults with
        {
            Name = parsed.GetValue(AppName) ?? defaults.Name,
            BotName = parsed.GetValue(AppName)?.ToLowerInvariant() ?? defaults.BotName,
            BotToken = parsed.GetValue(BotToken) ?? defaults.BotToken,
            AppToken = parsed.GetValue(AppToken) ?? defaults.AppToken,
            SigningSecret = parsed.GetValue(SigningSecret) ?? defaults.SigningSecret,
            CommandsUrl = parsed.GetValue(CommandsUrl),
            InteractivityUrl = parsed.GetValue(InteractivityUrl),
            OptionsUrl = parsed.GetValue(OptionsUrl),
            EventsUrl = parsed.GetValue(EventsUrl),
            SocketMode = parsed.GetValue(SocketMode),
            Commands = [.. (parsed.GetValue(Commands) ?? []).Select(name => new CommandOptions(name))],
        };

    private static Option<string?> Text(string name, string helpName, string description) =>
        new(name) { HelpName = helpName, Description = description };

    private static Option<Uri?> Url(string name, string description) =>
        new(name)
        {
            HelpName = "URL",
            Description = description,
            CustomParser = ReadUrl,
        };

    private static void RequirePortRange(OptionResult option)
    {
        if (option.Tokens is [var token] && int.TryParse(token.Value, out var port) && port is < 0 or > 65535)
            option.AddError("--port must be between 0 and 65535.");
    }

    private static PersonOptions Person(string text) =>
        text.Split('@', 2) is [var name, var zone] ? new PersonOptions(name, zone) : new PersonOptions(text);

    private static Uri? ReadUrl(ArgumentResult argument)
    {
        var text = argument.Tokens.Single().Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
            return url;
        argument.AddError($"{NameOf(argument)} must be an absolute http or https URL, not '{text}'.");
        return null;
    }

    private static DemoScript? ReadDemo(ArgumentResult argument)
    {
        try
        {
            return DemoScript.Parse(File.ReadAllText(argument.Tokens.Single().Value));
        }
        catch (Exception error) when (error is IOException or JsonException or UnauthorizedAccessException)
        {
            argument.AddError($"{NameOf(argument)}: {error.Message}");
            return null;
        }
    }

    private static string NameOf(ArgumentResult argument) => (argument.Parent as OptionResult)?.Option.Name ?? "";
}
