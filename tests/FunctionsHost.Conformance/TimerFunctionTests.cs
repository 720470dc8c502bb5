using CoffeeBuddy.Sandbox.Workers;
using FunctionsHost.Conformance.Host;
using FunctionsHost.Conformance.Rpc;
using FunctionsHost.Conformance.Support;

namespace FunctionsHost.Conformance;

/// <summary>Timer functions, invoked with what the host's timer gives them.</summary>
public sealed class TimerFunctionTests(HostedOffice office)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Timers => [.. WorkerRoles.Functions[WorkerRoles.Timer]];

    [Theory]
    [MemberData(nameof(Timers))]
    public async Task Each_timer_function_succeeds(string name) =>
        Assert.Succeeded(
            await office.Host.InvokeAsync(Invocations.Timer(office.Host.Functions[name], isPastDue: true), Cancellation)
        );

    [Fact]
    public async Task A_timer_function_does_its_work()
    {
        var (channel, people) = await office.GatherAsync(1);
        var run = await office.Api.OpenRunAsync(office.Service(), people[0].Id, channel);
        await office.Rows.ExecuteAsync(
            """
            UPDATE coffee_runs SET created_at = created_at - interval '1 hour', empty_since = empty_since - interval '1 hour'
            WHERE run_id = @run::uuid
            """,
            new { run }
        );

        Assert.Succeeded(
            await office.Host.InvokeAsync(Invocations.Timer(office.Host.Functions["CancelEmptyRuns"]), Cancellation)
        );

        Assert.Equal(
            "cancelled",
            await office.Rows.GetAsync<string>(
                "SELECT status::text FROM coffee_runs WHERE run_id = @run::uuid",
                new { run }
            )
        );
    }

    [Theory]
    [InlineData("AssignDueRuns", "coffee_runs")]
    [InlineData("QueueReminders", "coffee_runs")]
    [InlineData("CancelEmptyRuns", "coffee_runs")]
    [InlineData("CompleteForgottenRuns", "coffee_runs")]
    [InlineData("StartPlannedRuns", "planned_runs")]
    [InlineData("PublishOutbox", "outbox")]
    [InlineData("ReconcileRuns", "coffee_runs")]
    [InlineData("ApplyRetention", "audit_log")]
    public async Task A_failure_reaches_the_host_with_the_type_that_was_thrown(string name, string table)
    {
        InvocationResponse response;
        await using (await new Table(office, table).HideAsync())
            response = await office.Host.InvokeAsync(Invocations.Timer(office.Host.Functions[name]), Cancellation);

        Assert.Failed("Npgsql.PostgresException", response);
        Assert.Contains(table, response.Result.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_timer_function_ends_while_its_statement_still_waits()
    {
        var request = Invocations.Timer(office.Host.Functions["PublishOutbox"]);
        var outbox = new Table(office, "outbox");
        await using (await outbox.LockAsync())
        {
            var invocation = office.Host.InvokeAsync(request, Cancellation);
            await outbox.StatementWaitsAsync();

            office.Host.Cancel(request);

            Assert.Cancelled(await invocation);
        }
    }
}
