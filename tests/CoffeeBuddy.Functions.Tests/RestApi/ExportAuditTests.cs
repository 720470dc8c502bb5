using System.Text.Json.Nodes;
using CoffeeBuddy.Functions.Security;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>GET /api/v1/audit, and what is in it.</summary>
public sealed class ExportAuditTests(ApiOffice office)
{
    private readonly string _person = ApiOffice.NewUser();

    [Fact]
    public async Task An_admin_gets_the_rows_of_a_period_as_JSON_lines()
    {
        var run = await office.Api.OpenRunAsync(office.Service(), _person, ApiOffice.NewChannel());

        var answer = (await ExportAsync("format=jsonl")).Is(200);

        Assert.Equal("application/jsonl", answer.MediaType);
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        var row = Assert.Single(Rows(answer), row => (string?)row["run_id"] == run);
        Assert.Equal(
            ("run_created", "done", "api", _person, true),
            (
                (string?)row["type"],
                (string?)row["outcome"],
                (string?)row["origin"],
                (string?)row["user_id"],
                (bool)row["on_behalf"]!
            )
        );
        Assert.StartsWith("reports-", (string?)row["subject"], StringComparison.Ordinal);
        Assert.Equal("object", row["payload"]!.GetValueKind().ToString().ToLowerInvariant());
    }

    [Fact]
    public async Task The_same_as_CSV_which_no_spreadsheet_takes_for_formulas()
    {
        var subject = $"=cmd|{Guid.NewGuid():N},\"x\"";
        await office.Api.PostAsync(
            "runs",
            office.Sandbox.Oidc.IssueToken(new OidcToken(subject) { Scopes = ["coffee.service"] }),
            new
            {
                workspace_id = "T0SIM00001",
                channel_id = ApiOffice.NewChannel(),
                user_id = _person,
            }
        );

        var answer = (await ExportAsync("format=csv")).Is(200);

        Assert.Equal("text/csv", answer.MediaType);
        var lines = answer.Text.Split("\r\n");
        Assert.Equal("time,type,outcome,origin,user_id,subject,on_behalf,run_id,payload,log_id", lines[0]);
        Assert.Equal("", lines[^1]);
        var line = Assert.Single(lines, line => line.Contains(_person, StringComparison.Ordinal));
        Assert.Contains(
            $",run_created,done,api,{_person},\"'{subject.Replace("\"", "\"\"", StringComparison.Ordinal)}\",true,",
            line,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Nobody_else_gets_it_and_the_attempt_is_in_it()
    {
        var path = $"audit?from={DateTimeOffset.UtcNow:yyyy-MM-dd}";

        (await office.Api.GetAsync(path, token: null)).Is(401);
        foreach (var token in (string[])[office.Service(), office.Person(_person)])
            Assert.Equal(
                "Bearer error=\"insufficient_scope\", scope=\"coffee.admin\"",
                (await office.Api.GetAsync(path, token))
                    .IsProblem(403, "Not allowed.")
                    .Headers.WwwAuthenticate.ToString()
            );

        var refused = Rows((await ExportAsync("format=jsonl")).Is(200))
            .Where(row =>
                (string?)row["payload"]!["operation"] == "ExportAudit" && (string?)row["outcome"] == "refused"
            )
            .ToList();
        Assert.Contains(
            refused,
            row =>
                ((string?)row["subject"])!.StartsWith("reports-", StringComparison.Ordinal) && (bool)row["on_behalf"]!
        );
        Assert.Contains(
            refused,
            row =>
                (string?)row["subject"] == $"sub-{_person}"
                && !(bool)row["on_behalf"]!
                && (string?)row["payload"]!["user_id"] == _person
        );
    }

    [Fact]
    public async Task Who_exports_is_in_the_audit()
    {
        var subject = $"auditor-{Guid.NewGuid():N}";
        var token = office.Sandbox.Oidc.IssueToken(new OidcToken(subject) { Scopes = [Caller.AdminScope] });

        (await office.Api.GetAsync("audit?from=2026-01-31&to=2026-02-01T08:00:00Z", token)).Is(200);

        Assert.Equal(
            1,
            await office.Rows.CountAsync(
                """
                audit_log WHERE event_type = 'audit_exported' AND subject = @subject AND NOT on_behalf
                  AND payload->>'from' = '2026-01-31T00:00:00+00:00' AND payload->>'to' = '2026-02-01T08:00:00+00:00'
                """,
                new { subject }
            )
        );
    }

    [Theory]
    [InlineData("", "from")]
    [InlineData("from=yesterday", "from")]
    [InlineData("from=2026-01-31&from=2026-02-01", "from")]
    [InlineData("from=2026-01-31&to=2026-02-30", "to")]
    [InlineData("from=2026-01-31&format=xml", "format")]
    public async Task Wrong_parameters_are_named(string query, string parameter)
    {
        var answer = (await office.Api.GetAsync($"audit?{query}", office.Service(Caller.AdminScope))).Is(400);

        Assert.Equal([parameter], answer.Json["errors"]!.AsObject().Select(error => error.Key));
    }

    [Fact]
    public async Task A_refused_attempt_on_a_run_is_audited_with_the_run_and_the_person()
    {
        var run = await office.Api.OpenRunAsync(office.Service(), ApiOffice.NewUser(), ApiOffice.NewChannel());

        await office.Api.PatchAsync($"runs/{run}/cancel", office.Person(_person));

        var row = Assert.Single(
            Rows((await ExportAsync("format=jsonl")).Is(200)),
            row => (string?)row["payload"]!["user_id"] == _person
        );
        Assert.Equal(
            ("access_refused", "refused", "CancelRun", run),
            (
                (string?)row["type"],
                (string?)row["outcome"],
                (string?)row["payload"]!["operation"],
                (string?)row["run_id"]
            )
        );
    }

    [Fact]
    public async Task A_refused_attempt_of_a_service_is_audited_with_the_person_and_the_channel()
    {
        var channel = ApiOffice.NewChannel();
        var stranger = Office.NewUser();

        (
            await office.Api.PostAsync(
                "runs",
                office.Service(),
                new
                {
                    workspace_id = "T0SIM00001",
                    channel_id = channel,
                    user_id = stranger,
                }
            )
        ).Is(403);

        var row = Assert.Single(
            Rows((await ExportAsync("format=jsonl")).Is(200)),
            row => (string?)row["payload"]!["channel_id"] == channel
        );
        Assert.Equal(
            ("access_refused", stranger, true),
            ((string?)row["type"], (string?)row["payload"]!["user_id"], (bool)row["on_behalf"]!)
        );
    }

    [Fact]
    public async Task A_request_of_a_workspace_that_is_not_served_is_audited()
    {
        var stranger = Office.NewUser();

        (await office.Slack.CommandAsync("/coffee", stranger, Office.NewChannel(), ("team_id", "T0OTHER"))).Is(403);

        var row = Assert.Single(
            Rows((await ExportAsync("format=jsonl")).Is(200)),
            row => (string?)row["payload"]!["user_id"] == stranger
        );
        Assert.Equal(
            ("access_refused", "slack", "SlackCommands"),
            ((string?)row["type"], (string?)row["origin"], (string?)row["payload"]!["operation"])
        );
    }

    private Task<Answer> ExportAsync(string more) =>
        office.Api.GetAsync(
            $"audit?from={DateTimeOffset.UtcNow.AddDays(-1):yyyy-MM-dd}&{more}",
            office.Service(Caller.AdminScope)
        );

    private static IEnumerable<JsonNode> Rows(Answer answer) =>
        answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!);
}
