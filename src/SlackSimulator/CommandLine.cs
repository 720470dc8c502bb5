using System.Globalization;
using SlackSimulator.Page;

namespace SlackSimulator;

/// <summary>The options of the command line.</summary>
internal static class CommandLine
{
    public const string Help = """
        SlackSimulator: a Slack workspace on this machine.

        dotnet run --project src/SlackSimulator -- [options]

          --port N                  loopback port (default 5080; 0 = any free one)
          --team NAME               name of the workspace
          --enterprise              part of an Enterprise Grid organisation (user ids begin with W)
          --org-install             as --enterprise, with the app installed on the whole organisation
          --person NAME[@TZ]        a person; repeat. TZ as in Europe/London. Default: six people
          --channel NAME            a channel everybody and the bot are in; repeat. Default: general, office, random
          --app-name NAME           the app's name
          --commands-url URL        where slash commands go
          --interactivity-url URL   where clicks and submissions go
          --events-url URL          where events go
          --command /NAME           a slash command of the app; repeat. Default: every command is the app's
          --bot-token, --app-token, --signing-secret TEXT
          --socket-mode             requests go over the app's Socket Mode connections
          --demo FILE               a demo run for the page to play (JSON, see README.md)
          --no-rate-limits          never answer 429 by itself

        Open the address in a browser: that is the workspace. To point an app at it, give the app
          Slack's API address    http://127.0.0.1:5080/api/   (slackApiUrl of Slack's SDKs)
          bot token              xoxb-simulated-bot-token     (or --bot-token)
          signing secret         simulated-signing-secret     (or --signing-secret)
          app-level token        xapp-simulated-app-token     (or --app-token; Socket Mode only)
        and give the simulator the app's addresses, or --socket-mode.

        Everything but the port can be changed while it runs: see README.md.
        """;

    public static bool TryParse(IReadOnlyList<string> args, out SimulatorOptions options, out string fault)
    {
        options = new SimulatorOptions { Port = 5080, LogToConsole = true };
        fault = "";
        List<PersonOptions> people = [];
        List<ChannelOptions> channels = [];
        List<CommandOptions> commands = [];
        for (var index = 0; index < args.Count; index++)
        {
            var name = args[index];
            if (Flag(name, options) is { } flagged)
            {
                options = flagged;
                continue;
            }

            if (index + 1 == args.Count)
            {
                fault = $"{name} is not an option, or needs a value. --help lists the options.";
                return false;
            }

            var value = args[++index];
            switch (name)
            {
                case "--person":
                    people.Add(
                        value.Split('@', 2) is [var person, var zone]
                            ? new PersonOptions(person, zone)
                            : new PersonOptions(value)
                    );
                    break;
                case "--channel":
                    channels.Add(new ChannelOptions(value.TrimStart('#')));
                    break;
                case "--command":
                    commands.Add(new CommandOptions(value));
                    break;
                default:
                    if (Valued(name, value, options) is not { } changed)
                    {
                        fault = $"{name} {value}: not an option, or not a value it can have. --help lists the options.";
                        return false;
                    }

                    options = changed;
                    break;
            }
        }

        options = options with
        {
            People = people.Count > 0 ? people : options.People,
            Channels = channels.Count > 0 ? channels : options.Channels,
            App = options.App with { Commands = commands },
        };
        return true;
    }

    private static SimulatorOptions? Flag(string name, SimulatorOptions options) =>
        name switch
        {
            "--enterprise" => options with { Enterprise = options.Enterprise ?? new EnterpriseOptions() },
            "--org-install" => options with { Enterprise = new EnterpriseOptions(OrgInstall: true) },
            "--no-rate-limits" => options with { RateLimits = false },
            "--socket-mode" => options with { App = options.App with { SocketMode = true } },
            _ => null,
        };

    private static SimulatorOptions? Valued(string name, string value, SimulatorOptions options) =>
        name switch
        {
            "--port"
                when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                    && port < 65536 => options with
            {
                Port = port,
            },
            "--demo" when Demo(value) is { } demo => options with { Demo = demo },
            "--team" => options with { TeamName = value },
            "--app-name" => options with
            {
                App = options.App with { Name = value, BotName = value.ToLowerInvariant() },
            },
            "--bot-token" => options with { App = options.App with { BotToken = value } },
            "--app-token" => options with { App = options.App with { AppToken = value } },
            "--signing-secret" => options with { App = options.App with { SigningSecret = value } },
            "--commands-url" when Address(value) is { } url => options with
            {
                App = options.App with { CommandsUrl = url },
            },
            "--interactivity-url" when Address(value) is { } url => options with
            {
                App = options.App with { InteractivityUrl = url },
            },
            "--events-url" when Address(value) is { } url => options with
            {
                App = options.App with { EventsUrl = url },
            },
            _ => null,
        };

    private static DemoScript? Demo(string file)
    {
        try
        {
            return DemoScript.Parse(File.ReadAllText(file));
        }
        catch (Exception fault) when (fault is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static Uri? Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : null;
}
