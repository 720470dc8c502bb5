namespace CoffeeBuddy.Infrastructure.Kafka;

/// <summary>
/// Runs a script of deploy/kafka with a program in place of Kafka's own that only writes down its arguments.
/// </summary>
internal static class RecordedCommands
{
    /// <returns>The arguments of each call, in order.</returns>
    public static async Task<IReadOnlyList<IReadOnlyList<string>>> RunAsync(string script, string program)
    {
        var folder = Directory.CreateTempSubdirectory("coffeebuddy-kafka-").FullName;
        try
        {
            var calls = Path.Combine(folder, "calls");
            var standIn = Path.Combine(folder, program);
            await File.WriteAllTextAsync(
                standIn,
                $"""
                #!/bin/sh
                printf '%s\n' "$@" --end-- >>{calls}

                """,
                TestContext.Current.CancellationToken
            );
            await Programs.RunAsync("chmod", ["+x", standIn]);

            var (code, _, errors) = await Programs.RunAsync(
                "bash",
                [script, "kafka:9092", "client.properties"],
                [Programs.PathWith(folder)]
            );

            Assert.True(code == 0, errors);
            var lines = await File.ReadAllLinesAsync(calls, TestContext.Current.CancellationToken);
            return Split(lines);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The values of an option, in order.</summary>
    public static IReadOnlyList<string> Of(this IReadOnlyList<string> arguments, string option) =>
        [.. arguments.Zip(arguments.Skip(1)).Where(pair => pair.First == option).Select(pair => pair.Second)];

    private static List<List<string>> Split(IEnumerable<string> lines)
    {
        List<List<string>> calls =
        [
            [],
        ];
        foreach (var line in lines)
        {
            if (line == "--end--")
                calls.Add([]);
            else
                calls[^1].Add(line);
        }

        return calls[..^1];
    }
}
