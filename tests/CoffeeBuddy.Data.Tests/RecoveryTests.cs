using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Data.Outbox;
using CoffeeBuddy.Data.Recovery;
using CoffeeBuddy.Data.Runs;

namespace CoffeeBuddy.Data.Tests;

/// <summary>A database that was set back, and the events of its runs that Kafka still has.</summary>
public sealed class RecoveryTests(PostgresServer server) : DatabaseTest(server)
{
    private readonly List<KeptEvent> _kept = [];

    [Fact]
    public async Task A_run_that_was_opened_assigned_and_closed_since_the_backup_is_closed_with_its_runner()
    {
        var run = Lost();
        Keep(EventTypes.RunCancelled, run with { UserId = "U3" }, minutes: 5);
        Keep(EventTypes.RunnerAssigned, run with { UserId = null, RunnerUserId = "U2" }, minutes: 3);
        Keep(EventTypes.OrderPlaced, run with { UserId = "U2" }, minutes: 2);
        Keep(EventTypes.RunCreated, run with { UserId = "U1" }, minutes: 1);

        Assert.Equal(new Recovered(Created: 1, Assigned: 1, Closed: 1, Active: 0), await RecoverAsync());

        var recovered = (await Runs.GetAsync(run.RunId, Cancellation))!;
        Assert.Equal(
            (RunStatus.Cancelled, "U1", "U2", "U3"),
            (
                recovered.Run.Status,
                recovered.Run.InitiatorUserId,
                recovered.Run.RunnerUserId,
                recovered.Run.ClosedByUserId
            )
        );
        Assert.Equal(
            (Now.AddMinutes(1), Now.AddMinutes(3), Now.AddMinutes(5)),
            (recovered.Run.CreatedAt, recovered.Run.AssignedAt, recovered.Run.CancelledAt)
        );
        Assert.Empty(recovered.Orders);
    }

    [Fact]
    public async Task A_planned_run_of_the_backup_that_was_opened_since_is_not_opened_again()
    {
        var run = Lost();
        foreach (var (id, minutes) in ((Guid, int)[])[(run.RunId, 1), (Guid.NewGuid(), 2)])
            await Runs.PlanAsync(
                new(id, Workspace, null, run.ChannelId, null, "U1", null, Now.AddMinutes(minutes)),
                Cancellation
            );
        Keep(EventTypes.RunCreated, run with { UserId = "U1" }, minutes: 1);

        await RecoverAsync();

        Assert.Equal(
            [(run.RunId, "started")],
            await QueryAsync<(Guid, string)>("SELECT run_id, status FROM planned_runs WHERE status <> 'planned'")
        );
    }

    [Fact]
    public async Task The_last_runner_counts_and_an_event_from_before_the_backup_changes_nothing()
    {
        var run = (await Runs.OpenOrJoinAsync(new(Workspace, Channel, "U1"), Cancellation)).Run;
        foreach (var person in (string[])["U1", "U2", "U3"])
            await Runs.PlaceOrderAsync(new(run.RunId, person, null, Latte, Note: null, null), Cancellation);
        var runner = (await Runs.AssignIfDueAsync(run.RunId, null, Cancellation)).Run!.RunnerUserId;
        var data = new EventData(run.RunId, Workspace, Channel);
        Keep(EventTypes.RunnerAssigned, data with { RunnerUserId = "U8" }, minutes: -1);
        await RecoverAsync();
        Assert.Equal(runner, (await Runs.GetAsync(run.RunId, Cancellation))!.Run.RunnerUserId);

        Keep(EventTypes.RunnerAssigned, data with { RunnerUserId = "U7" }, minutes: 2);
        Keep(EventTypes.RunnerAssigned, data with { RunnerUserId = "U6" }, minutes: 1);
        await RecoverAsync();

        Assert.Equal("U7", (await Runs.GetAsync(run.RunId, Cancellation))!.Run.RunnerUserId);
    }

    [Fact]
    public async Task To_repeat_it_changes_no_run_again()
    {
        var run = Lost();
        Keep(EventTypes.RunCreated, run with { UserId = "U1" }, minutes: 1);
        Keep(EventTypes.RunnerAssigned, run with { RunnerUserId = "U2" }, minutes: 2);
        Assert.Equal(new Recovered(1, 1, 0, 1), await RecoverAsync());

        Assert.Equal(new Recovered(0, 0, 0, 1), await RecoverAsync());
    }

    [Fact]
    public async Task A_channel_with_an_active_run_gets_no_second_one()
    {
        await Runs.OpenOrJoinAsync(new(Workspace, Channel, "U1"), Cancellation);
        Keep(EventTypes.RunCreated, Lost() with { UserId = "U1" }, minutes: 1);

        Assert.Equal(new Recovered(0, 0, 0, 1), await RecoverAsync());
    }

    [Fact]
    public async Task A_message_that_Slack_may_show_is_searched_for_and_a_known_one_is_updated()
    {
        var run = (await Runs.OpenOrJoinAsync(new(Workspace, Channel, "U1"), Cancellation)).Run;
        var announcement = await ClaimAsync(run, MessageKinds.Announcement, "", run.Version);
        await Messages.CompleteAsync(announcement, Channel, "1.1", Cancellation);
        var backupAt = Now;

        await RecoverAsync();

        var now = (await Runs.GetAsync(run.RunId, Cancellation))!.Run;
        Assert.Equal(
            SlackMessageClaimState.Update,
            (await ClaimAsync(now, MessageKinds.Announcement, "", now.Version)).State
        );
        foreach (
            var (kind, recipient) in (IEnumerable<(string, string)>)
                [(MessageKinds.Summary, ""), (MessageKinds.Completion, ""), (MessageKinds.RunnerDm, "U1")]
        )
        {
            var claim = await ClaimAsync(now, kind, recipient, now.Version);
            Assert.Equal((SlackMessageClaimState.Post, backupAt), (claim.State, claim.AttemptedSince));
        }

        // Somebody who has no order in the backup is told as always.
        Assert.Null((await ClaimAsync(now, MessageKinds.Confirmation, "U1", 1)).AttemptedSince);
    }

    [Fact]
    public async Task An_order_that_the_backup_has_is_not_confirmed_again()
    {
        var run = (await Runs.OpenOrJoinAsync(new(Workspace, Channel, "U1"), Cancellation)).Run;
        await Runs.PlaceOrderAsync(new(run.RunId, "U1", null, Latte, Note: null, null), Cancellation);
        var first = await ClaimAsync(run, MessageKinds.Confirmation, "U1", Now.UtcTicks);
        await Messages.CompleteAsync(first, Channel, "1.1", Cancellation);
        Time.Advance(TimeSpan.FromSeconds(1));
        await Runs.PlaceOrderAsync(new(run.RunId, "U1", null, Tea, Note: null, null), Cancellation);

        await RecoverAsync();

        Assert.Equal(
            SlackMessageClaimState.UpToDate,
            (await ClaimAsync(run, MessageKinds.Confirmation, "U1", Now.UtcTicks)).State
        );
    }

    private static EventData Lost() => new(Guid.CreateVersion7(), Workspace, Channel);

    private void Keep(string type, EventData data, int minutes) => _kept.Add(new(type, Now.AddMinutes(minutes), data));

    private Task<Recovered> RecoverAsync() => new RecoveryStore(Database, Time).RecoverAsync(_kept, Now, Cancellation);

    private Task<SlackMessageClaim> ClaimAsync(CoffeeRun run, string kind, string recipient, long version) =>
        Messages.ClaimAsync(run.RunId, kind, recipient, version, Cancellation);
}
