using System.Text.Json.Nodes;

namespace CoffeeBuddy.Functions.Tests;

public sealed class CreateRunTests(ApiOffice office)
{
    private readonly string _channel = ApiOffice.NewChannel();
    private readonly string _noor = ApiOffice.NewUser();

    [Fact]
    public async Task A_run_is_created_stored_and_published()
    {
        var answer = (await office.Api.PostAsync("runs", office.Service(), Body(_noor))).Is(201);

        var runId = (string)answer.Json["run_id"]!;
        Assert.Equal($"/api/v1/runs/{runId}", answer.Location);
        Assert.Equal(
            ("active", _channel, _noor),
            (
                (string?)answer.Json["status"],
                (string?)answer.Json["channel_id"],
                (string?)answer.Json["initiator_user_id"]
            )
        );
        Assert.Equal(
            1,
            await office.Rows.CountAsync(
                "coffee_runs WHERE run_id = @runId::uuid AND channel_id = @_channel AND status = 'active'",
                new { runId, _channel }
            )
        );
        var record = Assert.Single(await office.Topics.ReadAsync("coffee.orders", runId, 1));
        Assert.Equal(
            ("coffee.run.created", "1.0", "/coffeebuddy"),
            (record.Headers["ce_type"], record.Headers["ce_specversion"], record.Headers["ce_source"])
        );
        Assert.Contains(answer.TraceId, record.Headers["ce_traceparent"], StringComparison.Ordinal);
        Assert.Equal(runId, (string?)JsonNode.Parse(record.Value)!["run_id"]);
        Assert.Equal(
            1,
            await office.Rows.CountAsync(
                "audit_log WHERE run_id = @runId::uuid AND event_type = 'run_created' AND user_id = @_noor",
                new { runId, _noor }
            )
        );
    }

    [Fact]
    public async Task A_channel_with_an_active_run_is_joined()
    {
        var first = (await office.Api.PostAsync("runs", office.Service(), Body(_noor))).Is(201);

        var second = (await office.Api.PostAsync("runs", office.Service(), Body(ApiOffice.NewUser()))).Is(200);

        Assert.Null(second.Location);
        Assert.Equal(
            ((string?)first.Json["run_id"], _noor),
            ((string?)second.Json["run_id"], (string?)second.Json["initiator_user_id"])
        );
        Assert.Equal(1, await office.Rows.CountAsync("coffee_runs WHERE channel_id = @_channel", new { _channel }));
    }

    [Fact]
    public async Task A_person_cannot_start_a_run_for_another_person()
    {
        var refused = await office.Api.PostAsync("runs", office.Person(_noor), Body(ApiOffice.NewUser()));
        var answer = (await office.Api.PostAsync("runs", office.Person(_noor), Body(null))).Is(201);

        refused.IsProblem(403, "Not allowed.", "You can act only for yourself: leave user_id out, or give your own.");
        Assert.Equal(_noor, (string?)answer.Json["initiator_user_id"]);
    }

    [Fact]
    public async Task Every_wrong_field_is_named()
    {
        var answer = await office.Api.PostAsync(
            "runs",
            office.Service(),
            new { workspace_id = "not an id", user_id = _noor }
        );

        answer.IsProblem(400, "The request is not valid.", "Some fields are missing or wrong: see errors.");
        Assert.Equal(["channel_id", "workspace_id"], answer.WrongFields);
    }

    [Theory]
    [InlineData(null, "user_id is missing: give the Slack user id of the person for whom you act.")]
    [InlineData("noor@example.com", "user_id is not a Slack user id.")]
    [InlineData("C0CHANNEL", "user_id is not a Slack user id.")]
    public async Task A_service_has_to_name_a_person(string? userId, string detail) =>
        (await office.Api.PostAsync("runs", office.Service(), Body(userId))).IsProblem(
            400,
            "The request is not valid.",
            detail
        );

    [Fact]
    public async Task A_program_without_the_service_scope_is_refused()
    {
        var token = office.Sandbox.Oidc.IssueToken(new("some-program") { Scopes = ["coffee.read"] });

        var answer = await office.Api.PostAsync("runs", token, Body(_noor));

        answer.IsProblem(
            403,
            "Not allowed.",
            "The access token has neither a Slack user id nor the scope coffee.service."
        );
        Assert.Equal(
            "Bearer error=\"insufficient_scope\", scope=\"coffee.service\"",
            answer.Headers.WwwAuthenticate.ToString()
        );
    }

    [Theory]
    [InlineData("noor@example.com")]
    [InlineData("")]
    [InlineData("U0\0")]
    public async Task A_token_whose_user_id_is_not_a_Slack_user_id_is_refused(string claim)
    {
        var token = office.Sandbox.Oidc.IssueToken(
            new OidcToken("sub-noor") { Claims = new Dictionary<string, object> { ["slack_user_id"] = claim } }
        );

        var answer = await office.RefusesAsync("CreateRun", 403, () => office.Api.PostAsync("runs", token, Body(null)));

        answer.IsProblem(403, "Not allowed.", "The access token's user id is not a Slack user id.");
    }

    private object Body(string? userId) =>
        new
        {
            workspace_id = "T0SIM00001",
            channel_id = _channel,
            user_id = userId,
        };
}
