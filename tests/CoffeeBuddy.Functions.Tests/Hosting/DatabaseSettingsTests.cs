using System.Net;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>A worker whose database is reached through PgBouncer, or refuses it.</summary>
public sealed class DatabaseSettingsTests(ApiOffice office)
{
    private static readonly string Dll = new SandboxOptions().Worker;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Password=open-sesame", "28P01")]
    [InlineData("Options=-c no_such_setting=1", "42704")]
    public async Task A_worker_whose_sessions_are_refused_is_alive_but_not_ready_and_says_why(
        string setting,
        string reason
    )
    {
        await using var worker = await StartAsync($"{office.Sandbox.ConnectionString};{setting}", "/healthz/live");

        await Eventually.TrueAsync(
            async () =>
            {
                using var answer = await worker.Management.GetAsync("healthz/ready", Cancellation);
                return await answer.Content.ReadAsStringAsync(Cancellation) != "starting";
            },
            "the worker has started"
        );

        // More often than the failures that open the circuit breaker.
        for (var time = 0; time < 10; time++)
        {
            using var answer = await worker.Management.GetAsync("healthz/ready", Cancellation);
            var said = await answer.Content.ReadAsStringAsync(Cancellation);

            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Contains(
                "schema: The database refuses the sessions of this worker: ",
                said,
                StringComparison.Ordinal
            );
            Assert.Contains(reason, said, StringComparison.Ordinal);
            Assert.DoesNotContain("open-sesame", said, StringComparison.Ordinal);
        }

        using var alive = await worker.Management.GetAsync("healthz/live", Cancellation);
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
    }

    [Fact]
    public async Task A_worker_whose_database_is_down_when_it_starts_is_ready()
    {
        var down = $"Host=127.0.0.1;Port={FreePort.Next()};Username=coffeebuddy";
        await using var worker = await StartAsync(down, "/healthz/ready");

        // More often than the failures that open the circuit breaker.
        for (var time = 0; time < 10; time++)
        {
            using var answer = await worker.Management.GetAsync("healthz/ready", Cancellation);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("session")]
    [InlineData("transaction")]
    public async Task Behind_PgBouncer_a_worker_is_ready_and_answers(string mode)
    {
        await using var pgBouncer = await PgBouncer.StartAsync(office.Sandbox.ConnectionString, mode);
        await using var worker = await StartAsync(pgBouncer.ConnectionString, "/healthz/ready");
        using var slack = new SlackSender(worker.Address);
        using var api = new ApiClient(worker.Address);

        for (var time = 0; time < 10; time++)
        {
            (await slack.CommandAsync("/coffee", ApiOffice.NewUser(), ApiOffice.NewChannel())).Is(200);
            (await api.GetAsync("runs?limit=1", office.Service())).Is(200);
        }
    }

    [Theory]
    [InlineData("Host=db;Target Session Attributes=primary", "multiple hosts")]
    [InlineData("Host=db1,db2;Target Session Attributes=standby", "must be read-write, primary or prefer-primary")]
    [InlineData("Host=db1,db2;Multiplexing=true", "Multiplexing")]
    [InlineData("Database=coffee", "Host")]
    public async Task A_connection_string_that_cannot_work_is_refused_in_one_line(
        string connectionString,
        string reason
    )
    {
        foreach (
            var command in (string[][])
                [
                    [],
                    ["migrate"],
                ]
        )
        {
            var environment = office.Environment();
            environment["ConnectionStrings__CoffeeBuddy"] = connectionString + ";Password=open-sesame";
            environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";

            var failure = await Assert.ThrowsAsync<PartFailedException>(() =>
                WorkerProcess.RunAsync(
                    new("Worker", Dll) { Arguments = command, Environment = environment },
                    Cancellation
                )
            );

            Assert.Equal("ended with exit code 1", failure.Problem);
            var line = Assert.Single(
                failure.LastLines,
                text => text.Contains("ConnectionStrings:CoffeeBuddy cannot be used: ", StringComparison.Ordinal)
            );
            Assert.Contains(reason, line, StringComparison.Ordinal);
            Assert.DoesNotContain(
                failure.LastLines,
                text =>
                    text.Contains("open-sesame", StringComparison.Ordinal)
                    || text.Contains("   at ", StringComparison.Ordinal)
            );
        }
    }

    private Task<WorkerProcess> StartAsync(string connectionString, string readyPath)
    {
        var environment = office.Environment();
        environment["ConnectionStrings__CoffeeBuddy"] = connectionString;
        foreach (var (index, function) in WorkerRoles.Functions[WorkerRoles.Http].Index())
            environment[$"AzureFunctionsJobHost__functions__{index}"] = function;
        return WorkerProcess.StartAsync(
            new("Worker", Dll) { Environment = environment, ReadyPath = readyPath },
            Cancellation
        );
    }
}
