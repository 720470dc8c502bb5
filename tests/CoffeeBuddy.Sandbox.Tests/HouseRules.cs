using System.Text.RegularExpressions;
using System.Xml.Linq;
using CoffeeBuddy.Sandbox.Workers;

namespace CoffeeBuddy.Sandbox.Tests;

/// <summary>What may depend on what, read from the project files.</summary>
public sealed partial class HouseRules
{
    private static readonly Dictionary<string, string[]> MayReference = new(StringComparer.Ordinal)
    {
        ["CoffeeBuddy.Core"] = [],
        ["CoffeeBuddy.Data"] = ["CoffeeBuddy.Core"],
        ["CoffeeBuddy.Slack"] = ["CoffeeBuddy.Core"],
        ["CoffeeBuddy.Functions"] = ["CoffeeBuddy.Core", "CoffeeBuddy.Data", "CoffeeBuddy.Slack", "OnPremFunctions"],
        ["CoffeeBuddy.Sandbox"] = ["MockKafka", "SlackSimulator"],
        ["MockKafka"] = [],
        ["OnPremFunctions"] = [],
        ["SlackSimulator"] = [],
    };

    public static TheoryData<string> Projects =>
        [.. ProjectFiles("src").Select(path => Path.GetFileNameWithoutExtension(path))];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_the_design_allows(string project)
    {
        Assert.True(MayReference.ContainsKey(project), $"{project} is new: say here what it may reference.");

        var forbidden = Elements(project, "ProjectReference")
            // Built beforehand, but not referenced: the sandbox starts the worker as a process.
            .Where(reference => (string?)reference.Attribute("ReferenceOutputAssembly") != "false")
            .Select(reference => Path.GetFileNameWithoutExtension(Include(reference)))
            .Except(MayReference[project], StringComparer.Ordinal);

        Assert.Empty(forbidden);
    }

    [Fact]
    public void The_rules_need_no_package() =>
        Assert.Empty(
            Elements("CoffeeBuddy.Core", "PackageReference")
                .Concat(Elements("CoffeeBuddy.Core", "FrameworkReference"))
                .Select(Include)
        );

    [Theory]
    [MemberData(nameof(Projects))]
    public void Every_project_has_tests(string project) =>
        Assert.True(File.Exists(Path.Combine(Repository.Root, "tests", $"{project}.Tests", $"{project}.Tests.csproj")));

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "CoffeeBuddy.sln")).Replace('\\', '/');

        Assert.All(
            ProjectFiles("src").Concat(ProjectFiles("tests")),
            path => Assert.Contains(Path.GetRelativePath(Repository.Root, path), solution, StringComparison.Ordinal)
        );
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_program_starts_in_25_lines(string project)
    {
        var program = Path.Combine(Repository.Root, "src", project, "Program.cs");
        if (File.Exists(program))
            Assert.InRange(File.ReadAllLines(program).Length, 1, 25);
    }

    [Fact]
    public void Every_function_of_the_worker_runs_in_exactly_one_role()
    {
        var functions = Directory
            .GetFiles(
                Path.Combine(Repository.Root, "src", "CoffeeBuddy.Functions"),
                "*.cs",
                SearchOption.AllDirectories
            )
            .SelectMany(path => FunctionName().Matches(File.ReadAllText(path)))
            .Select(match => match.Groups["name"].Value);

        Assert.Equal(
            functions.Order(StringComparer.Ordinal),
            WorkerRoles.Functions.Values.SelectMany(names => names).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void The_simulator_knows_nothing_of_coffee()
    {
        // The table has every emoji, and so a cup of it.
        var files = Sources("SlackSimulator", ".cs", ".js", ".md", ".html", ".css")
            .Where(path => Path.GetFileName(path) is not "emoji-table.js");

        Assert.DoesNotContain(
            files,
            path => File.ReadAllText(path).Contains("coffee", StringComparison.OrdinalIgnoreCase)
        );
    }

    [Fact]
    public void Every_emoji_of_the_apps_messages_is_known_to_the_simulators_page()
    {
        var table = File.ReadAllText(
            Path.Combine(Repository.Root, "src", "SlackSimulator", "wwwroot", "js", "emoji-table.js")
        );
        var known = table
            .Split(['|', '\n'])
            .SelectMany(entry => entry.Split(' ')[..^1])
            .ToHashSet(StringComparer.Ordinal);

        var used = Sources("CoffeeBuddy.Slack", ".cs")
            .SelectMany(path => EmojiName().Matches(File.ReadAllText(path)))
            .Select(match => match.Groups["name"].Value)
            .Distinct()
            .ToList();

        Assert.Contains("palm_tree", used);
        Assert.Empty(used.Except(known, StringComparer.Ordinal));
    }

    private static IEnumerable<string> Sources(string project, params string[] endings)
    {
        var folder = Path.Combine(Repository.Root, "src", project);
        return Directory
            .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(path =>
                endings.Contains(Path.GetExtension(path), StringComparer.Ordinal)
                && Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar)[0] is not ("bin" or "obj")
            );
    }

    // A time such as HH:mm:ss has no word's end around it.
    [GeneratedRegex(
        @"(?<![\w:]):(?<name>[a-z][a-z0-9_+-]*):(?!\w)",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex EmojiName();

    [GeneratedRegex(
        @"\[Function\(nameof\((?<name>\w+)\)\)\]",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex FunctionName();

    private static IEnumerable<XElement> Elements(string project, string name) =>
        XDocument.Load(Path.Combine(Repository.Root, "src", project, $"{project}.csproj")).Descendants(name);

    private static string Include(XElement element) => ((string)element.Attribute("Include")!).Replace('\\', '/');

    private static IEnumerable<string> ProjectFiles(string folder) =>
        Directory
            .GetDirectories(Path.Combine(Repository.Root, folder))
            .SelectMany(project => Directory.GetFiles(project, "*.csproj"));
}
