using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Outbox;
using CoffeeBuddy.Data.Runs;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CoffeeBuddy.Data.Tests;

public sealed class OpenOrJoinTests(PostgresServer server) : DatabaseTest(server)
{
    [Fact]
    public async Task The_first_in_a_channel_opens_a_run_and_becomes_its_initiator()
    {
        var opened = await Runs.OpenOrJoinAsync(
            new(Workspace, Channel, "U1", "Ada", TraceParent: "00-trace"),
            Cancellation
        );

        Assert.True(opened.Created);
        Assert.False(opened.Replayed);
        Assert.Equal(await ReadAsync(opened.Run), opened.Run);
        Assert.Equal(
            new CoffeeRun
            {
                RunId = opened.Run.RunId,
                WorkspaceId = Workspace,
                ChannelId = Channel,
                InitiatorUserId = "U1",
                Status = RunStatus.Active,
                CreatedAt = Now,
                Version = 1,
            },
            opened.Run
        );
        Assert.Null(opened.OwnOrder);
        Assert.Empty(opened.LastDrinks);
        Assert.Equal("Ada", (await Users.GetAsync("U1", Cancellation))!.DisplayName);
        var created = Assert.Single(opened.Events);
        Assert.Equal(
            (Topics.Orders, EventTypes.RunCreated, opened.Run.RunId.ToString(), "00-trace"),
            (created.Topic, created.EventType, created.Key, created.TraceParent)
        );
        Assert.Equal(new EventData(opened.Run.RunId, Workspace, Channel, "U1"), EventData.Parse(created.Data));
        Assert.True(created.OutboxId > 0);
    }

    [Fact]
    public async Task The_next_joins_it_and_sees_their_own_order_and_last_drinks()
    {
        var earlier = await OpenWithOrdersAsync("C2", "U2");
        Time.Advance(TimeSpan.FromMinutes(1));
        var run = (await OpenAsync("U1")).Run;
        await OrderAsync(run, "U2", Espresso, "hot");

        var joined = await OpenAsync("U2");

        Assert.False(joined.Created);
        Assert.Empty(joined.Events);
        Assert.Equal(run.RunId, joined.Run.RunId);
        Assert.NotEqual(earlier.RunId, joined.Run.RunId);
        Assert.Equal((Espresso, "hot"), (joined.OwnOrder!.Drink, joined.OwnOrder.Note));
        Assert.Equal([Espresso, Latte], joined.LastDrinks);
        Assert.Equal(2, await CountAsync("audit_log WHERE event_type = 'run_created'"));
    }

    [Fact]
    public async Task Fifty_at_once_get_one_run()
    {
        var opened = await AtOnceAsync(50, index => OpenAsync($"U{index}"));

        Assert.Single(opened, one => one.Created);
        Assert.Single(opened.Select(one => one.Run.RunId).Distinct());
        Assert.Single(opened.SelectMany(one => one.Events));
        Assert.Equal(1, await CountAsync("coffee_runs"));
        Assert.Equal(1, await CountAsync("outbox"));
        Assert.Equal(1, await CountAsync("audit_log"));
        Assert.Equal(50, await CountAsync("users"));
    }

    [Fact]
    public async Task Fifty_at_once_get_one_run_in_a_channel_that_ten_workspaces_share()
    {
        var opened = await AtOnceAsync(
            50,
            index =>
                Runs.OpenOrJoinAsync(new($"T{index % 10}", Channel, $"U{index}", null, TraceParent: null), Cancellation)
        );

        var run = Assert.Single(opened, one => one.Created).Run;
        Assert.All(opened, one => Assert.Equal(run, one.Run));
        Assert.Equal(1, await CountAsync("coffee_runs"));
        Assert.Equal(1, await CountAsync("outbox"));
    }

    [Fact]
    public async Task The_first_of_two_active_runs_of_an_older_version_is_joined_and_cancelled_first()
    {
        var first = (await OpenAsync()).Run;
        var second = Guid.NewGuid();
        await ExecuteAsync(
            """
            INSERT INTO coffee_runs (run_id, workspace_id, channel_id, initiator_user_id, created_at, changed_at)
            VALUES (@second, 'T2', @Channel, 'U1', @later, @later)
            """,
            new
            {
                second,
                Channel,
                later = Now.AddSeconds(1),
            }
        );

        Assert.Equal(
            first.RunId,
            (await Runs.OpenOrJoinAsync(new("T2", Channel, "U1", null, TraceParent: null), Cancellation)).Run.RunId
        );
        Assert.Equal(first.RunId, (await Runs.CancelInChannelAsync(Channel, "U1", null, Cancellation)).Run!.RunId);
        Assert.Equal(second, (await OpenAsync()).Run.RunId);
        Assert.Equal(second, (await Runs.CancelInChannelAsync(Channel, "U1", null, Cancellation)).Run!.RunId);
        Assert.True((await OpenAsync()).Created);
    }

    [Fact]
    public async Task A_person_who_joins_while_the_run_is_closed_gets_a_new_run()
    {
        var opened = await AtOnceAsync(
            60,
            async index =>
            {
                var one = await OpenAsync($"U{index % 7}");
                await Runs.CancelAsync(one.Run.RunId, userId: null, traceParent: null, Cancellation, isAdmin: true);
                return one;
            }
        );

        Assert.Equal(opened.Count(one => one.Created), await CountAsync("coffee_runs"));
        Assert.Equal(
            await CountAsync("coffee_runs"),
            await CountAsync("outbox WHERE event_type = 'coffee.run.created'")
        );
    }

    [Fact]
    public async Task A_closed_run_makes_room_for_a_new_one()
    {
        var first = (await OpenAsync()).Run;
        await Runs.CancelAsync(first.RunId, "U1", traceParent: null, Cancellation);

        var second = await OpenAsync();

        Assert.True(second.Created);
        Assert.NotEqual(first.RunId, second.Run.RunId);
    }

    [Fact]
    public async Task A_name_that_is_not_known_keeps_the_stored_one()
    {
        await OpenAsync("U1", name: "Ada");
        await OpenAsync("U1", name: null);

        Assert.Equal("Ada", (await Users.GetAsync("U1", Cancellation))!.DisplayName);
    }

    [Fact]
    public async Task Nothing_of_it_is_stored_when_a_part_of_it_fails()
    {
        await BreakAsync("outbox");

        await Assert.ThrowsAsync<PostgresException>(() => OpenAsync());

        Assert.Equal(0, await CountAsync("coffee_runs") + await CountAsync("audit_log") + await CountAsync("users"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Opening_or_joining_takes_one_round_trip(bool joins)
    {
        await using var relay = new CountingRelay(new NpgsqlConnectionStringBuilder(ConnectionString).Port);
        var far = Connect(new NpgsqlConnectionStringBuilder(ConnectionString) { Port = relay.Port }.ConnectionString);
        var runs = new RunStore(far, Time, Microsoft.Extensions.Options.Options.Create(Options));
        await runs.OpenOrJoinAsync(new(Workspace, "C9", "U1", "Ada", null), Cancellation); // Connects.
        if (joins)
            await OpenAsync("U2");
        relay.Reset();

        var opened = await runs.OpenOrJoinAsync(new(Workspace, Channel, "U1", "Ada", null), Cancellation);

        Assert.Equal(!joins, opened.Created);
        Assert.Equal(1, relay.RoundTrips);
        await runs.GetAsync(opened.Run.RunId, Cancellation);
        Assert.Equal(2, relay.RoundTrips);
    }
}
