using System.Text.RegularExpressions;
using CoffeeBuddy.Sandbox.Postgres;
using CoffeeBuddy.Sandbox.Processes;

namespace CoffeeBuddy.Sandbox.Tests;

/// <summary>The sandbox's program, started as a process.</summary>
public sealed partial class ProgramTests : IAsyncLifetime
{
    private const int Steps = 10;

    private readonly string _folder = Directory.CreateTempSubdirectory("sandbox-program-").FullName;

    /// <summary>Uses a temporary folder for logs and data, and the PostgreSQL that is already installed.</summary>
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
    public async Task The_demo_plays_every_step_and_prints_its_duration()
    {
        await using var program = Start("demo");

        var code = await program.Exited.WaitAsync(
            Guard.For(TimeSpan.FromMinutes(3)),
            TestContext.Current.CancellationToken
        );

        var lines = program.Log.Lines;
        Assert.True(code == 0, string.Join('\n', lines));
        Assert.Equal(
            Enumerable.Range(1, Steps),
            lines
                .Select(line => Step().Match(line))
                .Where(step => step.Success)
                .Select(step => int.Parse(step.Groups["number"].Value))
        );
        Assert.Contains(lines, line => line.Contains($"{Steps} steps passed", StringComparison.Ordinal));
        Assert.Empty(Directory.GetDirectories(Temporary));
    }

    [Fact]
    public async Task Ctrl_C_stops_all_processes_and_removes_the_temporary_folder()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Child processes are read from /proc.");
        await using var program = Start();
        var id = await program.Id;
        await Eventually.TrueAsync(
            () =>
                program.HasExited
                || program.Log.Lines.Any(line => line.Contains("Ctrl-C stops everything", StringComparison.Ordinal)),
            "the addresses are printed"
        );
        var started = Descendants(id);
        // Three workers and PostgreSQL with its processes, each with its guard script.
        Assert.True(started.Count > 8, string.Join('\n', program.Log.Lines));
        Assert.Single(Directory.GetDirectories(Temporary, "coffeebuddy-postgres-*"));

        program.Signal("INT");

        Assert.Equal(0, await program.Exited.WaitAsync(Guard.Timeout, TestContext.Current.CancellationToken));
        Assert.Contains("Stopping.", program.Log.Lines);
        await Eventually.TrueAsync(() => !started.Exists(TestFiles.IsAlive), "all processes have ended");
        Assert.Empty(Directory.GetDirectories(Temporary));
    }

    // The guard script ignores SIGINT, and its child inherits that. A program in a terminal does not ignore it.
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
            // Format: "pid (name) state parent …". The name can contain spaces and parentheses.
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1]);
        }
        catch (IOException)
        {
            return 0; // The process has ended.
        }
    }

    [GeneratedRegex(
        @"^ +(?<number>\d+)\. .+ \(\d+ ms\)$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Step();
}
