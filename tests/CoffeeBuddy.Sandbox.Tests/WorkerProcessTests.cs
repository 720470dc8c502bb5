using CoffeeBuddy.Sandbox.Parts;
using Xunit;

namespace CoffeeBuddy.Sandbox.Tests;

public sealed class WorkerProcessTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_worker_is_reached_at_its_address_once_it_started()
    {
        await using var worker = await StartAsync();

        Assert.Equal("ready", await worker.Http.GetStringAsync("healthz/ready", Cancellation));
        Assert.Null(worker.ExitCode);
    }

    [Fact]
    public async Task A_worker_that_fails_is_named_with_its_exit_code_and_last_lines()
    {
        var failure = await Assert.ThrowsAsync<PartFailedException>(() => StartAsync("fails"));

        Assert.StartsWith("a worker ended with exit code 3 while starting", failure.Message, StringComparison.Ordinal);
        Assert.Contains("there is no database", failure.LastLines);
        Assert.Contains("looking for the database", failure.LastLines);
    }

    [Fact]
    public async Task A_worker_that_is_not_ready_in_time_is_named_with_what_it_answers()
    {
        var options = new WorkerOptions("a worker", TestFiles.Probe)
        {
            Arguments = ["never-ready"],
            ReadyWithin = TimeSpan.FromSeconds(2),
        };

        var failure = await FailureAsync();
        // A busy machine may take longer than that until the worker listens at all: then it is given more.
        while (
            failure.Message.Contains("no answer", StringComparison.Ordinal)
            && options.ReadyWithin < TimeSpan.FromMinutes(1)
        )
        {
            options = options with { ReadyWithin = 2 * options.ReadyWithin };
            failure = await FailureAsync();
        }

        Assert.Contains(
            $"was not ready within {options.ReadyWithin.TotalSeconds} s; /healthz/ready says: 503 Kafka is missing",
            failure.Message,
            StringComparison.Ordinal
        );

        Task<PartFailedException> FailureAsync() =>
            Assert.ThrowsAsync<PartFailedException>(() => WorkerProcess.StartAsync(options, Cancellation));
    }

    [Fact]
    public async Task A_worker_that_is_not_built_is_told_from_one_that_fails()
    {
        var failure = await Assert.ThrowsAsync<PartFailedException>(() =>
            WorkerProcess.StartAsync(new WorkerOptions("a worker", "/nowhere/Worker.dll"), Cancellation)
        );

        Assert.Contains("is not built: there is no /nowhere/Worker.dll", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stopped_worker_ends_in_its_own_way()
    {
        await using var worker = await StartAsync();

        Assert.Equal(0, await worker.StopAsync());
    }

    [Fact]
    public async Task A_worker_that_does_not_stop_in_time_is_killed()
    {
        await using var worker = await StartAsync("deaf");

        Assert.Equal(128 + 9, await worker.StopAsync(grace: TimeSpan.FromMilliseconds(200)));
    }

    [Fact]
    public async Task A_killed_worker_says_so_by_its_exit_code()
    {
        await using var worker = await StartAsync();

        await worker.KillAsync();

        Assert.Equal(128 + 9, worker.ExitCode);
    }

    [Fact]
    public async Task A_program_that_ends_by_itself_is_run_with_the_environment_given()
    {
        var lines = await WorkerProcess.RunAsync(
            new WorkerOptions("greeter", TestFiles.Probe)
            {
                Arguments = ["greets"],
                Environment = new Dictionary<string, string?> { ["GREETED"] = "runner" },
            },
            Cancellation
        );

        Assert.Equal(["hello runner"], lines);
    }

    [Fact]
    public async Task A_program_that_ends_badly_is_named()
    {
        var failure = await Assert.ThrowsAsync<PartFailedException>(() =>
            WorkerProcess.RunAsync(
                new WorkerOptions("migration", TestFiles.Probe) { Arguments = ["fails"] },
                Cancellation
            )
        );

        Assert.Equal(("migration", "ended with exit code 3"), (failure.Part, failure.Problem));
    }

    [Fact]
    public async Task All_it_writes_goes_to_its_log_file()
    {
        var file = Path.GetTempFileName();
        try
        {
            await WorkerProcess.RunAsync(
                new WorkerOptions("greeter", TestFiles.Probe) { Arguments = ["greets"], LogFile = file },
                Cancellation
            );

            Assert.StartsWith("hello", await File.ReadAllTextAsync(file, Cancellation), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_child_ends_when_it_is_disposed_and_its_arguments_reach_it_as_they_are()
    {
        var child = ChildProcess.Start(
            new ChildProcessOptions("sleeper", "sh", ["-c", "echo \"$1\"; exec sleep 600", "sh", "a \"b\" $HOME ;"])
        );
        var id = await child.Id;
        await Eventually.TrueAsync(() => child.Log.Lines.Count > 0, "it wrote");

        await child.DisposeAsync();

        Assert.Equal(["a \"b\" $HOME ;"], child.Log.Lines);
        Assert.False(TestFiles.IsAlive(id));
    }

    [Fact]
    public void Of_many_lines_the_last_are_kept()
    {
        using var tail = new LogTail(capacity: 2);
        foreach (var line in (string[])["one", "two", "three"])
            tail.Add(line);

        Assert.Equal(["two", "three"], tail.Lines);
    }

    [Theory]
    [InlineData(
        """{"Timestamp":"now","LogLevel":"Error","Category":"A.B","Message":"no database","State":{}}""",
        "Error  A.B  no database"
    )]
    [InlineData("plain text", "plain text")]
    [InlineData("{ not json", "{ not json")]
    public void A_failure_shows_log_lines_as_a_person_reads_them(string written, string shown) =>
        Assert.EndsWith(
            shown,
            new PartFailedException("a worker", "failed", [written]).Message,
            StringComparison.Ordinal
        );

    private static Task<WorkerProcess> StartAsync(params string[] arguments) =>
        WorkerProcess.StartAsync(
            new WorkerOptions("a worker", TestFiles.Probe) { Arguments = arguments },
            Cancellation
        );
}
