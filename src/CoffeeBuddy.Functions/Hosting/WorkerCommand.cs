using System.CommandLine;
using CoffeeBuddy.Functions.Audit;
using CoffeeBuddy.Functions.DeadLetters;
using CoffeeBuddy.Functions.Recovery;

namespace CoffeeBuddy.Functions.Hosting;

/// <summary>
/// The worker's command line: without a command it serves, else it migrates the database, handles dead letters,
/// recovers the runs after a restore, exports the audit, or deletes a person's data.
/// </summary>
internal static class WorkerCommand
{
    /// <returns>The exit code: 0, or 1 after an error.</returns>
    public static Task<int> InvokeAsync(string[] args, Func<Task<int>> serve)
    {
        var root = new RootCommand(
            """
            CoffeeBuddy's worker. Without a command it serves its functions until it gets SIGTERM.
            Settings are environment variables such as Kafka__BootstrapServers=kafka:9092, or arguments such as --Kafka:BootstrapServers=kafka:9092.
            """
        )
        {
            MigrateCommand.Create(),
            DeadLetterCommand.Create(),
            RecoverCommand.Create(),
            AuditCommand.Create(),
            PersonCommand.Create(),
        };
        // --Name=value and /Name=value are settings for the host. A word is a command, and a mistyped one must not
        // start a worker.
        root.TreatUnmatchedTokensAsErrors = args is [not ['-' or '/', ..], ..];
        root.SetAction((_, _) => serve());
        return root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null })
            .InvokeAsync(
                // SIGTERM belongs to the host, which drains for longer than the 2 s that the parser would allow.
                new() { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false }
            );
    }
}
