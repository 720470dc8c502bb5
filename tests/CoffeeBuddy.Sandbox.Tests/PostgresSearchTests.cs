using CoffeeBuddy.Sandbox.Parts;
using Xunit;

namespace CoffeeBuddy.Sandbox.Tests;

/// <summary>npm does not bring PostgreSQL, in the ways in which it may not.</summary>
public sealed class PostgresSearchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("postgres-search-").FullName;
    private readonly List<string> _remarks = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string, string> Failures =>
        new()
        {
            { "echo 'no such registry' >&2; exit 7", "npm ci ended with exit code 7" },
            { "exec sleep 600", "npm ci did not end within 2 s" },
            { "exit 0", "npm ci installed no PostgreSQL for this kind of machine" },
        };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Without_npms_the_installed_one_runs(string npm, string because)
    {
        var installed = await PostgresBinaries.FindAsync(cancellation: Cancellation);
        var search = Search(npm) with { Installed = installed };

        var found = await PostgresBinaries.FindAsync(search, _remarks.Add, Cancellation);
        await using var postgres = await EmbeddedPostgres.StartAsync(
            new EmbeddedPostgresOptions { Binaries = found },
            Cancellation
        );

        Assert.Equal(installed, found);
        Assert.True(postgres.IsRunning);
        Assert.StartsWith(
            $"PostgreSQL is taken from {installed.Folder}, because {because}",
            Assert.Single(_remarks),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Without_either_PostgreSQL_is_named_and_what_was_tried(string npm, string because)
    {
        var failure = await Assert.ThrowsAsync<PartFailedException>(() =>
            PostgresBinaries.FindAsync(Search(npm), cancellation: Cancellation)
        );

        Assert.Equal("PostgreSQL", failure.Part);
        Assert.Contains("Install Node.js, or your system's postgresql", failure.Problem, StringComparison.Ordinal);
        Assert.StartsWith(because, Assert.Single(failure.LastLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_Node_it_is_said_that_there_is_none()
    {
        var failure = await Assert.ThrowsAsync<PartFailedException>(() =>
            PostgresBinaries.FindAsync(Search("") with { Npm = null }, cancellation: Cancellation)
        );

        Assert.Equal(["npm is not installed. It wrote nothing."], failure.LastLines);
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_is_no_reason_to_give_up()
    {
        // In a file there is no room for a folder, for root neither.
        var file = Path.Combine(_folder, "a-file");
        await File.WriteAllTextAsync(file, "", Cancellation);
        var installed = new PostgresBinaries("/installed/here", "installed");

        var found = await PostgresBinaries.FindAsync(
            Search("exit 0") with
            {
                CacheFolder = Path.Combine(file, "cache"),
                Installed = installed,
            },
            _remarks.Add,
            Cancellation
        );

        Assert.Equal(installed, found);
        Assert.Contains(file, Assert.Single(_remarks), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_runs_for_a_normal_user()
    {
        Assert.SkipUnless(
            Environment.IsPrivilegedProcess && Executable.Find("setpriv") is not null,
            "Only root can become somebody else; the other tests run as a normal user then."
        );
        Assert.SkipUnless(
            await AsNobodyAsync("cat", TestFiles.Probe) == 0,
            "Others than root cannot read this repository."
        );

        Assert.Equal(0, await AsNobodyAsync(Executable.Dotnet, TestFiles.Probe, "runs-postgres"));
    }

    private static async Task<int> AsNobodyAsync(params string[] command)
    {
        await using var process = ChildProcess.Start(
            new ChildProcessOptions(
                "nobody",
                "setpriv",
                ["--reuid=65534", "--regid=65534", "--clear-groups", "--", .. command]
            )
            {
                Environment = new Dictionary<string, string?>
                {
                    ["HOME"] = "/nonexistent",
                    ["COFFEEBUDDY_CACHE"] = WorkFolder.Path,
                },
            }
        );
        var code = await process.Exited.WaitAsync(Cancellation);
        if (command[0] != "cat")
            process.Log.Lines.ToList().ForEach(line => TestContext.Current.TestOutputHelper!.WriteLine(line));
        return code;
    }

    /// <summary>With a shell script in npm's place, and nothing installed.</summary>
    private PostgresSearch Search(string npm)
    {
        var file = Path.Combine(_folder, "npm");
        File.WriteAllText(file, $"#!/bin/sh\n{npm}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new PostgresSearch
        {
            Npm = file,
            CacheFolder = Path.Combine(_folder, "cache"),
            InstallWithin = TimeSpan.FromSeconds(2),
            Installed = null,
        };
    }
}
