using System.CommandLine;

namespace CoffeeBuddy.Scaling;

/// <summary>The command line.</summary>
internal static class ScalingCommand
{
    public const int WrongArguments = 2;

    private const string Description = """
        Starts the sandbox and scales its worker processes of role kafka as KEDA and the autoscaler would, by the rules
        of keda/scaledobject.yaml, while people order: at a normal rate, ten times that for a while, and the normal rate
        again until as few workers run as before. All times are real, so it takes about 20 minutes.

        Prints the lag, the demand and the workers over time. Exit codes: 0 everything was done once and the workers
        were scaled in, 1 something was lost, done twice or not done, 2 wrong arguments, 130 or 143 interrupted.
        """;

    private static readonly Option<bool> Throughput = new("--throughput")
    {
        Description = "Only measure how many orders a second one worker processes",
    };

    private static readonly Option<double> Normal = Number(
        "--normal",
        "Requests in a second, outside of the burst",
        1.5
    );

    private static readonly Option<double> Burst = Number("--burst", "Duration of the burst in seconds", 180);

    private static readonly Option<double> SlackLatency = Number(
        "--slack-latency",
        "Milliseconds that Slack takes for each call",
        2000
    );

    private static readonly Option<DirectoryInfo?> Logs = new("--logs")
    {
        HelpName = "FOLDER",
        Description = "Folder for the logs of all processes. Default: a temporary one, deleted at the end",
    };

    /// <param name="run">Returns the exit code.</param>
    public static RootCommand Create(Func<ScalingOptions, CancellationToken, Task<int>> run)
    {
        var command = new RootCommand(Description) { Throughput, Normal, Burst, SlackLatency, Logs };
        command.SetAction(
            async (parsed, stop) =>
            {
                var kept = parsed.GetValue(Logs);
                var folder = kept is null
                    ? Directory.CreateTempSubdirectory("coffeebuddy-scaling-").FullName
                    : Directory.CreateDirectory(kept.FullName).FullName;
                try
                {
                    return await run(
                        new(
                            parsed.GetValue(Throughput),
                            parsed.GetValue(Normal),
                            TimeSpan.FromSeconds(parsed.GetValue(Burst)),
                            TimeSpan.FromMilliseconds(parsed.GetValue(SlackLatency)),
                            folder
                        ),
                        stop
                    );
                }
                finally
                {
                    if (kept is null)
                        Directory.Delete(folder, recursive: true);
                }
            }
        );
        return command;
    }

    private static Option<double> Number(string name, string description, double standard) =>
        new(name)
        {
            HelpName = "N",
            Description = description,
            DefaultValueFactory = _ => standard,
            Validators =
            {
                result =>
                {
                    if (result.GetValueOrDefault<double>() <= 0)
                        result.AddError($"{name} must be more than 0.");
                },
            },
        };
}
