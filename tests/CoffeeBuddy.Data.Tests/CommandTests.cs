using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Inbox;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Data.Users;
using Npgsql;

namespace CoffeeBuddy.Data.Tests;

/// <summary>What a slash command costs and does, with the claim that makes it happen once.</summary>
public sealed class CommandTests(PostgresServer server) : DatabaseTest(server), IAsyncLifetime
{
    private CountingRelay _relay = null!;
    private RunStore _runs = null!;
    private UserStore _users = null!;

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        var direct = new NpgsqlConnectionStringBuilder(ConnectionString);
        _relay = new CountingRelay(direct.Port);
        direct.Port = _relay.Port;
        var far = Connect(direct.ConnectionString);
        _runs = new RunStore(far, Time, Microsoft.Extensions.Options.Options.Create(Options));
        _users = new UserStore(far, Time);
        await _runs.GetAsync(Guid.NewGuid(), Cancellation); // Connects.
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        await _relay.DisposeAsync();
    }

    public static TheoryData<string, int> Costs =>
        new()
        {
            { "/coffee", 1 },
            { "/coffee away", 1 },
            { "/coffee-history", 1 },
            { "/coffee-cancel", 2 },
        };

    [Theory]
    [MemberData(nameof(Costs))]
    public async Task A_command_takes_at_most_two_round_trips(string command, int roundTrips)
    {
        await OpenAsync("U1");
        _relay.Reset();

        await DoAsync(command, Request());

        Assert.Equal(roundTrips, _relay.RoundTrips);
    }

    [Fact]
    public async Task Completing_a_run_takes_two_round_trips()
    {
        var run = await AssignedAsync(Channel, "U1");
        _relay.Reset();

        Assert.Equal(CloseOutcome.Closed, (await _runs.CompleteAsync(run.RunId, "U1", null, Cancellation)).Outcome);

        Assert.Equal(2, _relay.RoundTrips);
    }

    [Theory]
    [MemberData(nameof(Costs))]
    public async Task A_repeated_command_is_not_carried_out(string command, int roundTrips)
    {
        _ = roundTrips;
        await OpenAsync("U1");
        var request = Request();
        await DoAsync(command, request);
        var stored = await StoredAsync();

        await Assert.ThrowsAsync<RepeatedRequestException>(() => DoAsync(command, Request(request.EventId)));

        Assert.Equal(stored, await StoredAsync());
    }

    [Fact]
    public async Task A_command_that_failed_can_be_sent_again()
    {
        var request = Request();
        await BreakAsync("outbox");
        await Assert.ThrowsAsync<PostgresException>(() => DoAsync("/coffee", request));
        await ExecuteAsync("DROP TRIGGER break_it ON outbox");

        await DoAsync("/coffee", Request(request.EventId));

        Assert.Equal(1, await CountAsync("coffee_runs"));
    }

    [Theory]
    [InlineData("/coffee", 0)]
    [InlineData("/coffee-cancel", 0)]
    [InlineData("/coffee-cancel", 1)]
    public async Task A_command_whose_answer_was_lost_is_no_repetition(string command, int answer)
    {
        if (command == "/coffee-cancel")
            await OpenAsync("U1");
        _relay.LoseNextAnswer(after: answer);

        await DoAsync(command, Request());

        var status = command == "/coffee" ? "active" : "cancelled";
        Assert.Equal(1, await CountAsync($"coffee_runs WHERE status = '{status}'"));
        Assert.Equal(
            1,
            await CountAsync($"audit_log WHERE event_type = 'run_{(status == "active" ? "created" : status)}'")
        );
    }

    [Fact]
    public async Task A_run_that_changes_again_and_again_is_cancelled_under_its_lock()
    {
        await OpenAsync("U1");
        await ExecuteAsync(
            """
            CREATE SEQUENCE tries;
            CREATE OR REPLACE FUNCTION require_unchanged(unchanged BOOLEAN) RETURNS VOID LANGUAGE plpgsql AS $$
            BEGIN
                IF unchanged IS NOT TRUE OR nextval('tries') <= 3 THEN RAISE EXCEPTION 'changed' USING ERRCODE = 'CB001'; END IF;
            END
            $$;
            """
        );

        var cancelled = await Runs.CancelInChannelAsync(Channel, "U1", null, Cancellation);

        Assert.Equal((CloseOutcome.Closed, RunStatus.Cancelled), (cancelled.Outcome, cancelled.Run!.Status));
        Assert.Equal(4, await Database.RunAsync(ReadTriesAsync, Cancellation));
    }

    private static async Task<long> ReadTriesAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("SELECT last_value FROM tries", connection);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    private RequestClaim Request(string? id = null) =>
        new(id ?? $"request:{Guid.NewGuid()}", Now, Now + TimeSpan.FromMinutes(11));

    private async Task DoAsync(string command, RequestClaim once)
    {
        switch (command)
        {
            case "/coffee":
                await _runs.OpenOrJoinAsync(new(Workspace, Channel, "U1", "Ada", Once: once), Cancellation);
                break;
            case "/coffee away":
                await _users.SetAwayAsync("U1", "Ada", away: true, Now, Cancellation, once);
                break;
            case "/coffee-history":
                Assert.Single(await _runs.HistoryAsync(Channel, 10, Cancellation, once));
                break;
            case "/coffee-cancel":
                var result = await _runs.CancelInChannelAsync(Channel, "U1", null, Cancellation, once: once);
                Assert.Equal(CloseOutcome.Closed, result.Outcome);
                Assert.Single(result.Events);
                break;
        }
    }

    /// <summary>Counts of all rows that a command may write.</summary>
    private async Task<IReadOnlyList<long>> StoredAsync()
    {
        List<long> counts = [];
        foreach (var table in (string[])["users", "coffee_runs", "audit_log", "outbox", "processed_events"])
            counts.Add(await CountAsync(table));
        return counts;
    }
}
