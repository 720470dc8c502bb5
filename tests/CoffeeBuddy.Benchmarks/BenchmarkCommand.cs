using System.CommandLine;
using CoffeeBuddy.Benchmarks.Micro;
using CoffeeBuddy.Benchmarks.Rows;

namespace CoffeeBuddy.Benchmarks;

/// <summary>The command line.</summary>
internal static class BenchmarkCommand
{
    private static readonly IReadOnlyList<Row> Rows =
    [
        new CoffeeRow(),
        new AckRow(),
        new HostRow(),
        new StartRow(),
        new OrderRow(),
        new KafkaRow(batched: false),
        new KafkaRow(batched: true),
        new SteadyRow(),
        new BurstRow(),
        new AssignmentRow(),
        new LargeRow(),
        new WaveRow(),
    ];

    public static RootCommand Create()
    {
        var only = new Option<string[]>("--only")
        {
            HelpName = "NAME",
            Description = $"Measure these rows only: {string.Join(", ", Rows.Select(row => row.Name))}",
            AllowMultipleArgumentsPerToken = true,
            Validators =
            {
                result =>
                {
                    foreach (var name in result.Tokens.Select(token => token.Value))
                    {
                        if (!Rows.Any(row => row.Name == name))
                            result.AddError($"There is no row {name}.");
                    }
                },
            },
        };
        var json = new Option<FileInfo>("--json")
        {
            HelpName = "FILE",
            Description = "Where the results are written as JSON",
            DefaultValueFactory = _ => new(Path.Combine(Repository.Artifacts, "comparison.json")),
        };
        var compare = new Command(
            "compare",
            """
            Measures the worker against what it could be replaced by and against its limits, by turns on this machine,
            and prints a table. Builds the worker as the image does first. Takes about half an hour.
            Exit codes: 0 every row reaches what it must, 1 one does not.
            """
        )
        {
            only,
            json,
        };
        compare.SetAction(
            (parsed, stop) =>
            {
                var names = parsed.GetValue(only) ?? [];
                var chosen = Rows.Where(row => names.Length == 0 || names.Contains(row.Name)).ToList();
                return Comparison.RunAsync(chosen, parsed.GetValue(json)!, Console.Out, stop);
            }
        );
        return new("Measures CoffeeBuddy.") { compare, MicroCommand.Create() };
    }
}
