using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using CoffeeBuddy.Sandbox.Kafka;

namespace CoffeeBuddy.Chaos;

/// <summary>The command line.</summary>
internal static class ChaosCommand
{
    public const int WrongArguments = 2;

    private const string Description = """
        Starts the sandbox, lets simulated people order coffee while faults strike the workers, PostgreSQL, Kafka and
        Slack, waits until all work is done, and checks invariants over everything that was recorded. Kafka has faults
        only without --kafka.

        The last line has the totals in the format of the test runners. Exit codes: 0 all invariants hold, 1 an
        invariant is broken or the run failed, 2 wrong arguments, 130 or 143 interrupted.
        """;

    private static readonly Option<double> Minutes = Number("--minutes", "Duration of the faults in minutes", 3.0, 0);

    private static readonly Option<double?> Seconds = new("--seconds")
    {
        HelpName = "N",
        Description = "Duration of the faults in seconds, instead of --minutes",
        Validators = { static result => RequireAtLeast(result, 0.0) },
    };

    private static readonly Option<int> Seed = new("--seed")
    {
        HelpName = "N",
        Description = "Number that determines what people do and which faults strike when. Default: random, printed",
        DefaultValueFactory = _ => Environment.TickCount & 0xFFFFF,
    };

    private static readonly Option<int> People = Number("--people", "Number of people", 50, 3);

    private static readonly Option<int> Channels = Number(
        "--channels",
        "Number of channels. The app is not a member of the last one",
        8,
        2
    );

    private static readonly Option<double> QuietMinutes = Number(
        "--quiet-minutes",
        "Limit in minutes for the remaining work after the faults",
        3.0,
        0
    );

    private static readonly Option<DirectoryInfo?> Logs = new("--logs")
    {
        HelpName = "FOLDER",
        Description = "Folder for the logs of all processes. Default: logs are not kept",
    };

    private static readonly Option<string?> Kafka = KafkaOption.Create();

    /// <param name="run">Returns the exit code.</param>
    public static RootCommand Create(Func<ChaosOptions, CancellationToken, Task<int>> run)
    {
        var command = new RootCommand(Description)
        {
            Minutes,
            Seconds,
            Seed,
            People,
            Channels,
            QuietMinutes,
            Logs,
            Kafka,
        };
        command.SetAction((parsed, stop) => run(Options(parsed), stop));
        return command;
    }

    private static ChaosOptions Options(ParseResult parsed) =>
        new(
            Duration: parsed.GetValue(Seconds) is { } seconds
                ? TimeSpan.FromSeconds(seconds)
                : TimeSpan.FromMinutes(parsed.GetValue(Minutes)),
            Seed: parsed.GetValue(Seed),
            People: parsed.GetValue(People),
            Channels: parsed.GetValue(Channels),
            Quiet: TimeSpan.FromMinutes(parsed.GetValue(QuietMinutes)),
            KafkaServers: parsed.GetValue(Kafka),
            LogFolder: parsed.GetValue(Logs) is { } folder ? Directory.CreateDirectory(folder.FullName).FullName : null
        );

    private static Option<T> Number<T>(string name, string description, T standard, T minimum)
        where T : struct, IComparable<T>, IParsable<T> =>
        new(name)
        {
            HelpName = "N",
            Description = description,
            DefaultValueFactory = _ => standard,
            Validators = { result => RequireAtLeast(result, minimum) },
        };

    // A value that is no number is an error already.
    private static void RequireAtLeast<T>(OptionResult result, T minimum)
        where T : IComparable<T>, IParsable<T>
    {
        if (
            result.Tokens is [var token]
            && T.TryParse(token.Value, CultureInfo.InvariantCulture, out var value)
            && value.CompareTo(minimum) < 0
        )
            result.AddError($"{result.Option.Name} must be at least {minimum}.");
    }
}
