using CoffeeBuddy.Sandbox.Processes;
using CoffeeBuddy.Sandbox.Workers;

namespace CoffeeBuddy.Sandbox.Tests;

public sealed class WorkerProcessTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_started_worker_answers_at_its_address()
    {
        await using var worker = await StartAsync();

        Assert.Equal("ready", await worker.Management.GetStringAsync("healthz/ready", Cancellation));
        Assert.Null(worker.ExitCode);
    }

    [Fact]
    public async Task A_worker_that_fails_is_reported_with_its_exit_code_and_last_lines()
    {
        var failure = await Assert.ThrowsAsync<PartFailedException>(() => StartAsync("fails"));

        Assert.StartsWith("a worker ended with exit code 3 while starting", failure.Message, StringComparison.Ordinal);
        Assert.Contains("there is no database", failure.LastLines);
        Assert.Contains("looking for the database", failure.LastLines);
    }

    [Fact]
    public async Task A_worker_that_is_not_ready_in_time_is_reported_with_its_last_answer()
    {
        var options = new WorkerOptions("a worker", TestFiles.Probe)
        {
            Arguments = ["never-ready"],
            ReadyWithin = TimeSpan.FromSeconds(2),
        };

        var failure = await FailureAsync();
        // On a slow machine the worker may not listen yet after this time: try again with twice the time.
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
    public async Task A_worker_that_is_not_built_is_reported_as_such()
    {
        var failure = await Assert.ThrowsAsync<PartFailedException>(() =>
            WorkerProcess.StartAsync(new WorkerOptions("a worker", "/nowhere/Worker.dll"), Cancellation)
        );

        Assert.Contains("is not built: there is no /nowhere/Worker.dll", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stopped_worker_ends_with_exit_code_0()
    {
        await using var worker = await StartAsync();

        Assert.Equal(0, await worker.StopAsync());
    }

    [Fact]
    public async Task A_worker_that_does_not_stop_within_the_grace_time_is_killed()
    {
        await using var worker = await StartAsync("deaf");

        Assert.Equal(128 + 9, await worker.StopAsync(grace: TimeSpan.FromMilliseconds(200)));
    }

    [Fact]
    public async Task A_killed_worker_has_exit_code_137()
    {
        await using var worker = await StartAsync();

        await worker.KillAsync();

        Assert.Equal(128 + 9, worker.ExitCode);
    }

    [Fact]
    public async Task A_program_runs_to_its_end_with_the_given_environment()
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
    public async Task A_program_that_fails_is_reported()
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
    public async Task All_output_is_written_to_the_log_file()
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
    public async Task A_child_ends_when_it_is_disposed_and_gets_its_arguments_unchanged()
    {
        var child = ChildProcess.Start(
            new ChildProcessOptions("sleeper", "sh", ["-c", "echo \"$1\"; exec sleep 600", "sh", "a \"b\" $HOME ;"])
        );
        var id = await child.Id;
        await Eventually.TrueAsync(() => child.Log.Lines.Count > 0, "the child has written a line");

        await child.DisposeAsync();

        Assert.Equal(["a \"b\" $HOME ;"], child.Log.Lines);
        Assert.False(TestFiles.IsAlive(id));
    }

    [Fact]
    public void The_log_tail_keeps_the_last_lines()
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
    public void A_failure_message_has_the_log_lines_in_readable_form(string written, string shown) =>
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
