using System.CommandLine;
using CoffeeBuddy.Sandbox.Demo;
using CoffeeBuddy.Sandbox.Kafka;
using CoffeeBuddy.Sandbox.Postgres;
using CoffeeBuddy.Sandbox.Processes;
using CoffeeBuddy.Sandbox.Slack;

namespace CoffeeBuddy.Sandbox;

/// <summary>
/// The command line: starts the sandbox, runs until a signal or the end of the demo, and stops every part.
/// </summary>
public static class SandboxCommand
{
    private const int Stopped = 0;
    private const int PartFailed = 1;
    private const int WrongArguments = 2;

    private const int SlackPort = 5080;
    private const int HttpPort = 7071;

    private const string Description = """
        Starts everything CoffeeBuddy needs on this machine, until Ctrl-C: PostgreSQL, Kafka, a simulated Slack
        workspace, an OpenID Connect issuer, and the worker as three processes (http, kafka, timer).

        Open http://127.0.0.1:5080/ in a browser to use the workspace. All addresses are printed after the start;
        another port is used when 5080 or 7071 is taken. Logs are written to .cache/sandbox in the repository, or to
        the folder that COFFEEBUDDY_CACHE names. Without --keep or --postgres the database is temporary. The messages
        of the workspace are always in memory.

        With --slack the workers connect to a workspace of Slack itself instead, by Socket Mode: nothing has to reach
        this machine. It says which pages of Slack to open, asks for two tokens and checks them. The database is kept
        in .cache/slack, or in the folder of --keep.

        Exit codes: 0 stopped or demo done, 1 a part failed or a token was refused, 2 wrong arguments.
        """;

    private const string DemoDescription = """
        Plays one coffee run in the terminal, checks each step, and stops: three people order, the runner is assigned
        and reminded, and the run is completed; then history, preferences and a cancelled run.
        """;

    private static readonly Option<string?> Kafka = KafkaOption.Create();
    private static readonly Option<string?> Postgres = PostgresOption.Create();

    private static readonly Option<string?> Keep = new("--keep")
    {
        HelpName = "DIR",
        Description =
            "Keep the database in this folder, which is created if it is missing: runs, orders, preferences and history are there after a restart",
    };

    private static readonly Option<bool> RealSlack = new("--slack")
    {
        Description = "Use a workspace of Slack itself instead of a simulated one",
    };

    private static readonly Option<string> SlackApi = new("--slack-api")
    {
        HelpName = "URL",
        Description = "Base address of Slack's Web API, for tests",
        DefaultValueFactory = static _ => "https://slack.com/api/",
        Hidden = true,
    };

    private static readonly Option<int?> Port = new("--port")
    {
        HelpName = "PORT",
        Description = "Port of the workspace, instead of 5080",
        Validators =
        {
            static result =>
            {
                // A value that is no number is an error already.
                if (int.TryParse(result.Tokens.SingleOrDefault()?.Value, out var port) && port is < 1 or > 65535)
                    result.AddError("--port must be between 1 and 65535");
            },
        },
    };

    public static async Task<int> RunAsync(
        string[] arguments,
        TextWriter output,
        TextWriter error,
        CancellationToken stop
    )
    {
        var parsed = Create(output).Parse(arguments);
        // Program.cs handles the signals: the library would end the process 2 s after one.
        var console = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            ProcessTerminationTimeout = null,
        };
        var code = await parsed.InvokeAsync(console, stop);
        return parsed.Errors.Count > 0 ? WrongArguments : code;
    }

    private static RootCommand Create(TextWriter output)
    {
        var demo = new Command("demo", DemoDescription);
        demo.SetAction(
            (parsed, stop) =>
                RunAsync(
                    Asked(parsed) with
                    {
                        Settings = ConsoleDemo.Settings,
                    },
                    sandbox => ConsoleDemo.PlayAsync(sandbox, output, stop),
                    output,
                    stop
                )
        );
        var root = new RootCommand(Description) { demo, Kafka, Postgres, Keep, Port, RealSlack, SlackApi };
        root.Validators.Add(result =>
        {
            if (result.GetValue(Keep) is not null && result.GetValue(Postgres) is not null)
                result.AddError("--keep is for the sandbox's own PostgreSQL: leave it out with --postgres");
            // Not its value: that may be no number.
            if (result.GetResult(Port) is { Tokens.Count: > 0 } && result.GetValue(RealSlack))
                result.AddError("--port is for the simulated workspace: leave it out with --slack");
        });
        root.SetAction(
            (parsed, stop) =>
                parsed.GetValue(RealSlack)
                    ? RunWithSlackAsync(parsed, output, stop)
                    : RunAsync(
                        Asked(parsed) with
                        {
                            Settings = PageDemo.Settings,
                        },
                        _ => Task.Delay(Timeout.Infinite, stop),
                        output,
                        stop
                    )
        );
        return root;
    }

    private static async Task<int> RunWithSlackAsync(ParseResult parsed, TextWriter output, CancellationToken stop)
    {
        var screen = new SandboxScreen(output);
        var folder = Path.GetFullPath(parsed.GetValue(Keep) ?? Path.Combine(WorkFolder.Path, "slack"));
        RealWorkspace workspace;
        try
        {
            var tokens = await new TokenQuestions(output).AskAsync(new(parsed.GetValue(SlackApi)!), folder);
            workspace = await TokenCheck.RunAsync(tokens, stop);
        }
        catch (TokenException exception)
        {
            screen.Remark(exception.Message);
            return PartFailed;
        }

        screen.Connecting(workspace);
        var asked = Asked(parsed);
        return await RunAsync(
            asked with
            {
                RealSlack = workspace,
                Postgres = asked.Database is null ? Kept(asked.Postgres, folder) : asked.Postgres,
            },
            async sandbox =>
            {
                screen.Seen(await FirstCommand.SeenAsync(sandbox, stop));
                await Task.Delay(Timeout.Infinite, stop);
            },
            output,
            stop
        );
    }

    private static async Task<int> RunAsync(
        SandboxOptions asked,
        Func<SandboxHost, Task> use,
        TextWriter output,
        CancellationToken stop
    )
    {
        var screen = new SandboxScreen(output);
        var options = Options(screen, asked);
        screen.Starting();
        try
        {
            await using var sandbox = await SandboxHost.StartAsync(options, stop);
            screen.Addresses(sandbox, options);
            await await Task.WhenAny(sandbox.WatchAsync(stop), use(sandbox));
            screen.Stopping();
            return Stopped;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            screen.Stopping();
            return Stopped;
        }
        catch (PartFailedException failure)
        {
            screen.Failed(failure.Message);
            return PartFailed;
        }
    }

    private static SandboxOptions Asked(ParseResult parsed)
    {
        var options = new SandboxOptions
        {
            KafkaServers = parsed.GetValue(Kafka),
            Database = parsed.GetValue(Postgres),
        };
        return options with
        {
            Slack = options.Slack with { Port = parsed.GetValue(Port) ?? FreePort.Prefer(SlackPort) },
            Postgres = parsed.GetValue(Keep) is { } folder ? Kept(options.Postgres, folder) : options.Postgres,
        };
    }

    /// <summary>Kept data must survive a crash of the machine too.</summary>
    private static EmbeddedPostgresOptions Kept(EmbeddedPostgresOptions postgres, string folder) =>
        postgres with
        {
            DataFolder = Path.GetFullPath(Path.Combine(folder, "postgresql")),
            Durable = true,
        };

    private static SandboxOptions Options(SandboxScreen screen, SandboxOptions asked) =>
        asked with
        {
            HttpPort = FreePort.Prefer(HttpPort),
            Postgres = asked.Postgres with { Log = screen.Remark },
            LogFolder = EmptyFolder(Path.Combine(WorkFolder.Path, "sandbox")),
            OnReady = screen.Ready,
        };

    private static string EmptyFolder(string path)
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        return Directory.CreateDirectory(path).FullName;
    }
}
