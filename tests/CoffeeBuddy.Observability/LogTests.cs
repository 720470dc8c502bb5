using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CoffeeBuddy.Observability.Support;

namespace CoffeeBuddy.Observability;

/// <summary>What docs/operations.md says about log lines, for Fluentd.</summary>
[Collection(typeof(SharesWatchedOffice))]
public sealed partial class LogTests(WatchedOffice office)
{
    public static TheoryData<string> Roles => [.. WorkerRoles.Functions.Keys];

    [Theory]
    [MemberData(nameof(Roles))]
    public void Every_line_is_a_JSON_object_with_the_documented_fields(string role)
    {
        var documented = Field()
            .Matches(Section(File.ReadAllText(Repository.File("docs", "operations.md"))))
            .SelectMany(row => Name().Matches(row.Value))
            .Select(name => name.Value)
            .ToList();
        Assert.Contains("Timestamp", documented);

        var lines = Lines(Path.Combine(office.LogFolder, $"{role}.log"));

        Assert.NotEmpty(lines);
        Assert.All(
            lines,
            line => Assert.Empty(JsonNode.Parse(line)!.AsObject().Select(field => field.Key).Except(documented))
        );
    }

    /// <summary>Whole lines only: the worker is writing the last one.</summary>
    private static string[] Lines(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n')[..^1];
    }

    private static string Section(string document) => document.Split("\n## Logs\n")[1].Split("\n## ")[0];

    // The first cell of a row.
    [GeneratedRegex(@"^\| (`\w+`(, )?)+ \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Field();

    [GeneratedRegex(@"\w+", RegexOptions.None, 1000)]
    private static partial Regex Name();
}
