using System.CommandLine;
using CoffeeBuddy.Data.DeadLetters;
using CoffeeBuddy.Functions.Hosting;

namespace CoffeeBuddy.Functions.DeadLetters;

/// <summary>
/// <c>CoffeeBuddy.Functions deadletter list|replay|drop</c>: lists the records that could not be processed, and handles
/// each once. The exit code is 0, or 1 with one sentence on stderr.
/// </summary>
internal static class DeadLetterCommand
{
    public static Command Create() =>
        new("deadletter", "List, replay or drop records that could not be processed.")
        {
            CreateList(),
            CreateHandle("replay", "Write records back to the topics they came from, once.", DeadLetterMarks.Replayed),
            CreateHandle("drop", "Mark records as handled without processing them.", DeadLetterMarks.Dropped),
        };

    private static Command CreateList()
    {
        var json = new Option<bool>("--json") { Description = "Write JSON instead of a table." };
        var list = new Command("list", "List the records that are not handled yet.") { json };
        list.SetAction(parsed => RunAsync(admin => admin.ListAsync(parsed.GetValue(json))));
        return list;
    }

    private static Command CreateHandle(string name, string description, string action)
    {
        var positions = new Argument<string[]>("position")
        {
            Description = "Partition and offset as in the first column of list, such as 3@17.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var all = new Option<bool>("--all") { Description = "All records that are not handled yet." };
        var command = new Command(name, description) { positions, all };
        command.Validators.Add(result =>
        {
            if (result.GetValue(all) == result.GetValue(positions) is { Length: > 0 })
                result.AddError("Give either positions or --all.");
        });
        command.SetAction(parsed =>
            RunAsync(admin =>
                parsed.GetValue(all)
                    ? admin.HandleAllAsync(action)
                    : admin.HandleAsync(action, parsed.GetValue(positions)!)
            )
        );
        return command;
    }

    // A record is replayed within a transaction: longer than the 10 s that Kafka may take for it.
    private static Task<int> RunAsync(Func<DeadLetterAdmin, Task<int>> work) =>
        OperatorCommand.RunAsync(
            "the dead letters are there",
            "the database stores which dead letters were handled",
            TimeSpan.FromSeconds(20),
            async access =>
            {
                using var topic = new DeadLetterTopic(access.Kafka);
                return await work(
                    new DeadLetterAdmin(topic, new DeadLetterMarks(access.Database, TimeProvider.System), access.Seal)
                );
            }
        );
}
