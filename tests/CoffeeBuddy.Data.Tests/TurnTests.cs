using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Runs;
using Npgsql;

namespace CoffeeBuddy.Data.Tests;

/// <summary>Volunteers, runners who cannot go, and requests to take over.</summary>
public sealed class TurnTests(PostgresServer server) : DatabaseTest(server)
{
    [Fact]
    public async Task Of_volunteers_at_the_same_moment_one_goes_and_the_others_are_told_so()
    {
        var run = await OpenWithOrdersAsync(Channel, "U1");

        var results = await AtOnceAsync(
            6,
            index => Runs.VolunteerAsync(run.RunId, $"U{index}", displayName: null, traceParent: null, Cancellation)
        );

        Assert.Single(results, result => result.Outcome == TurnOutcome.Goes);
        Assert.Equal(5, results.Count(result => result.Outcome == TurnOutcome.HasRunner));
        var now = await ReadAsync(run);
        Assert.Equal(
            [now.RunnerUserId!],
            await QueryAsync<string>("SELECT runner_user_id FROM runner_assignments WHERE how = 'volunteered'")
        );
        Assert.Equal(now.Version, now.RunnerVersion);
        Assert.Equal(1, await CountAsync("audit_log WHERE event_type = 'runner_assigned'"));
        // Of the others nothing is stored.
        Assert.Equal(
            1,
            await CountAsync("users WHERE user_id NOT IN (SELECT runner_user_id FROM coffee_runs) OR user_id = 'U1'")
        );
        Time.Advance(Options.OrderWindow);
        Assert.False((await AssignAsync(run)).Assigned);
    }

    [Fact]
    public async Task The_next_fairest_is_chosen_with_numbers_of_everybody_and_a_decliner_is_not_chosen_again()
    {
        var run = await AssignedAsync(Channel, "U1", "U2", "U3");
        var first = run.RunnerUserId!;

        var second = await StepBackAsync(run, first, "a meeting");
        Time.Advance(TimeSpan.FromSeconds(1));
        var third = await StepBackAsync(run, second.Run!.RunnerUserId!, reason: null);

        Assert.Equal([TurnOutcome.Replaced, TurnOutcome.Replaced], [second.Outcome, third.Outcome]);
        Assert.Equal([EventTypes.RunnerAssigned], second.Events.Select(@event => @event.EventType));
        string[] chosen = [first, second.Run!.RunnerUserId!, third.Run!.RunnerUserId!];
        Assert.Equal(["U1", "U2", "U3"], chosen.Order());
        Assert.EndsWith("the person chosen before cannot go", third.Run.AssignmentReason, StringComparison.Ordinal);
        var details = (await Runs.GetAsync(run.RunId, Cancellation))!;
        Assert.Equal(
            [(first, "a meeting"), (chosen[1], null)],
            details.Declines.Select(decline => (decline.UserId, decline.Reason))
        );
        var stored = (await Runs.AssignmentsAsync(run.RunId, Cancellation))[0];
        Assert.Equal((third.Run.RunnerVersion, chosen[2]), (stored.Version, stored.RunnerUserId));
        Assert.Equal(
            ["cannot go", "cannot go", null],
            chosen.Select(person => stored.Reckoning!.People.Single(known => known.UserId == person).WhyNot)
        );
        Assert.Equal(TurnOutcome.AlreadyDeclined, (await StepBackAsync(run, first, "again")).Outcome);
    }

    [Fact]
    public async Task When_everybody_has_declined_nobody_goes_until_somebody_volunteers_or_another_orders()
    {
        var run = await AssignedAsync(Channel, "U1", "U2");
        await StepBackAsync(run, run.RunnerUserId!);

        var result = await StepBackAsync(run, (await ReadAsync(run)).RunnerUserId!);

        Assert.Equal((TurnOutcome.Undecided, null), (result.Outcome, result.Run!.RunnerUserId));
        Assert.Equal([EventTypes.RunnerAssigned], result.Events.Select(@event => @event.EventType));
        Assert.NotNull(result.Run.UndecidedSince);
        Assert.Empty(await Sweeps.RunsDueForAssignmentAsync(10, Cancellation));
        // One of them orders something else: still nobody.
        Time.Advance(TimeSpan.FromMinutes(1));
        await OrderAsync(run, "U1", Tea);
        Assert.False((await AssignAsync(run)).Assigned);
        Assert.NotNull((await ReadAsync(run)).UndecidedSince);
        // Somebody new orders.
        await OrderAsync(run, "U3");
        Assert.Equal("U3", (await AssignAsync(run)).Run!.RunnerUserId);

        await StepBackAsync(run, "U3");
        var volunteer = await Runs.VolunteerAsync(run.RunId, "U1", displayName: null, traceParent: null, Cancellation);

        Assert.Equal((TurnOutcome.Goes, "U1"), (volunteer.Outcome, volunteer.Run!.RunnerUserId));
        Assert.Null(volunteer.Run.UndecidedSince);
    }

    [Fact]
    public async Task A_run_for_which_nobody_can_go_is_cancelled_after_the_time_of_a_forgotten_one()
    {
        var run = await AssignedAsync(Channel, "U1");
        Time.Advance(TimeSpan.FromMinutes(1));
        await StepBackAsync(run, "U1");
        Time.Advance(Options.ForgottenRunTimeout - TimeSpan.FromSeconds(1));
        Assert.Empty(await Sweeps.CancelUndecidedRunsAsync(10, Cancellation));
        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Single(await Sweeps.CancelUndecidedRunsAsync(10, Cancellation));

        var over = await ReadAsync(run);
        Assert.Equal((RunStatus.Cancelled, true), (over.Status, over.IsClosedBySystem));
        Assert.Equal(1, await CountAsync("audit_log WHERE payload->>'reason' = 'nobody can go'"));
    }

    [Fact]
    public async Task Of_the_clicks_of_two_who_were_asked_one_takes_over_and_the_other_request_lapses()
    {
        var run = await AssignedAsync(Channel, "U1");
        Assert.Equal(TurnOutcome.Asked, (await AskAsync(run, "U1", "U5")).Outcome);
        // Asking somebody else ends the first request.
        Assert.Equal(TurnOutcome.Asked, (await AskAsync(run, "U1", "U6")).Outcome);
        Assert.Equal(TurnOutcome.Unchanged, (await AskAsync(run, "U1", "U6")).Outcome);

        var results = await AtOnceAsync(
            4,
            index =>
                Runs.AnswerRequestAsync(
                    run.RunId,
                    index % 2 == 0 ? "U5" : "U6",
                    accepts: true,
                    traceParent: null,
                    Cancellation
                )
        );

        Assert.Single(results, result => result.Outcome == TurnOutcome.Goes);
        Assert.Equal("U6", (await ReadAsync(run)).RunnerUserId);
        Assert.Equal(
            [("U5", TakeOverAnswer.Lapsed), ("U6", TakeOverAnswer.Accepted)],
            (await Runs.GetAsync(run.RunId, Cancellation))!.Requests.Select(request =>
                (request.UserId, request.Answer!.Value)
            )
        );
        Assert.Equal(TurnOutcome.NotRunner, (await AskAsync(run, "U1", "U7")).Outcome);
    }

    [Fact]
    public async Task Who_has_said_no_or_cannot_go_is_not_asked_again()
    {
        var run = await AssignedAsync(Channel, "U1", "U2");
        var (runner, other) = run.RunnerUserId == "U1" ? ("U1", "U2") : ("U2", "U1");
        await AskAsync(run, runner, "U5");
        Assert.Equal(TurnOutcome.Refused, (await AnswerAsync(run, "U5", accepts: false)).Outcome);
        Assert.Equal(TurnOutcome.AlreadyDeclined, (await AskAsync(run, runner, "U5")).Outcome);
        Assert.Equal(TurnOutcome.AlreadyDeclined, (await AnswerAsync(run, "U5", accepts: false)).Outcome);

        await StepBackAsync(run, runner);

        Assert.Equal(TurnOutcome.AlreadyDeclined, (await AskAsync(run, other, runner)).Outcome);
        Assert.Equal(TurnOutcome.NotAsked, (await AnswerAsync(run, "U9", accepts: true)).Outcome);
        Assert.Equal(other, (await ReadAsync(run)).RunnerUserId);
    }

    [Fact]
    public async Task A_latecomer_is_asked_only_if_they_would_have_been_the_fairer_choice_by_the_numbers_of_then()
    {
        // U1 has made a run.
        var past = await AssignedAsync("C0PAST", "U1");
        await Runs.CompleteAsync(past.RunId, "U1", traceParent: null, Cancellation);
        var run = await AssignedAsync(Channel, "U1");
        Time.Advance(TimeSpan.FromMinutes(1));
        await OrderAsync(run, "U2");

        var asked = await Runs.AskFairerAsync(run.RunId, traceParent: null, Cancellation);
        Assert.Equal(TurnOutcome.Asked, asked.Outcome);
        Assert.Equal(
            TurnOutcome.Unchanged,
            (await Runs.AskFairerAsync(run.RunId, traceParent: null, Cancellation)).Outcome
        );

        var request = Assert.Single((await Runs.GetAsync(run.RunId, Cancellation))!.Requests);
        Assert.Equal(("U2", null), (request.UserId, request.AskedByUserId));
        Assert.Equal(
            (("U2", 0), ("U1", 1)),
            (
                (request.Comparison!.Asked.UserId, request.Comparison.Asked.RunsMade),
                (request.Comparison.Runner.UserId, request.Comparison.Runner.RunsMade)
            )
        );
        await AnswerAsync(run, "U2", accepts: true);
        Assert.Equal("U2", (await ReadAsync(run)).RunnerUserId);

        // Somebody with as many runs who came later is not fairer.
        Time.Advance(TimeSpan.FromMinutes(1));
        await OrderAsync(run, "U3");
        Assert.Equal(
            TurnOutcome.Unchanged,
            (await Runs.AskFairerAsync(run.RunId, traceParent: null, Cancellation)).Outcome
        );
    }

    [Fact]
    public async Task Nothing_of_it_is_done_to_a_run_that_is_over()
    {
        var run = await AssignedAsync(Channel, "U1");
        await AskAsync(run, "U1", "U5");
        await Runs.CompleteAsync(run.RunId, "U1", traceParent: null, Cancellation);

        TurnOutcome[] outcomes =
        [
            (await Runs.VolunteerAsync(run.RunId, "U9", null, traceParent: null, Cancellation)).Outcome,
            (await StepBackAsync(run, "U1")).Outcome,
            (await AskAsync(run, "U1", "U6")).Outcome,
            (await AnswerAsync(run, "U5", accepts: true)).Outcome,
        ];

        Assert.All(outcomes, outcome => Assert.Equal(TurnOutcome.RunClosed, outcome));
        Assert.Equal("U1", (await ReadAsync(run)).RunnerUserId);
        Assert.Equal(0, await CountAsync("users WHERE user_id IN ('U6', 'U9')"));
    }

    [Fact]
    public async Task What_is_stored_about_turns_has_a_pseudonym_after_a_person_was_deleted()
    {
        var run = await AssignedAsync(Channel, "U1", "U2");
        await StepBackAsync(run, run.RunnerUserId!, "dentist");
        await AskAsync(run, (await ReadAsync(run)).RunnerUserId!, "U5");
        Assert.Null(await Users.DeleteAsync("U5", Cancellation));
        await Runs.CancelAsync(run.RunId, "U1", traceParent: null, Cancellation);

        foreach (var person in (string[])["U1", "U2", "U5"])
            Assert.NotNull(await Users.DeleteAsync(person, Cancellation));

        var rows = await QueryAsync<string>(
            """
            SELECT to_jsonb(d)::text FROM runner_declines d
            UNION ALL SELECT to_jsonb(q)::text FROM take_over_requests q
            UNION ALL SELECT to_jsonb(a)::text FROM runner_assignments a
            """
        );
        Assert.Equal(4, rows.Count);
        Assert.All(rows, row => Assert.DoesNotMatch("\"U[0-9]\"|dentist", row));
    }

    [Theory]
    [InlineData("UPDATE coffee_runs SET runner_version = version + 1", "coffee_runs_runner_changed_in_a_version")]
    [InlineData(
        "UPDATE take_over_requests SET answer = 'perhaps', answered_at = now()",
        "take_over_requests_answer_check"
    )]
    [InlineData("UPDATE take_over_requests SET answer = 'declined'", "take_over_requests_answer_has_time")]
    [InlineData("UPDATE take_over_requests SET asked_by_user_id = user_id", "take_over_requests_are_to_somebody_else")]
    [InlineData(
        "UPDATE take_over_requests SET asked_by_user_id = NULL",
        "take_over_requests_of_the_system_have_numbers"
    )]
    [InlineData("UPDATE runner_assignments SET reckoning = NULL", "runner_assignments_chosen_with_numbers")]
    public async Task The_schema_refuses_what_cannot_be(string sql, string constraint)
    {
        var run = await AssignedAsync(Channel, "U1");
        await AskAsync(run, "U1", "U5");

        var refused = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(sql));

        Assert.Equal(constraint, refused.ConstraintName);
    }

    private Task<TurnResult> StepBackAsync(CoffeeRun run, string user, string? reason = null) =>
        Runs.StepBackAsync(run.RunId, user, reason, traceParent: null, Cancellation);

    private Task<TurnResult> AskAsync(CoffeeRun run, string user, string asked) =>
        Runs.AskToGoAsync(run.RunId, user, asked, traceParent: null, Cancellation);

    private Task<TurnResult> AnswerAsync(CoffeeRun run, string user, bool accepts) =>
        Runs.AnswerRequestAsync(run.RunId, user, accepts, traceParent: null, Cancellation);
}
