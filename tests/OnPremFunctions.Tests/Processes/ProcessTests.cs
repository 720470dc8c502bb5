using System.Net;
using OnPremFunctions.Tests.Support;

namespace OnPremFunctions.Tests.Processes;

public sealed class ProcessTests : KafkaTest
{
    private readonly string _journal = Path.GetTempFileName();

    [Fact]
    public async Task SIGTERM_waits_for_running_invocations_commits_and_exits_with_code_0()
    {
        using var worker = Start();
        await worker.ListeningAsync();
        await ProduceAsync(("a", "1"));
        await ProduceAsync(("a", "2"));
        await JournalAsync("begin 1\n");

        worker.Terminate();
        await Eventually.TrueAsync(
            async () =>
                (await worker.Http.GetAsync("/healthz/ready", TestContext.Current.CancellationToken)).StatusCode
                == HttpStatusCode.ServiceUnavailable,
            "the worker drains"
        );
        using var released = await worker.Http.PostAsync("/v1/release", null, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NoContent, released.StatusCode);
        Assert.Equal(0, await worker.ExitCodeAsync());
        Assert.Equal("begin 1\nend 1\n", await File.ReadAllTextAsync(_journal, TestContext.Current.CancellationToken));
        Assert.Equal(1, Committed());
    }

    [Fact]
    public async Task The_record_of_a_killed_worker_is_processed_by_the_next_worker()
    {
        using (var killed = Start())
        {
            await killed.ListeningAsync();
            await ProduceAsync(("a", "1"));
            await JournalAsync("begin 1\n");
            killed.Kill();
            await killed.ExitCodeAsync();
        }

        using var next = Start();
        await next.ListeningAsync();
        using var released = await next.Http.PostAsync("/v1/release", null, TestContext.Current.CancellationToken);

        await JournalAsync("begin 1\nbegin 1\nend 1\n");
        await Eventually.TrueAsync(() => Committed() == 1, "the record is committed");
    }

    [Fact]
    public async Task A_worker_that_cannot_start_writes_one_message_and_exits_with_code_1()
    {
        using var worker = SampleProcess.Start(
            new() { ["Topic"] = Topic, ["AzureFunctionsJobHost__functionTimeout"] = "long" }
        );

        Assert.Equal(1, await worker.ExitCodeAsync());
        await Eventually.TrueAsync(
            () => worker.Errors.Contains("Group", StringComparison.Ordinal),
            "the message is there"
        );
        Assert.Equal(
            """
            The functions host cannot start:
              - host.json: functionTimeout is "long", but must be hh:mm:ss, above 00:00:00 and at most 1.00:00:00.
              - Function Take (Functions.Take): the setting %Kafka:BootstrapServers% has no value (environment variable Kafka__BootstrapServers).
              - Function Take (Functions.Take): the setting %Group% has no value (environment variable Group).

            """,
            worker.Errors
        );
        Assert.DoesNotContain("   at ", worker.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_in_use_is_reported_in_one_message()
    {
        using var first = Start();
        await first.ListeningAsync();
        using var second = Start(
            new() { ["ASPNETCORE_URLS"] = "", ["Kestrel__Endpoints__Http__Url"] = $"{first.Http.BaseAddress}" }
        );

        Assert.Equal(1, await second.ExitCodeAsync());
        await Eventually.TrueAsync(
            () => second.Errors.Contains("address already in use", StringComparison.OrdinalIgnoreCase),
            "the message is there"
        );
        Assert.DoesNotContain("   at ", second.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_of_another_machine_is_reported_in_one_message()
    {
        // From the address block for documentation, RFC 5737.
        using var worker = Start(
            new() { ["ASPNETCORE_URLS"] = "", ["Kestrel__Endpoints__Http__Url"] = "http://192.0.2.1:8080" }
        );

        Assert.Equal(1, await worker.ExitCodeAsync());
        await Eventually.TrueAsync(
            () => worker.Errors.Contains("cannot listen", StringComparison.Ordinal),
            "the message is there"
        );
        Assert.Equal(
            "The functions host cannot listen on http://192.0.2.1:8080: Cannot assign requested address",
            worker.Errors.Trim()
        );
    }

    private SampleProcess Start(Dictionary<string, string>? more = null)
    {
        var environment = new Dictionary<string, string>
        {
            ["AzureFunctionsJobHost__extensions__http__routePrefix"] = "v1",
            ["AzureFunctionsJobHost__extensions__kafka__sessionTimeoutMs"] = "6000",
            ["AzureFunctionsJobHost__extensions__kafka__autoCommitIntervalMs"] = "50",
            ["Kafka__BootstrapServers"] = Cluster.BootstrapServers,
            ["Topic"] = Topic,
            ["Group"] = Group,
            ["Journal"] = _journal,
        };
        foreach (var (name, value) in more ?? [])
            environment[name] = value;
        return SampleProcess.Start(environment);
    }

    private async Task JournalAsync(string text) =>
        await Eventually.TrueAsync(
            async () => await File.ReadAllTextAsync(_journal, TestContext.Current.CancellationToken) == text,
            $"the journal says {text}"
        );
}
