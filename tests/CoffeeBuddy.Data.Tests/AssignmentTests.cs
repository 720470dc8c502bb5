using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Outbox;

namespace CoffeeBuddy.Data.Tests;

public sealed class AssignmentTests(PostgresServer server) : DatabaseTest(server)
{
    [Fact]
    public async Task The_third_order_makes_the_assignment_due()
    {
        var run = await OpenWithOrdersAsync(Channel, "U1", "U2");
        Assert.False((await AssignAsync(run)).Assigned);
        Assert.Empty(await Sweeps.RunsDueForAssignmentAsync(10, Cancellation));
        await OrderAsync(run, "U3");
        Assert.Equal([(run.RunId, run.WorkspaceId)], await Sweeps.RunsDueForAssignmentAsync(10, Cancellation));

        var result = await AssignAsync(run);

        Assert.True(result.Assigned);
        Assert.Equal(result.Run, await ReadAsync(run));
        Assert.Contains(result.Run!.RunnerUserId, new[] { "U1", "U2", "U3" });
        Assert.Equal((Now, 5), (result.Run.AssignedAt, result.Run.Version));
        Assert.Contains("0 runs in 30 days", result.Run.AssignmentReason, StringComparison.Ordinal);
        var assigned = Assert.Single(result.Events);
        Assert.Equal((Topics.Assignments, EventTypes.RunnerAssigned), (assigned.Topic, assigned.EventType));
        Assert.Equal(result.Run.RunnerUserId, EventData.Parse(assigned.Data).RunnerUserId);
        Assert.Empty(await Sweeps.RunsDueForAssignmentAsync(10, Cancellation));
    }

    [Fact]
    public async Task At_the_deadline_one_order_is_enough()
    {
        var run = await OpenWithOrdersAsync(Channel, "U1");
        Time.Advance(Options.OrderWindow - TimeSpan.FromSeconds(1));
        Assert.False((await AssignAsync(run)).Assigned);
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([(run.RunId, run.WorkspaceId)], await Sweeps.RunsDueForAssignmentAsync(10, Cancellation));

        Assert.Equal("U1", (await AssignAsync(run)).Run!.RunnerUserId);
    }

    [Fact]
    public async Task Where_assignments_wait_for_the_deadline_three_orders_are_not_enough()
    {
        Options.AssignWhen = AssignWhen.Deadline;
        var run = await OpenWithOrdersAsync(Channel, "U1", "U2", "U3", "U4");

        Assert.False((await AssignAsync(run)).Assigned);
        Assert.Empty(await Sweeps.RunsDueForAssignmentAsync(10, Cancellation));
    }

    [Fact]
    public async Task A_run_that_is_not_there_is_not_assigned()
    {
        var result = await Runs.AssignIfDueAsync(Guid.NewGuid(), traceParent: null, Cancellation);

        Assert.Equal((false, null), (result.Assigned, result.Run));
    }

    [Fact]
    public async Task A_hundred_submissions_at_once_make_one_assignment_and_one_event()
    {
        var run = (await OpenAsync()).Run;

        var results = await AtOnceAsync(
            100,
            async index =>
            {
                await OrderAsync(run, $"U{index}");
                return await AssignAsync(run);
            }
        );

        Assert.Single(results, result => result.Assigned);
        Assert.Single(results.SelectMany(result => result.Events));
        Assert.Equal(1, await CountAsync("outbox WHERE event_type = 'coffee.runner.assigned'"));
        Assert.Equal(1, await CountAsync("audit_log WHERE event_type = 'runner_assigned'"));
        Assert.Equal(100, await CountAsync("orders"));
        var stored = await ReadAsync(run);
        Assert.Equal(1 + 100 + 1, stored.Version);
        Assert.All(
            results.Where(result => result.Run?.RunnerUserId is not null),
            result => Assert.Equal(stored.RunnerUserId, result.Run!.RunnerUserId)
        );
    }

    [Fact]
    public async Task Workers_that_assign_at_once_assign_once()
    {
        var run = await OpenWithOrdersAsync(Channel, "U1", "U2", "U3");
        var other = OtherRuns();

        var results = await AtOnceAsync(
            20,
            index => (index % 2 == 0 ? Runs : other).AssignIfDueAsync(run.RunId, null, Cancellation)
        );

        Assert.Single(results, result => result.Assigned);
        Assert.All(results, result => Assert.Equal(results[0].Run!.RunnerUserId, result.Run!.RunnerUserId));
    }

    [Fact]
    public async Task A_person_who_is_away_is_not_chosen()
    {
        await Users.SetAwayAsync("U1", null, away: true, Now, Cancellation);
        await Users.SetAwayAsync("U3", null, away: true, Now, Cancellation);
        var run = await AssignedAsync(Channel, "U1", "U2", "U3");

        Assert.Equal("U2", run.RunnerUserId);
        Assert.DoesNotContain("away", run.AssignmentReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_who_cannot_be_reached_is_not_chosen()
    {
        await Users.SaveProfileAsync("U1", "Ada", null, unreachable: "deactivated", Cancellation);
        await Users.SaveProfileAsync("U3", "Eve", null, unreachable: "cannot_dm_bot", Cancellation);

        Assert.Equal("U2", (await AssignedAsync(Channel, "U1", "U2", "U3")).RunnerUserId);
    }

    [Fact]
    public async Task When_nobody_can_be_reached_one_of_them_goes_all_the_same()
    {
        await Users.SaveProfileAsync("U1", "Ada", null, unreachable: "bot", Cancellation);

        Assert.Equal("U1", (await AssignedAsync(Channel, "U1")).RunnerUserId);
    }

    [Fact]
    public async Task A_runner_who_cannot_be_told_is_replaced_once_by_the_next_fairest_and_the_reason_says_so()
    {
        var run = await AssignedAsync(Channel, "U1", "U2", "U3");
        var first = run.RunnerUserId!;

        var replaced = await Runs.ReplaceRunnerAsync(run.RunId, first, "user_disabled", null, Cancellation);
        var again = await Runs.ReplaceRunnerAsync(run.RunId, first, "user_disabled", null, Cancellation);

        Assert.Equal((true, false), (replaced.Assigned, again.Assigned));
        Assert.NotEqual(first, replaced.Run!.RunnerUserId);
        Assert.Contains("cannot get direct messages", replaced.Run.AssignmentReason, StringComparison.Ordinal);
        Assert.Single(replaced.Events);
        Assert.Equal(replaced.Run.RunnerUserId, again.Run!.RunnerUserId);
    }

    [Fact]
    public async Task The_reason_is_kept_in_parts_from_which_it_can_be_said_in_any_language()
    {
        var run = await AssignedAsync(Channel, "U1", "U2", "U3");
        var replaced = await Runs.ReplaceRunnerAsync(run.RunId, run.RunnerUserId!, "user_disabled", null, Cancellation);
        var declined = await Runs.StepBackAsync(run.RunId, replaced.Run!.RunnerUserId!, null, null, Cancellation);
        await Runs.AskToGoAsync(run.RunId, declined.Run!.RunnerUserId!, "U5", null, Cancellation);
        var tookOver = await Runs.AnswerRequestAsync(run.RunId, "U5", accepts: true, null, Cancellation);

        Assert.Equal(
            [
                (ReasonKind.Drawn, 3, null),
                (ReasonKind.Drawn, 2, RunnerBefore.Unreachable),
                (ReasonKind.OnlyOne, 1, RunnerBefore.Declined),
                (ReasonKind.TookOverWhenAsked, 0, null),
            ],
            new[] { run, replaced.Run, declined.Run, tookOver.Run! }.Select(after =>
            {
                var parts = after.AssignmentReasonParts!;
                Assert.Equal(after.AssignmentReason, parts.InEnglish());
                return (parts.Kind, parts.Candidates, parts.Before);
            })
        );
        Assert.Equal(tookOver.Run, await ReadAsync(run));
    }

    [Theory]
    [InlineData("assignment_reason = 'volunteered'")]
    [InlineData("assignment_reason = NULL")]
    [InlineData("assignment_reason_parts = jsonb_set(assignment_reason_parts, '{kind}', '\"Fortune\"')")]
    [InlineData("assignment_reason_parts = NULL")]
    public async Task Parts_of_another_reason_or_of_a_newer_worker_do_not_count(string stored)
    {
        var run = await AssignedAsync(Channel, "U1");
        Assert.NotNull(run.AssignmentReasonParts);

        await ExecuteAsync($"UPDATE coffee_runs SET {stored}");

        var now = await ReadAsync(run);
        Assert.Equal("U1", now.RunnerUserId);
        Assert.Null(now.AssignmentReasonParts);
    }

    [Fact]
    public async Task A_runner_who_cannot_be_told_stays_when_nobody_else_can_be_reached()
    {
        var run = await AssignedAsync(Channel, "U1");

        var result = await Runs.ReplaceRunnerAsync(run.RunId, "U1", "user_disabled", null, Cancellation);

        Assert.Equal((false, "U1"), (result.Assigned, result.Run!.RunnerUserId));
    }

    [Fact]
    public async Task When_all_are_away_one_of_them_goes_and_the_reason_says_so()
    {
        await Users.SetAwayAsync("U1", null, away: true, Now, Cancellation);
        var run = await AssignedAsync(Channel, "U1");

        Assert.Equal("U1", run.RunnerUserId);
        Assert.Contains("everybody who ordered is away", run.AssignmentReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_person_with_the_fewest_runs_in_thirty_days_is_chosen()
    {
        await MadeAsync("U1", daysAgo: 40);
        await MadeAsync("U1", daysAgo: 35);
        await MadeAsync("U2", daysAgo: 20);
        await MadeAsync("U3", daysAgo: 10, RunStatus.Active);

        var run = await AssignedAsync(Channel, "U1", "U2", "U3");

        Assert.Equal("U1", run.RunnerUserId);
        Assert.Equal("0 runs in 30 days, the fewest of 3", run.AssignmentReason);
    }

    [Fact]
    public async Task A_cancelled_run_was_not_made()
    {
        await MadeAsync("U1", daysAgo: 3, RunStatus.Cancelled);
        await MadeAsync("U1", daysAgo: 2, RunStatus.Cancelled);
        await MadeAsync("U2", daysAgo: 20);

        Assert.Equal("U1", (await AssignedAsync(Channel, "U1", "U2")).RunnerUserId);
    }

    [Fact]
    public async Task Among_equals_the_person_whose_last_run_is_longest_ago_is_chosen()
    {
        await MadeAsync("U1", daysAgo: 100);
        await MadeAsync("U2", daysAgo: 200);
        await MadeAsync("U3", daysAgo: 50);

        var run = await AssignedAsync(Channel, "U1", "U2", "U3");

        Assert.Equal("U2", run.RunnerUserId);
        Assert.Contains("longest since the last run", run.AssignmentReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_newcomer_waits_from_the_day_first_seen()
    {
        await MadeAsync("U1", daysAgo: 60);
        await SeenAsync("U2", daysAgo: 45);

        Assert.Equal("U1", (await AssignedAsync(Channel, "U1", "U2")).RunnerUserId);
    }

    [Fact]
    public async Task Among_equals_the_last_runner_of_the_channel_is_not_chosen_again()
    {
        await MadeAsync("U1", daysAgo: 5);
        await MadeAsync("U2", daysAgo: 5, channel: "C2");
        await MadeAsync("U9", daysAgo: 2, RunStatus.Cancelled);

        var run = await AssignedAsync(Channel, "U1", "U2");

        Assert.Equal("U2", run.RunnerUserId);
        Assert.Contains("not the last runner", run.AssignmentReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Weighted_by_participation_a_frequent_participant_is_chosen_before_a_rare_one()
    {
        Options.Fairness = FairnessStrategy.Weighted;
        var drinkers = await MadeAsync("U1", daysAgo: 9);
        await TookPartAsync(
            "U1",
            await MadeAsync("U9", daysAgo: 8),
            await MadeAsync("U9", daysAgo: 7),
            await MadeAsync("U9", daysAgo: 6)
        );
        await TookPartAsync("U1", drinkers);
        await MadeAsync("U2", daysAgo: 5);
        await TookPartAsync(
            "U2",
            await MadeAsync("U9", daysAgo: 4),
            await MadeAsync("U9", daysAgo: 3, RunStatus.Cancelled),
            await MadeAsync("U9", daysAgo: 50)
        );

        var run = await AssignedAsync(Channel, "U1", "U2");

        Assert.Equal("U1", run.RunnerUserId);
        Assert.Contains("1 run made of 4 taken part in", run.AssignmentReason, StringComparison.Ordinal);
    }

    /// <summary>A run of the past, as it would be stored.</summary>
    private async Task<Guid> MadeAsync(
        string runner,
        int daysAgo,
        RunStatus status = RunStatus.Completed,
        string channel = Channel
    )
    {
        var at = Now.AddDays(-daysAgo);
        await SeenAsync(runner, daysAgo: 300);
        var runId = Guid.CreateVersion7(at);
        var state = status.ToString().ToLowerInvariant();
        await ExecuteAsync(
            """
            INSERT INTO coffee_runs (run_id, workspace_id, channel_id, initiator_user_id, runner_user_id, status, created_at, first_order_at, deadline_at, assigned_at, changed_at, completed_at, cancelled_at)
            VALUES (@runId, @Workspace, @channel, @runner, @runner, @state::run_status, @at, @at, @at, @at, @at,
                CASE WHEN @state = 'completed' THEN @at END, CASE WHEN @state = 'cancelled' THEN @at END)
            """,
            new
            {
                runId,
                Workspace,
                channel = status == RunStatus.Active ? "C-still-active" : channel,
                runner,
                state,
                at,
            }
        );
        return runId;
    }

    private async Task TookPartAsync(string user, params Guid[] runs)
    {
        await SeenAsync(user, daysAgo: 300);
        foreach (var runId in runs)
        {
            await ExecuteAsync(
                """
                INSERT INTO orders (order_id, run_id, user_id, drink_type, size, customizations, created_at)
                SELECT gen_random_uuid(), run_id, @user, 'Tea', 'Small', '[]', created_at FROM coffee_runs WHERE run_id = @runId
                """,
                new { user, runId }
            );
        }
    }

    private Task SeenAsync(string user, int daysAgo) =>
        ExecuteAsync(
            "INSERT INTO users (user_id, created_at, updated_at) VALUES (@user, @at, @at) ON CONFLICT DO NOTHING",
            new { user, at = Now.AddDays(-daysAgo) }
        );
}
