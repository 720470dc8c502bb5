using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CoffeeBuddy.Sandbox.Postgres;
using CoffeeBuddy.Sandbox.Processes;

namespace CoffeeBuddy.Sandbox.Tests;

/// <summary>The sandbox's program, started as a process; one at a time, because they prefer the same ports.</summary>
[Collection(nameof(ProgramTests))]
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
    public async Task A_run_is_there_after_a_restart_with_the_data_that_was_kept()
    {
        var port = FreePort.Next();
        string[] arguments = ["--keep", Path.Combine(_folder, "kept"), "--port", $"{port}"];
        string run;
        await using (var first = Start(arguments))
        {
            using var api = await ApiAsync(first);
            Assert.Contains(
                first.Log.Lines,
                line => line.Contains($"http://127.0.0.1:{port}/", StringComparison.Ordinal)
            );
            run = await OpenRunAsync(api);
            first.Signal("INT");
            Assert.Equal(0, await first.Exited.WaitAsync(Guard.Timeout, TestContext.Current.CancellationToken));
        }

        await using var second = Start(arguments);
        using var after = await ApiAsync(second);

        using var found = await after.GetAsync(run, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, found.StatusCode);
    }

    [Fact]
    public async Task Ctrl_C_stops_all_processes_and_removes_the_temporary_folder()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Child processes are read from /proc.");
        await using var program = Start();
        var id = await program.Id;
        await StartedAsync(program);
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

    private static Task StartedAsync(ChildProcess program) =>
        Eventually.TrueAsync(
            () =>
                program.HasExited
                || program.Log.Lines.Any(line => line.Contains("Ctrl-C stops everything", StringComparison.Ordinal)),
            "the addresses are printed"
        );

    /// <summary>
    /// Opens a run, and asks again while the answer is 503: the first requests on a busy machine are slow.
    /// </summary>
    private static async Task<string> OpenRunAsync(HttpClient api)
    {
        var run = "";
        await Eventually.TrueAsync(
            async () =>
            {
                using var opened = await api.PostAsJsonAsync(
                    "runs",
                    new
                    {
                        workspace_id = "T0SIM00001",
                        channel_id = "C0GENERAL0",
                        user_id = "U0NOOR0000",
                    },
                    TestContext.Current.CancellationToken
                );
                if (opened.StatusCode == HttpStatusCode.ServiceUnavailable)
                    return false;
                Assert.Equal(HttpStatusCode.Created, opened.StatusCode);
                run = opened.Headers.Location!.ToString();
                return true;
            },
            "the run is open"
        );
        return run;
    }

    /// <summary>A client of the API, with the addresses and the login that the program prints.</summary>
    private static async Task<HttpClient> ApiAsync(ChildProcess program)
    {
        await StartedAsync(program);
        var lines = program.Log.Lines;
        var curl = TokenRequest().Match(string.Join('\n', lines));
        Assert.True(curl.Success, string.Join('\n', lines));
        var address = lines
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Single(words => words is ["REST", "API", _])[2];
        var client = new HttpClient { BaseAddress = new Uri(address) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes(curl.Groups["login"].Value))
        );
        using var form = new FormUrlEncodedContent([
            new("grant_type", "client_credentials"),
            new("scope", curl.Groups["scopes"].Value),
        ]);
        using var answer = await client.PostAsync(
            curl.Groups["address"].Value,
            form,
            TestContext.Current.CancellationToken
        );
        var token = await answer.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            (string)token!["access_token"]!
        );
        return client;
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
        "curl -s -u (?<login>[^ ]+) -d grant_type=client_credentials -d 'scope=(?<scopes>[^']+)' (?<address>[^ \n]+)",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex TokenRequest();

    [GeneratedRegex(
        @"^ +(?<number>\d+)\. .+ \(\d+ ms\)$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Step();
}
