using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Architecture;

/// <summary>What the files of the repository must look like.</summary>
public sealed partial class SourceTests
{
    public static TheoryData<string> Projects =>
        [.. House.ProjectFiles("src").Select(path => Path.GetFileNameWithoutExtension(path))];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_namespace_is_the_folder_of_its_file(string project)
    {
        // Extension methods stand in the namespace of the extended framework, where callers find them.
        string[] frameworks = ["Microsoft.Extensions.", "Microsoft.Azure.Functions.Worker", "Polly"];
        var elsewhere = House
            .Sources(project, ".cs")
            .Select(path => (File: Path.GetRelativePath(House.Repository, path), Namespace: NamespaceOf(path)))
            .Where(source =>
                source.Namespace is not null
                && source.Namespace != FolderNamespace(source.File)
                && !frameworks.Any(prefix => source.Namespace.StartsWith(prefix, StringComparison.Ordinal))
            );

        Assert.Empty(elsewhere);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_program_starts_in_25_lines(string project)
    {
        var program = Path.Combine(House.Repository, "src", project, "Program.cs");
        if (File.Exists(program))
            Assert.InRange(File.ReadAllLines(program).Length, 1, 25);
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(House.Repository, "CoffeeBuddy.sln")).Replace('\\', '/');

        Assert.All(
            House.ProjectFiles("src").Concat(House.ProjectFiles("tests")),
            path => Assert.Contains(Path.GetRelativePath(House.Repository, path), solution, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Every_function_of_the_worker_runs_in_exactly_one_role()
    {
        var functions = House
            .Functions.GetTypes()
            .SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetCustomAttributes(typeof(FunctionAttribute), inherit: false))
            .Select(attribute => ((FunctionAttribute)attribute).Name);

        Assert.Equal(
            functions.Order(StringComparer.Ordinal),
            Sandbox.Workers.WorkerRoles.Functions.Values.SelectMany(names => names).Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData("SlackSimulator")]
    [InlineData("OnPremFunctions")]
    public void A_published_library_knows_nothing_of_coffee(string project)
    {
        // The table of emoji holds every emoji, the cup of coffee too.
        var files = House
            .Sources(project, ".cs", ".js", ".md", ".html", ".css")
            .Where(path => Path.GetFileName(path) is not "emoji-table.js");

        Assert.DoesNotContain(
            files,
            path => File.ReadAllText(path).Contains("coffee", StringComparison.OrdinalIgnoreCase)
        );
    }

    [Fact]
    public void No_file_refers_to_a_document_that_the_repository_does_not_hold()
    {
        string[] endings = [".cs", ".md", ".sql", ".js", ".mjs", ".sh", ".json", ".csproj", ".props"];
        var files = new[] { "src", "tests", "docs", "tools" }
            .SelectMany(folder =>
                Directory.EnumerateFiles(
                    Path.Combine(House.Repository, folder),
                    "*",
                    new EnumerationOptions { RecurseSubdirectories = true }
                )
            )
            .Where(path => endings.Contains(Path.GetExtension(path), StringComparer.Ordinal))
            .Where(path => !BuildOutput().IsMatch(path));

        var documents = files
            .Where(path => path.EndsWith(".md", StringComparison.Ordinal))
            .Concat(Directory.EnumerateFiles(House.Repository, "*.md"))
            .Select(path => Path.GetFileName(path))
            .ToHashSet(StringComparer.Ordinal);

        Assert.DoesNotContain(
            files,
            path =>
                Reference()
                    .Matches(File.ReadAllText(path))
                    .Any(match => !documents.Contains(match.Groups["document"].Value))
        );
    }

    [Fact]
    public void Every_emoji_of_the_apps_messages_is_known_to_the_simulators_page()
    {
        var table = File.ReadAllText(
            Path.Combine(House.Repository, "src", "SlackSimulator", "wwwroot", "js", "emoji-table.js")
        );
        var known = table
            .Split(['|', '\n'])
            .SelectMany(entry => entry.Split(' ')[..^1])
            .ToHashSet(StringComparer.Ordinal);

        var used = House
            .Sources("CoffeeBuddy.Slack", ".cs", ".resx")
            .SelectMany(path => EmojiName().Matches(File.ReadAllText(path)))
            .Select(match => match.Groups["name"].Value)
            .Distinct()
            .ToList();

        Assert.Contains("palm_tree", used);
        Assert.Empty(used.Except(known, StringComparer.Ordinal));
    }

    private static string? NamespaceOf(string path) =>
        NamespaceLine().Match(File.ReadAllText(path)) is { Success: true } match ? match.Groups["name"].Value : null;

    /// <param name="file">Relative to the repository: "src/Project/Folder/File.cs".</param>
    private static string FolderNamespace(string file) =>
        string.Join('.', Path.GetDirectoryName(file)!.Split(Path.DirectorySeparatorChar)[1..]);

    [GeneratedRegex(
        @"^namespace (?<name>[\w.]+)",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"[/\\](bin|obj|node_modules)[/\\]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BuildOutput();

    // A document by its name; else a section sign or an acceptance criterion, whose text no file here has.
    [GeneratedRegex(
        @"(?<document>[\w-]+\.md)\b|\u00a7|\bAC\d\b",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Reference();

    // A time such as HH:mm:ss has no word boundary around it.
    [GeneratedRegex(
        @"(?<![\w:]):(?<name>[a-z][a-z0-9_+-]*):(?!\w)",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex EmojiName();
}
