using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Inbox;
using CoffeeBuddy.Data.Runs;
using Npgsql;

namespace CoffeeBuddy.Data.Tests;

/// <summary>Runs that are opened later.</summary>
public sealed class PlannedRunTests(PostgresServer server) : DatabaseTest(server)
{
    [Fact]
    public async Task A_channel_has_one_planned_run_at_a_time_and_a_person_as_many_as_the_limit()
    {
        var planned = await PlanAsync("U1");
        Assert.Equal(PlanOutcome.Planned, planned.Outcome);

        var second = await PlanAsync("U2");
        Assert.Equal((PlanOutcome.AlreadyPlanned, planned.Planned), (second.Outcome, second.Planned));
        Assert.Equal(PlanOutcome.Planned, (await PlanAsync("U2", minutes: 31)).Outcome);
        RequestClaim Once() => new("request", Now, Now.AddMinutes(11));
        Assert.Equal(PlanOutcome.Planned, (await PlanAsync("U1", "C2", once: Once())).Outcome);
        await Runs.CancelPlannedAsync(
            (await Runs.PlannedOfAsync("U1", "C2", Cancellation))[0].RunId,
            "U1",
            Cancellation
        );
        await Assert.ThrowsAsync<RepeatedRequestException>(() => PlanAsync("U1", "C2", once: Once()));

        var outcomes = await AtOnceAsync(8, index => PlanAsync("U1", $"C{3 + index}"));

        Assert.Equal(Options.MaxPlannedRuns - 1, outcomes.Count(result => result.Outcome == PlanOutcome.Planned));
        Assert.All(
            outcomes.Where(result => result.Outcome != PlanOutcome.Planned),
            result => Assert.Equal(PlanOutcome.TooMany, result.Outcome)
        );
        Assert.Equal(Options.MaxPlannedRuns, (await Runs.PlannedOfAsync("U1", channelId: null, Cancellation)).Count);
        Assert.Equal(
            [("planned_run_cancelled", "C2"), ("run_planned", "C1"), ("run_planned", "C2")],
            await QueryAsync<(string, string)>(
                "SELECT event_type, payload->>'channel_id' FROM audit_log WHERE user_id = 'U1' AND payload->>'channel_id' IN ('C1', 'C2') ORDER BY 1, 2"
            )
        );
    }

    [Fact]
    public async Task A_planned_run_that_is_due_is_opened_once_however_many_replicas_try()
    {
        var planned = (await PlanAsync("U1")).Planned!;
        Assert.Empty(await Runs.DuePlannedAsync(10, Cancellation));
        Time.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal([planned], await Runs.DuePlannedAsync(10, Cancellation));

        var results = await AtOnceAsync(4, _ => TryStartAsync(planned));

        var opened = Assert.Single(results.OfType<OpenedRun>());
        Assert.True(opened.Created);
        Assert.Equal((planned.RunId, "U1"), (opened.Run.RunId, opened.Run.InitiatorUserId));
        Assert.Equal("coffee.run.created", Assert.Single(opened.Events).EventType);
        Assert.Equal(1, await CountAsync("audit_log WHERE event_type = 'run_created'"));
        Assert.Equal(1, await CountAsync("planned_runs WHERE status = 'started' AND ended_at IS NOT NULL"));
        Assert.Empty(await Runs.DuePlannedAsync(10, Cancellation));
        Assert.Empty(await Runs.UntoldPlannedAsync(10, Cancellation));
        var late = await Runs.CancelPlannedAsync(planned.RunId, "U1", Cancellation);
        Assert.Equal((PlanOutcome.AlreadyEnded, PlannedRunStatus.Started), (late.Outcome, late.Planned!.Status));
    }

    [Fact]
    public async Task A_planned_run_whose_run_is_not_stored_stays_planned()
    {
        var planned = (await PlanAsync("U1")).Planned!;
        Time.Advance(TimeSpan.FromMinutes(30));
        await BreakAsync("outbox");

        await Assert.ThrowsAsync<PostgresException>(() => StartAsync(planned));

        Assert.Equal(0, await CountAsync("coffee_runs"));
        Assert.Equal([planned], await Runs.DuePlannedAsync(10, Cancellation));
    }

    [Fact]
    public async Task A_run_that_cannot_be_opened_is_dropped_and_the_person_is_told_once()
    {
        var active = (await OpenAsync("U2")).Run;
        Options.MaxActiveRuns = 1;
        var first = (await PlanAsync("U1")).Planned!;
        var second = (await PlanAsync("U2", "C2")).Planned!;
        var third = (await PlanAsync("U3", "C3")).Planned!;
        Time.Advance(TimeSpan.FromMinutes(30));

        var joined = await StartAsync(first);
        Assert.Equal((false, active.RunId), (joined.Created, joined.Run.RunId));
        Assert.Empty(joined.Events);
        await Assert.ThrowsAsync<ActiveRunLimitException>(() => StartAsync(second));
        await Runs.DropPlannedAsync(third.RunId, DropReason.NotMember, Cancellation);
        await Runs.DropPlannedAsync(third.RunId, DropReason.Late, Cancellation);

        Assert.Equal(1, await CountAsync("coffee_runs"));
        Assert.Equal(
            [
                (first.RunId, DropReason.ActiveRun),
                (second.RunId, DropReason.TooManyRuns),
                (third.RunId, DropReason.NotMember),
            ],
            (await Runs.UntoldPlannedAsync(10, Cancellation))
                .OrderBy(planned => planned.ChannelId)
                .Select(planned => (planned.RunId, planned.DropReason!.Value))
        );
        Assert.Equal(
            ["active_run", "not_member", "too_many_runs"],
            await QueryAsync<string>(
                "SELECT payload->>'reason' FROM audit_log WHERE event_type = 'planned_run_dropped' ORDER BY 1"
            )
        );
        foreach (var planned in (PlannedRun[])[first, second, third])
            await Runs.MarkPlannedToldAsync(planned.RunId, Cancellation);
        Assert.Empty(await Runs.UntoldPlannedAsync(10, Cancellation));
        await Assert.ThrowsAsync<PlannedRunEndedException>(() => StartAsync(first));
    }

    [Fact]
    public async Task Only_who_planned_a_run_cancels_it_and_then_it_is_never_opened()
    {
        var planned = (await PlanAsync("U1")).Planned!;
        Assert.Equal(
            PlanOutcome.NotAllowed,
            (await Runs.CancelPlannedAsync(planned.RunId, "U2", Cancellation)).Outcome
        );
        Assert.Equal(PlanOutcome.NotFound, (await Runs.CancelPlannedAsync(Guid.NewGuid(), "U1", Cancellation)).Outcome);
        Time.Advance(TimeSpan.FromMinutes(30));

        // At the same moment: one of the two counts.
        var cancelling = Runs.CancelPlannedAsync(planned.RunId, "U1", Cancellation);
        var started = await TryStartAsync(planned);
        var cancelled = (await cancelling).Outcome == PlanOutcome.Cancelled;

        Assert.Equal(cancelled, started is null);
        Assert.Equal(cancelled ? 0 : 1, await CountAsync("coffee_runs"));
        Assert.Equal(1, await CountAsync($"planned_runs WHERE status = '{(cancelled ? "cancelled" : "started")}'"));
        var again = (await PlanAsync("U1", "C2", minutes: 60)).Planned!;
        await Runs.CancelPlannedAsync(again.RunId, "U1", Cancellation);
        Assert.Null(await TryStartAsync(again));
    }

    [Fact]
    public async Task What_has_ended_is_deleted_after_a_day_and_everything_with_its_person()
    {
        var ended = (await PlanAsync("U1")).Planned!;
        await Runs.CancelPlannedAsync(ended.RunId, "U1", Cancellation);
        await PlanAsync("U1", "C2");
        await Sweeps.DeleteExpiredAsync(Cancellation);
        Assert.Equal(2, await CountAsync("planned_runs"));

        Time.Advance(TimeSpan.FromDays(1.1));
        await Sweeps.DeleteExpiredAsync(Cancellation);
        Assert.Equal(["C2"], await QueryAsync<string>("SELECT channel_id FROM planned_runs"));

        await QueryAsync<bool>("SELECT delete_person('U1', 'deleted-0123456789abcdef', 'admin')");
        Assert.Equal(0, await CountAsync("planned_runs"));
        Assert.Equal(0, await CountAsync("audit_log WHERE user_id = 'U1' OR payload::text LIKE '%U1%'"));
    }

    private Task<PlanResult> PlanAsync(
        string user,
        string channel = Channel,
        int minutes = 30,
        RequestClaim? once = null
    ) =>
        Runs.PlanAsync(
            new(
                Guid.CreateVersion7(Now),
                Workspace,
                EnterpriseId: null,
                channel,
                ChannelName: "coffee",
                user,
                DisplayName: null,
                Now.AddMinutes(minutes),
                once
            ),
            Cancellation
        );

    private Task<OpenedRun> StartAsync(PlannedRun planned) =>
        Runs.OpenOrJoinAsync(
            new(planned.WorkspaceId, planned.ChannelId, planned.InitiatorUserId, PlannedRunId: planned.RunId),
            Cancellation
        );

    /// <returns>Null when it was started, cancelled or dropped before.</returns>
    private async Task<OpenedRun?> TryStartAsync(PlannedRun planned)
    {
        try
        {
            return await StartAsync(planned);
        }
        catch (PlannedRunEndedException)
        {
            return null;
        }
    }
}
