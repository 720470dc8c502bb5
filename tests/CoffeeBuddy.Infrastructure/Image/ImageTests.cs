using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace CoffeeBuddy.Infrastructure.Image;

/// <summary>The Dockerfile and what it needs. ci/image.sh builds and runs the image.</summary>
public sealed partial class ImageTests
{
    private const string Worker = "CoffeeBuddy.Functions";

    private static readonly string Dockerfile = File.ReadAllText(Repository.File("Dockerfile"))
        .Replace("\\\n", "", StringComparison.Ordinal);

    [Fact]
    public void The_build_gets_every_project_of_the_worker_and_no_other()
    {
        var projects = Projects(Worker).Distinct().Order(StringComparer.Ordinal).ToList();
        var ignored = File.ReadAllLines(Repository.File(".dockerignore"));

        Assert.Equal(
            projects,
            ignored
                .Where(line => line.StartsWith("!src/", StringComparison.Ordinal))
                .Select(line => line["!src/".Length..])
        );
        Assert.Equal("*", ignored.First(line => line[0] != '#'));
        Assert.All(
            projects,
            project =>
                Assert.Contains(
                    $"src/{project}/packages.lock.json src/{project}/\n",
                    Spaces().Replace(Dockerfile, " "),
                    StringComparison.Ordinal
                )
        );
    }

    [Fact]
    public void The_lock_file_holds_both_architectures()
    {
        var locked = JsonNode.Parse(File.ReadAllText(Repository.File("src", Worker, "packages.lock.json")))!;

        Assert.Equal(
            ["net10.0", "net10.0/linux-arm64", "net10.0/linux-x64"],
            locked["dependencies"]!.AsObject().Select(target => target.Key)
        );
    }

    [Fact]
    public void The_worker_is_the_default_target_runs_as_no_root_and_takes_commands_as_arguments()
    {
        var stages = Dockerfile.Split("\nFROM ");
        var last = stages[^1];

        Assert.StartsWith(
            "mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled AS worker\n",
            last,
            StringComparison.Ordinal
        );
        Assert.Contains("\nUSER $APP_UID\n", last, StringComparison.Ordinal);
        Assert.Contains($"\nENTRYPOINT [\"dotnet\", \"{Worker}.dll\"]", last, StringComparison.Ordinal);
        // It has no shell to run them.
        Assert.DoesNotContain("\nRUN ", last, StringComparison.Ordinal);
    }

    [Fact]
    public void Packages_are_restored_as_locked_and_the_code_is_compiled_ahead()
    {
        Assert.Contains(
            $"dotnet restore src/{Worker} --locked-mode -p:PublishReadyToRun=true\n",
            Dockerfile,
            StringComparison.Ordinal
        );
        Assert.Contains($"dotnet publish src/{Worker} --no-restore", Dockerfile, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_script_that_builds_it_is_valid()
    {
        Assert.Equal((0, "", ""), await Programs.RunAsync("bash", ["-n", "ci/image.sh"]));
    }

    /// <summary>The project and those that it references, by project file and imported props.</summary>
    private static IEnumerable<string> Projects(string project)
    {
        var file = XDocument.Load(Repository.File("src", project, $"{project}.csproj"));
        var imported = file.Descendants("Import")
            .Select(import => (string)import.Attribute("Project")!)
            .Where(path => path.Contains("KafkaExtension.props", StringComparison.Ordinal))
            .Select(_ => "FunctionsKafkaExtension");
        return file.Descendants("ProjectReference")
            .Select(reference => (string?)reference.Attribute("Include"))
            .OfType<string>()
            .Select(path => Path.GetFileNameWithoutExtension(path))
            .Concat(imported)
            .SelectMany(Projects)
            .Prepend(project);
    }

    [GeneratedRegex(" +", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Spaces();
}
