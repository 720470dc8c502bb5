using System.Text.RegularExpressions;
using CoffeeBuddy.Sandbox.Parts;
using Xunit;

namespace CoffeeBuddy.Sandbox.Tests;

/// <summary>The sandbox's program, as somebody starts it who has just cloned the repository.</summary>
public sealed partial class ProgramTests : IAsyncLifetime
{
    private const int Steps = 10;

    private readonly string _folder = Directory.CreateTempSubdirectory("sandbox-program-").FullName;

    /// <summary>Logs and data go to a folder of the test's own; PostgreSQL is taken from where it is installed already.</summary>
    public async ValueTask InitializeAsync()
    {
        await PostgresBinaries.FindAsync(cancellation: TestContext.Current.CancellationToken);
        Directory.CreateDirectory(Temporary);
        Directory.CreateDirectory(Cache);
        Directory.CreateSymbolicLink(
            Path.Combine(Cache, "postgres"),
            Directory.CreateDirectory(Path.Combine(WorkFolder.Path, "postgres")).FullName
        );
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private string Temporary => Path.Combine(_folder, "tmp");

    private string Cache => Path.Combine(_folder, "cache");

    [Fact]
    public async Task The_demo_plays_every_step_and_says_how_long_it_took()
    {
        await using var program = Start("demo");

        var code = await program.Exited.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);

        var lines = program.Log.Lines;
        Assert.True(code == 0, string.Join('\n', lines));
        Assert.Equal(
            Enumerable.Range(1, Steps),
            lines
                .Select(line => Step().Match(line))
                .Where(step => step.Success)
                .Select(step => int.Parse(step.Groups["number"].Value))
        );
        Assert.Contains(
            lines,
            line => line.Contains($"{Steps} steps, all as they should be", StringComparison.Ordinal)
        );
        Assert.Empty(Directory.GetDirectories(Temporary));
    }

    [Fact]
    public async Task Ctrl_C_stops_all_it_started_and_removes_its_folder()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "What a process started is read from /proc.");
        await using var program = Start();
        var id = await program.Id;
        await Eventually.TrueAsync(
            () =>
                program.HasExited
                || program.Log.Lines.Any(line => line.Contains("Ctrl-C stops everything", StringComparison.Ordinal)),
            "it says where to look",
            TimeSpan.FromMinutes(1)
        );
        var started = Descendants(id);
        // Three workers, and PostgreSQL with its helpers; each behind its guard.
        Assert.True(started.Count > 8, string.Join('\n', program.Log.Lines));
        Assert.Single(Directory.GetDirectories(Temporary, "coffeebuddy-postgres-*"));

        program.Signal("INT");

        Assert.Equal(0, await program.Exited.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        Assert.Contains("Stopping.", program.Log.Lines);
        await Eventually.TrueAsync(() => !started.Exists(TestFiles.IsAlive), "all it started is gone");
        Assert.Empty(Directory.GetDirectories(Temporary));
    }

    // What guards a child ignores Ctrl-C, and so would the child; in a terminal nobody does.
    private ChildProcess Start(params string[] arguments) =>
        ChildProcess.Start(
            new ChildProcessOptions(
                "sandbox",
                "env",
                [
                    .. OperatingSystem.IsLinux() ? (string[])["--default-signal=INT"] : [],
                    Executable.Dotnet,
                    typeof(SandboxHost).Assembly.Location,
                    .. arguments,
                ]
            )
            {
                Environment = new Dictionary<string, string?> { ["COFFEEBUDDY_CACHE"] = Cache, ["TMPDIR"] = Temporary },
            }
        );

    private static List<int> Descendants(int ancestor)
    {
        var children = Directory
            .GetDirectories("/proc")
            .Select(Path.GetFileName)
            .Where(name => int.TryParse(name, out _))
            .Select(name => int.Parse(name!))
            .ToLookup(ParentOf);
        List<int> found = [ancestor];
        for (var index = 0; index < found.Count; index++)
            found.AddRange(children[found[index]]);
        return found;
    }

    private static int ParentOf(int process)
    {
        try
        {
            // "pid (name) state parent …", and a name may hold anything.
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1]);
        }
        catch (IOException)
        {
            return 0; // It has ended meanwhile.
        }
    }

    [GeneratedRegex(
        @"^ +(?<number>\d+)\. .+ \(\d+ ms\)$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Step();
}
