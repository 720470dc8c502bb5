using Npgsql;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>Round trips of slash commands, counted between a worker and the database.</summary>
public sealed class RoundTripTests(ApiOffice office)
{
    private readonly string _noor = ApiOffice.NewUser();
    private readonly string _channel = ApiOffice.NewChannel();

    [Fact]
    public async Task A_command_is_answered_after_at_most_two_and_its_event_is_marked_with_one_more()
    {
        var database = new NpgsqlConnectionStringBuilder(office.Sandbox.ConnectionString);
        await using var relay = new CountingRelay(database.Port);
        database.Port = relay.Port;
        var environment = office.Environment();
        environment["ConnectionStrings__CoffeeBuddy"] = database.ConnectionString;
        environment["AzureFunctionsJobHost__functions__0"] = "SlackCommands";
        environment["CoffeeBuddy__LanguageRefresh"] = "01:00:00";
        await using var worker = await WorkerProcess.StartAsync(
            new("Counted", new SandboxOptions().Worker) { Environment = environment },
            TestContext.Current.CancellationToken
        );
        using var slack = new SlackSender(worker.Address);
        // The first event connects to Kafka, and both need a session.
        await SendAsync("/coffee");
        await SendAsync("/coffee-cancel");
        await MarkedAsync();

        Assert.Equal(2, await CostAsync("/coffee"));
        Assert.Equal(1, await CostAsync("/coffee"));
        Assert.Equal(1, await CostAsync("/coffee-history"));
        Assert.Equal(1, await CostAsync("/coffee-stats"));
        Assert.Equal(1, await CostAsync("/coffee", "away"));
        Assert.Equal(0, await CostAsync("/coffee", "help"));
        Assert.Equal(3, await CostAsync("/coffee-cancel"));

        async Task<int> CostAsync(string command, string text = "")
        {
            relay.Reset();
            await SendAsync(command, text);
            await MarkedAsync();
            return relay.RoundTrips;
        }

        async Task SendAsync(string command, string text = "") =>
            (await slack.CommandAsync(command, _noor, _channel, ("text", text))).Is(200);

        Task MarkedAsync() =>
            Eventually.TrueAsync(
                async () =>
                    await office.Rows.CountAsync(
                        "outbox WHERE data LIKE '%' || @_channel || '%' AND published_at IS NULL",
                        new { _channel }
                    ) == 0,
                "every event is marked"
            );
    }
}
