namespace CoffeeBuddy.Functions.Tests;

/// <summary>Completing and cancelling: who is allowed to, and what a repetition does.</summary>
public sealed class CloseRunTests(ApiOffice office) : IAsyncLifetime
{
    private readonly string _initiator = ApiOffice.NewUser();
    private readonly string _runner = ApiOffice.NewUser();
    private readonly string _other = ApiOffice.NewUser();
    private string _run = "";

    public async ValueTask InitializeAsync()
    {
        _run = await office.Api.OpenRunAsync(office.Service(), _initiator);
        (await office.Api.OrderAsync(office.Service(), _run, _runner)).Is(201);
        await office.Rows.AssignAsync(_run, _runner);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task The_runner_completes_the_run_and_a_repetition_changes_nothing()
    {
        var first = (await office.Api.PatchAsync($"runs/{_run}/complete", office.Person(_runner))).Is(200);
        var second = (await office.Api.PatchAsync($"runs/{_run}/complete", office.Person(_runner))).Is(200);

        Assert.Equal(("completed", _runner), ((string?)first.Json["status"], (string?)first.Json["runner_user_id"]));
        Assert.NotNull(first.Json["completed_at"]);
        Assert.Equal(first.Json.ToJsonString(), second.Json.ToJsonString());
        Assert.Equal(
            "coffee.run.completed",
            Assert.Single(await office.Topics.ReadAsync("coffee.completions", _run, 1)).Headers["ce_type"]
        );
        Assert.Equal(
            1,
            await office.Rows.CountAsync(
                "coffee_runs WHERE run_id = @_run::uuid AND status = 'completed' AND completed_at IS NOT NULL",
                new { _run }
            )
        );
        Assert.Equal(
            1,
            await office.Rows.CountAsync(
                "audit_log WHERE run_id = @_run::uuid AND event_type = 'run_completed'",
                new { _run }
            )
        );
    }

    [Fact]
    public async Task The_initiator_cancels_the_run_and_a_repetition_changes_nothing()
    {
        var first = (await office.Api.PatchAsync($"runs/{_run}/cancel", office.Person(_initiator))).Is(200);
        var second = (await office.Api.PatchAsync($"runs/{_run}/cancel", office.Person(_initiator))).Is(200);

        Assert.Equal("cancelled", (string?)first.Json["status"]);
        Assert.Equal(first.Json.ToJsonString(), second.Json.ToJsonString());
        Assert.Equal(
            "coffee.run.cancelled",
            Assert.Single(await office.Topics.ReadAsync("coffee.completions", _run, 1)).Headers["ce_type"]
        );
    }

    [Fact]
    public async Task The_runner_can_cancel() =>
        (await office.Api.PatchAsync($"runs/{_run}/cancel", office.Person(_runner))).Is(200);

    [Theory]
    [InlineData("complete")]
    [InlineData("cancel")]
    public async Task Other_people_can_neither_complete_nor_cancel(string end)
    {
        (await office.Api.OrderAsync(office.Service(), _run, _other)).Is(201);

        var answer = await office.RefusesAsync(
            Function(end),
            403,
            () => office.Api.PatchAsync($"runs/{_run}/{end}", office.Person(_other))
        );

        answer.IsProblem(403, "Not allowed.", "The run's initiator, its runner and admins can do this.");
        Assert.Equal(
            "active",
            await office.Rows.GetAsync<string>(
                "SELECT status::text FROM coffee_runs WHERE run_id = @_run::uuid",
                new { _run }
            )
        );
    }

    [Fact]
    public async Task The_initiator_can_complete() =>
        (await office.Api.PatchAsync($"runs/{_run}/complete", office.Person(_initiator))).Is(200);

    [Fact]
    public async Task The_initiator_cannot_complete_a_run_without_a_runner()
    {
        var run = await office.Api.OpenRunAsync(office.Service(), _initiator);

        (await office.Api.PatchAsync($"runs/{run}/complete", office.Person(_initiator))).IsProblem(
            409,
            "The run has no runner yet."
        );
    }

    [Theory]
    [InlineData("complete")]
    [InlineData("cancel")]
    public async Task A_token_with_the_admin_scope_can_do_both_and_the_audit_notes_it(string end)
    {
        (await office.Api.PatchAsync($"runs/{_run}/{end}", office.Person(_other, "coffee.admin"))).Is(200);

        Assert.Equal(
            "true",
            await office.Rows.GetAsync<string>(
                "SELECT payload->>'as_admin' FROM audit_log WHERE run_id = @_run::uuid AND event_type IN ('run_completed', 'run_cancelled')",
                new { _run }
            )
        );
    }

    [Fact]
    public async Task A_service_acts_with_the_rights_of_the_person_it_names()
    {
        var refused = await office.Api.PatchAsync($"runs/{_run}/complete", office.Service(), new { user_id = _other });
        var answer = await office.Api.PatchAsync($"runs/{_run}/complete", office.Service(), new { user_id = _runner });

        refused.IsProblem(403, "Not allowed.");
        Assert.Equal("completed", (string?)answer.Is(200).Json["status"]);
    }

    [Theory]
    [InlineData("complete")]
    [InlineData("cancel")]
    public async Task A_service_that_names_an_admin_is_an_admin_only_with_the_admin_scope(string end)
    {
        var body = new { user_id = ApiOffice.Admin };
        (await office.Api.PatchAsync($"runs/{_run}/{end}", office.Service(), body)).IsProblem(403, "Not allowed.");

        (await office.Api.PatchAsync($"runs/{_run}/{end}", office.Service("coffee.admin"), body)).Is(200);
    }

    [Theory]
    [InlineData("complete")]
    [InlineData("cancel")]
    public async Task A_service_with_the_admin_scope_has_no_more_rights_than_the_person_it_names(string end) =>
        (
            await office.Api.PatchAsync($"runs/{_run}/{end}", office.Service("coffee.admin"), new { user_id = _other })
        ).IsProblem(403, "Not allowed.");

    [Theory]
    [InlineData("complete", "completed")]
    [InlineData("cancel", "cancelled")]
    public async Task An_admin_without_a_Slack_user_id_can_do_both_and_is_noted_by_the_tokens_subject(
        string end,
        string status
    )
    {
        var token = office.Sandbox.Oidc.IssueToken(new("office-manager") { Scopes = ["coffee.admin"] });

        (await office.Api.PatchAsync($"runs/{_run}/{end}", token)).Is(200);
        (await office.Api.PatchAsync($"runs/{_run}/{end}", token)).Is(200);

        Assert.Equal(
            $"{status} by office-manager",
            await office.Rows.GetAsync<string>(
                "SELECT status || ' by ' || closed_by_subject FROM coffee_runs WHERE run_id = @_run::uuid AND closed_by_user_id IS NULL",
                new { _run }
            )
        );
    }

    [Theory]
    [InlineData("complete", "cancel")]
    [InlineData("cancel", "complete")]
    [InlineData("complete", "complete")]
    [InlineData("cancel", "cancel")]
    public async Task Of_a_run_that_is_over_others_are_told_the_same_as_of_an_active_one(string end, string before)
    {
        (await office.Api.PatchAsync($"runs/{_run}/{before}", office.Person(_runner))).Is(200);

        (await office.Api.PatchAsync($"runs/{_run}/{end}", office.Person(_other))).IsProblem(403, "Not allowed.");
    }

    [Theory]
    [InlineData("complete")]
    [InlineData("cancel")]
    public async Task A_service_that_names_no_person_is_refused(string end) =>
        (await office.Api.PatchAsync($"runs/{_run}/{end}", office.Service())).IsProblem(
            400,
            "The request is not valid.",
            "user_id is missing: give the Slack user id of the person for whom you act."
        );

    [Fact]
    public async Task A_person_cannot_act_for_another_person() =>
        (
            await office.Api.PatchAsync($"runs/{_run}/complete", office.Person(_other), new { user_id = _runner })
        ).IsProblem(403, "Not allowed.", "You can act only for yourself: leave user_id out, or give your own.");

    [Theory]
    [InlineData("complete", "cancel", "It is cancelled.")]
    [InlineData("cancel", "complete", "It is completed.")]
    public async Task A_completed_run_cannot_be_cancelled_and_a_cancelled_one_not_completed(
        string end,
        string before,
        string detail
    )
    {
        (await office.Api.PatchAsync($"runs/{_run}/{before}", office.Person(_runner))).Is(200);

        (await office.Api.PatchAsync($"runs/{_run}/{end}", office.Person(_runner))).IsProblem(
            409,
            "The run is over.",
            detail
        );
    }

    [Theory]
    [InlineData("complete", "01890000-0000-7000-8000-000000000000")]
    [InlineData("cancel", "01890000-0000-7000-8000-000000000000")]
    [InlineData("complete", "not-a-guid")]
    [InlineData("cancel", "not-a-guid")]
    public async Task A_run_that_does_not_exist_is_not_found(string end, string runId)
    {
        var answer = await office.RefusesAsync(
            Function(end),
            404,
            () => office.Api.PatchAsync($"runs/{runId}/{end}", office.Person(_runner))
        );

        answer.IsProblem(404, "There is no such run.");
    }

    private static string Function(string end) => end == "complete" ? "CompleteRun" : "CancelRun";
}
