using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Outbox;
using CoffeeBuddy.Data.Runs;

namespace CoffeeBuddy.Data.Tests;

public sealed class CloseTests(PostgresServer server) : DatabaseTest(server)
{
    [Fact]
    public async Task The_runner_completes_the_run()
    {
        var run = await AssignedAsync(Channel, "U1");
        Time.Advance(TimeSpan.FromMinutes(10));

        var result = await Runs.CompleteAsync(run.RunId, "U1", "00-trace", Cancellation);

        Assert.Equal(CloseOutcome.Closed, result.Outcome);
        Assert.Equal(
            (RunStatus.Completed, Now, "U1", run.Version + 1),
            (result.Run!.Status, result.Run.CompletedAt, result.Run.ClosedByUserId, result.Run.Version)
        );
        Assert.Equal(await ReadAsync(run), result.Run);
        var completed = Assert.Single(result.Events);
        Assert.Equal(
            (Topics.Completions, EventTypes.RunCompleted, "00-trace"),
            (completed.Topic, completed.EventType, completed.TraceParent)
        );
        Assert.Equal(new EventData(run.RunId, Workspace, Channel, "U1", null, "U1"), EventData.Parse(completed.Data));
    }

    [Fact]
    public async Task Another_person_may_not_complete_it()
    {
        var run = await AssignedAsync(Channel, "U1");

        var result = await Runs.CompleteAsync(run.RunId, "U2", null, Cancellation);

        Assert.Equal(CloseOutcome.NotAllowed, result.Outcome);
        Assert.Empty(result.Events);
        Assert.Equal(run, await ReadAsync(run));
    }

    [Fact]
    public async Task An_admin_may_complete_any_run_and_the_audit_says_so()
    {
        var run = await AssignedAsync(Channel, "U1");

        var result = await Runs.CompleteAsync(run.RunId, "U-boss", null, Cancellation, isAdmin: true);

        Assert.Equal((CloseOutcome.Closed, "U-boss"), (result.Outcome, result.Run!.ClosedByUserId));
        Assert.Equal(
            ["U-boss"],
            await QueryAsync<string>(
                "SELECT user_id FROM audit_log WHERE event_type = 'run_completed' AND (payload ->> 'as_admin')::bool"
            )
        );
    }

    [Fact]
    public async Task A_person_is_not_an_admin_by_their_id_alone()
    {
        Options.Admins.Add("U-boss");
        var run = await AssignedAsync(Channel, "U1");

        Assert.Equal(
            CloseOutcome.NotAllowed,
            (await Runs.CompleteAsync(run.RunId, "U-boss", null, Cancellation)).Outcome
        );
        Assert.Equal(
            CloseOutcome.NotAllowed,
            (await Runs.CancelInChannelAsync(Channel, "U-boss", null, Cancellation)).Outcome
        );
        Assert.Equal(run, await ReadAsync(run));
    }

    [Fact]
    public async Task Twenty_clicks_at_once_complete_a_run_once()
    {
        var run = await AssignedAsync(Channel, "U1");

        var results = await AtOnceAsync(20, _ => Runs.CompleteAsync(run.RunId, "U1", null, Cancellation));

        Assert.Single(results, result => result.Outcome == CloseOutcome.Closed);
        Assert.Equal(19, results.Count(result => result.Outcome == CloseOutcome.AlreadyCompleted));
        Assert.Equal(1, await CountAsync("outbox WHERE event_type = 'coffee.run.completed'"));
        Assert.Equal(1, await CountAsync("audit_log WHERE event_type = 'run_completed'"));
    }

    [Fact]
    public async Task A_run_completed_and_cancelled_at_once_is_one_of_both()
    {
        var run = await AssignedAsync(Channel, "U1");

        var results = await AtOnceAsync(
            20,
            index =>
                index % 2 == 0
                    ? Runs.CompleteAsync(run.RunId, "U1", null, Cancellation)
                    : Runs.CancelAsync(run.RunId, "U1", null, Cancellation)
        );

        var closed = Assert.Single(results, result => result.Outcome == CloseOutcome.Closed).Run!;
        Assert.Equal(closed, await ReadAsync(run));
        var expected =
            closed.Status == RunStatus.Completed ? CloseOutcome.AlreadyCompleted : CloseOutcome.AlreadyCancelled;
        Assert.Equal(19, results.Count(result => result.Outcome == expected));
    }

    [Theory]
    [InlineData("U1", CloseOutcome.Closed)] // The initiator.
    [InlineData("U2", CloseOutcome.Closed)] // The runner.
    [InlineData("U3", CloseOutcome.NotAllowed)]
    [InlineData("U-boss", CloseOutcome.Closed)]
    public async Task Initiator_runner_and_admin_may_cancel(string user, CloseOutcome expected)
    {
        await Users.SetAwayAsync("U1", null, away: true, Now, Cancellation);
        var run = await AssignedAsync(Channel, "U1", "U2");

        var result = await Runs.CancelAsync(run.RunId, user, null, Cancellation, isAdmin: user == "U-boss");

        Assert.Equal(expected, result.Outcome);
        Assert.Equal(
            expected == CloseOutcome.Closed ? RunStatus.Cancelled : RunStatus.Active,
            (await ReadAsync(run)).Status
        );
    }

    [Fact]
    public async Task An_admin_without_a_Slack_user_id_is_stored_by_subject_and_nobody_closes_a_run_without_rights()
    {
        var run = (await OpenAsync()).Run;

        var nobody = await Runs.CancelAsync(run.RunId, userId: null, null, Cancellation);
        var result = await Runs.CancelAsync(
            run.RunId,
            userId: null,
            null,
            Cancellation,
            isAdmin: true,
            subject: "office-manager"
        );

        Assert.Equal(CloseOutcome.NotAllowed, nobody.Outcome);
        Assert.Equal(
            (CloseOutcome.Closed, null, "office-manager", Now, false),
            (
                result.Outcome,
                result.Run!.ClosedByUserId,
                result.Run.ClosedBySubject,
                result.Run.CancelledAt,
                result.Run.IsClosedBySystem
            )
        );
        Assert.Equal(EventTypes.RunCancelled, Assert.Single(result.Events).EventType);
    }

    [Fact]
    public async Task The_active_run_of_a_channel_can_be_cancelled_without_its_id()
    {
        var run = (await OpenAsync("U1")).Run;
        var elsewhere = (await OpenAsync("U1", "C2")).Run;

        var result = await Runs.CancelInChannelAsync(Channel, "U1", null, Cancellation);
        var again = await Runs.CancelInChannelAsync(Channel, "U1", null, Cancellation);

        Assert.Equal((CloseOutcome.Closed, run.RunId), (result.Outcome, result.Run!.RunId));
        Assert.Equal((CloseOutcome.NotFound, null), (again.Outcome, again.Run));
        Assert.Equal(elsewhere, await ReadAsync(elsewhere));
    }

    [Fact]
    public async Task A_run_that_is_not_there_cannot_be_closed()
    {
        Assert.Equal(
            CloseOutcome.NotFound,
            (await Runs.CompleteAsync(Guid.NewGuid(), "U1", null, Cancellation)).Outcome
        );
        Assert.Equal(CloseOutcome.NotFound, (await Runs.CancelAsync(Guid.NewGuid(), "U1", null, Cancellation)).Outcome);
    }
}
