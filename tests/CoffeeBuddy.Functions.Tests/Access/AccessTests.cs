using System.Text.Json.Nodes;
using CoffeeBuddy.Core;
using CoffeeBuddy.Functions.Runs;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>
/// Asks the worker for every cell of the tables in docs/security.md, "Who may do what": each role does each operation in
/// a private channel with a run of its own, which has a runner.
/// </summary>
public sealed class AccessTests(ApiOffice office)
{
    private const string Workspace = "T0SIM00001";
    private const string Other = "T0OTHER0001";

    private readonly string _initiator = ApiOffice.NewUser();
    private readonly string _runner = ApiOffice.NewUser();
    private readonly string _orderer = ApiOffice.NewUser();
    private readonly string _member = ApiOffice.NewUser();
    private readonly string _guest = ApiOffice.NewUser();
    private readonly string _stranger = ApiOffice.NewUser();
    private readonly string _outside = ApiOffice.NewUser();
    private readonly string _elsewhere = ApiOffice.NewUser();
    private readonly string _another = ApiOffice.NewUser();
    private string _channel = "";

    [Fact]
    public async Task The_API_does_for_each_role_what_the_table_says()
    {
        _channel = await NewChannelAsync();
        var documented = Table("caller of the API");
        // A run in which none of them takes part.
        var foreign = ApiOffice.NewChannel();
        await office.Api.OpenRunAsync(office.Service(), _another, foreign);

        var actual = new List<string>();
        foreach (var row in documented.Skip(1))
        {
            var role = Cells(row)[0];
            var cells = new List<string> { role };
            foreach (var operation in Cells(documented[0]).Skip(1))
                cells.Add(await AskAsync(role, operation, foreign));
            actual.Add($"| {string.Join(" | ", cells)} |");
        }

        Assert.Equal(documented.Skip(1), actual);
        Assert.Equal(12, actual.Count);
    }

    [Fact]
    public async Task Slacks_requests_do_for_each_role_what_the_table_says()
    {
        _channel = await NewChannelAsync(ApiOffice.Admin);
        var documented = Table("person in Slack");

        var actual = new List<string>();
        foreach (var row in documented.Skip(1))
        {
            var role = Cells(row)[0];
            var cells = new List<string> { role };
            foreach (var (operation, expected) in Cells(documented[0]).Zip(Cells(row)).Skip(1))
                cells.Add(expected == "–" ? expected : await TypeAsync(role, operation));
            actual.Add($"| {string.Join(" | ", cells)} |");
        }

        Assert.Equal(documented.Skip(1), actual);
    }

    [Fact]
    public async Task A_run_that_one_may_not_see_and_one_that_does_not_exist_are_answered_alike()
    {
        _channel = await NewChannelAsync();
        var run = await NewRunAsync();
        var person = office.Person(_outside);

        var hidden = await AskAllAsync(run);
        var absent = await AskAllAsync(Guid.CreateVersion7().ToString());

        Assert.Equal(absent, hidden);
        Assert.All(hidden, answer => Assert.Contains("There is no such run.", answer, StringComparison.Ordinal));

        async Task<IReadOnlyList<string>> AskAllAsync(string id) =>
            [
                .. (
                    (Answer[])
                        [
                            await office.Api.GetAsync($"runs/{id}", person),
                            await office.Api.OrderAsync(person, id, _outside),
                            await office.Api.PatchAsync($"runs/{id}/complete", person),
                            await office.Api.PatchAsync($"runs/{id}/cancel", person),
                        ]
                ).Select(answer =>
                {
                    var body = answer.Is(404).Json.AsObject();
                    body.Remove("traceId");
                    return $"{answer.MediaType} {body.ToJsonString()}";
                }),
            ];
    }

    [Fact]
    public async Task A_channel_that_does_not_exist_and_one_that_the_app_cannot_see_are_answered_alike()
    {
        var hidden = await office.NewChannelAsync([office.PersonOf(_member)], hasBot: false, isPrivate: true);

        foreach (var channel in (string[])[hidden, Office.NewChannel()])
        {
            var answer = await office.RefusesAsync(
                "CreateRun",
                403,
                () => OpenAsync(office.Person(_member), channel, null)
            );

            answer.IsProblem(
                403,
                "Not allowed.",
                "Only members of the channel can do this, and only in a channel that the app can see."
            );
        }
    }

    [Fact]
    public async Task While_Slack_does_not_say_who_is_in_the_channel_nobody_may_act_there_who_was_not_seen_there()
    {
        _channel = await NewChannelAsync();
        var run = await NewRunAsync();
        var channel = await NewChannelAsync();
        await office.Rows.ExecuteAsync(
            "UPDATE coffee_runs SET channel_id = @channel WHERE run_id = @run::uuid",
            new { channel, run }
        );
        office.Sandbox.Slack.Faults.Set([new("conversations.members", SlackSimulator.Control.FaultKind.Error)]);
        try
        {
            foreach (
                var answer in new[]
                {
                    await OpenAsync(office.Person(_member), channel, null),
                    await office.Api.GetAsync($"runs/{run}", office.Person(_member)),
                    await office.Api.OrderAsync(office.Person(_member), run, _member),
                }
            )
            {
                answer.IsProblem(503, "Slack does not say who is in the channel.", "Try again shortly.");
                Assert.Equal(TimeSpan.FromSeconds(5), answer.Headers.RetryAfter?.Delta);
            }
            var form = (await office.Slack.InteractionAsync(Form(run, channel, _member))).Is(200);
            Assert.Contains("Slack does not tell me", form.Text, StringComparison.Ordinal);
            // What the run has made of somebody does not depend on Slack.
            (await office.Api.GetAsync($"runs/{run}", office.Person(_orderer))).Is(200);
            // Somebody who types there is there.
            (await office.Slack.CommandAsync("/coffee", _guest, channel)).Is(200);
            (await office.Api.OrderAsync(office.Person(_guest), run, _guest)).Is(201);
        }
        finally
        {
            office.Sandbox.Slack.Faults.Set([]);
        }

        (await office.Api.OrderAsync(office.Person(_member), run, _member)).Is(201);
    }

    [Fact]
    public async Task Slack_is_asked_once_about_a_channel_however_many_order_there()
    {
        _channel = await NewChannelAsync();
        var before = Questions();

        await NewRunAsync();
        await Task.WhenAll(
            ((string[])[_member, _guest, _stranger]).Select(person =>
                office.Api.GetAsync("runs", office.Person(person))
            )
        );

        Assert.Equal(before + 1, Questions());

        int Questions() => office.Sandbox.Slack.Traffic.After(0).Count(call => call.Kind == "conversations.members");
    }

    [Fact]
    public async Task With_invented_channels_one_person_uses_up_no_more_than_a_part_of_Slacks_calls()
    {
        var token = office.Person(_member);
        var answers = new List<int>();
        for (var channel = 0; channel < 25; channel++)
            answers.Add((await OpenAsync(token, Office.NewChannel(), null)).Status);

        Assert.Equal([403, 429], answers.Distinct());
        Assert.Equal(20, answers.Count(status => status == 403));
    }

    [Theory]
    [InlineData("another run's channel")]
    [InlineData("no such channel")]
    public async Task A_form_counts_only_in_a_run_of_its_channel(string which)
    {
        _channel = await NewChannelAsync();
        var run = await NewRunAsync();
        var channel = which == "no such channel" ? Office.NewChannel() : ApiOffice.NewChannel();

        var answer = (
            await office.Slack.InteractionAsync(SlackPayloads.Submission(run, channel, _outside, "somebody"))
        ).Is(200);

        Assert.Equal("update", (string?)answer.Json["response_action"]);
        Assert.Equal(0, await office.Rows.CountAsync("orders WHERE user_id = @_outside", new { _outside }));
    }

    [Fact]
    public async Task Requests_of_another_workspace_are_refused_and_Slack_does_not_repeat_its_events()
    {
        var channel = ApiOffice.NewChannel();

        await office.RefusesAsync(
            "SlackInteractions",
            403,
            () =>
                office.Slack.InteractionAsync(
                    SlackPayloads
                        .Submission(Guid.NewGuid().ToString(), channel, _member, "somebody")
                        .Replace(Workspace, Other, StringComparison.Ordinal)
                )
        );
        var answer = await office.RefusesAsync(
            "SlackEvents",
            403,
            () =>
                office.Slack.EventAsync(
                    $$$"""{"type":"event_callback","team_id":"{{{Other}}}","event_id":"Ev{{{channel}}}","event":{"type":"app_mention","user":"U1","channel":"{{{channel}}}","ts":"1.2","text":"help"}}"""
                )
        );

        answer.IsProblem(403, "Not allowed.", "This workspace is not served here.");
        Assert.Equal(["1"], answer.Headers.GetValues("X-Slack-No-Retry"));
        (
            await office.Api.PostAsync(
                "runs",
                office.Person(_member),
                new { workspace_id = Other, channel_id = channel }
            )
        ).IsProblem(403, "Not allowed.", "This workspace is not served here.");
    }

    [Fact]
    public async Task In_a_shared_channel_a_click_on_the_apps_message_is_taken_from_a_person_of_another_company()
    {
        (await office.Slack.InteractionAsync(Click(Workspace))).Is(200);
        (await office.Slack.InteractionAsync(Click(Other))).Is(403);

        string Click(string workspaceOfMessage) =>
            $$$"""
                {"type":"block_actions","user":{"id":"{{{_stranger}}}"},"team":{"id":"{{{Other}}}"},"message":{"ts":"1.2","team":"{{{workspaceOfMessage}}}"},
                 "actions":[{"action_id":"order_withdraw","value":"{{{Guid.NewGuid()}}}","action_ts":"1.3"}]}
                """;
    }

    [Theory]
    [InlineData("E0COMPANY", "T0ANY", true)]
    [InlineData("T0OURS", "T0OURS", true)]
    [InlineData("T0OURS", "T0ANY", false)]
    public void The_API_serves_the_workspaces_of_a_served_organisation(string served, string named, bool isServed)
    {
        var permissions = new Permissions(
            members: null!,
            audit: null!,
            Options.Create(new CoffeeOptions { Workspaces = { served } }),
            NullLogger<Permissions>.Instance
        );

        var refusal = Record.Exception(() => permissions.RequireNamedWorkspace(named, new("U1", IsAdmin: false)));

        Assert.Equal(isServed, refusal is null);
    }

    /// <summary>What the API answers the role that asks for the operation.</summary>
    private async Task<string> AskAsync(string role, string operation, string foreign)
    {
        var (token, named) = Caller(role);
        var run = operation == "open a run" ? "" : await NewRunAsync();
        switch (operation)
        {
            case "open a run":
                await CloseAsync();
                return Yes(
                    await OpenAsync(token, _channel, named, role == "person of another workspace" ? Other : Workspace)
                );
            case "order":
                return Yes(
                    await office.Api.PostAsync(
                        $"runs/{run}/orders",
                        token,
                        new
                        {
                            drink_type = "Mocha",
                            size = "Small",
                            user_id = named,
                        }
                    )
                );
            case "see the run":
                return Yes(await office.Api.GetAsync($"runs/{run}", token));
            case "see orders":
                var seen = await office.Api.GetAsync($"runs/{run}", token);
                return seen.Status != 200 ? $"{seen.Status}"
                    : seen.Json["orders"]!.AsArray().Count == 2 ? "all"
                    : "own";
            case "list runs":
                var listed = (await office.Api.GetAsync($"runs?channel={foreign}", token)).Is(200);
                return listed.Json["runs"]!.AsArray().Count > 0 ? "all" : "own";
            case "complete" or "cancel":
                return Yes(await office.Api.PatchAsync($"runs/{run}/{operation}", token, new { user_id = named }));
            case "see another's drinks":
                return Yes(await office.Api.GetAsync($"users/{_another}/preferences", token));
            default:
                throw new InvalidOperationException($"The table has an operation that is not tested: {operation}");
        }
    }

    /// <summary>What a request of Slack does for the role.</summary>
    private async Task<string> TypeAsync(string role, string operation)
    {
        var person = PersonOf(role);
        var team = ("team_id", role == "person of another workspace" ? Other : Workspace);
        var run = await NewRunAsync();
        switch (operation)
        {
            case "/coffee" or "/coffee-history":
                var answer = await office.Slack.CommandAsync(operation, person, _channel, team);
                return Yes(answer);
            case "/coffee at 14:30":
                var planned = await office.Slack.CommandAsync(
                    "/coffee",
                    person,
                    _channel,
                    team,
                    ("text", "tomorrow%20at%2014%3A30")
                );
                if (planned.Status != 200)
                    return $"{planned.Status}";
                var isPlanned = await office.Rows.CountAsync(
                    "planned_runs WHERE channel_id = @_channel AND initiator_user_id = @person",
                    new { _channel, person }
                );
                // The next role plans for the same time.
                await office.Rows.ExecuteAsync(
                    "DELETE FROM planned_runs WHERE channel_id = @_channel",
                    new { _channel }
                );
                return isPlanned == 1 ? "yes" : "no";
            case "/coffee-cancel":
                var cancelled = await office.Slack.CommandAsync(operation, person, _channel, team);
                return cancelled.Status != 200 ? $"{cancelled.Status}"
                    : await office.Rows.CountAsync(
                        "coffee_runs WHERE run_id = @run::uuid AND status = 'cancelled'",
                        new { run }
                    ) == 1
                        ? "yes"
                    : "no";
            case "I can't go" or "ask somebody to go":
                var decided = await office.Slack.InteractionAsync(
                    Submission(operation == "I can't go" ? "step_back" : "ask_to_go", run, person, team.Item2)
                );
                return decided.Status != 200 ? $"{decided.Status}"
                    : await office.Rows.CountAsync(
                        operation == "I can't go"
                            ? "runner_declines WHERE run_id = @run::uuid AND user_id = @person"
                            : "take_over_requests WHERE run_id = @run::uuid AND asked_by_user_id = @person",
                        new { run, person }
                    ) == 1
                        ? "yes"
                    : "no";
            case "menus":
                var place = Office.NewChannel();
                var written = await office.Slack.InteractionAsync(Menu(place, person, team.Item2));
                return written.Status != 200 ? $"{written.Status}"
                    : await office.Rows.CountAsync("menus WHERE place_id = @place", new { place }) == 1 ? "yes"
                    : "no";
            case "form":
                var submitted = await office.Slack.InteractionAsync(
                    Form(run, _channel, person).Replace(Workspace, team.Item2, StringComparison.Ordinal)
                );
                return submitted.Status != 200 ? $"{submitted.Status}"
                    : await office.Rows.CountAsync(
                        "orders WHERE run_id = @run::uuid AND user_id = @person AND drink_type = 'Mocha'",
                        new { run, person }
                    ) == 1
                        ? "yes"
                    : "no";
            default:
                throw new InvalidOperationException($"The table has an operation that is not tested: {operation}");
        }
    }

    private (string Token, string? Named) Caller(string role) =>
        role switch
        {
            "admin scope without Slack id" => (
                office.Sandbox.Oidc.IssueToken(new OidcToken("manager") { Scopes = ["coffee.admin"] }),
                null
            ),
            "service that names a member" => (office.Service(), _member),
            "service that names an admin" => (office.Service(), ApiOffice.Admin),
            _ => (office.Person(PersonOf(role)), null),
        };

    private string PersonOf(string role) =>
        role switch
        {
            "initiator" => _initiator,
            "runner" => _runner,
            "orderer" => _orderer,
            "member of the channel" => _member,
            "guest of the channel" => _guest,
            "stranger of a shared channel" => _stranger,
            "person outside the channel" or "person who left the channel" => _outside,
            "person of another workspace" => _elsewhere,
            "configured admin" or "configured admin, not in the channel" => ApiOffice.Admin,
            _ => throw new InvalidOperationException($"The table has a role that is not tested: {role}"),
        };

    /// <summary>The form in which a menu is written.</summary>
    private static string Menu(string channel, string person, string team) =>
        $$$$"""
            {"type":"view_submission","user":{"id":"{{{{person}}}}"},"team":{"id":"{{{{team}}}}"},
             "view":{"id":"V1","callback_id":"menu_edit","private_metadata":"{\"workspace_id\":\"{{{{team}}}}\",\"channel_id\":\"{{{{channel}}}}\",\"version\":0}",
              "state":{"values":{"drinks:0":{"drinks":{"value":"Tea"} },"sizes:0":{"sizes":{"value":"Cup"} } } } } }
            """;

    /// <summary>A form of the runner, in which the member is chosen.</summary>
    private string Submission(string callback, string run, string person, string team) =>
        new JsonObject
        {
            ["type"] = "view_submission",
            ["user"] = new JsonObject { ["id"] = person },
            ["team"] = new JsonObject { ["id"] = team },
            ["view"] = new JsonObject
            {
                ["id"] = "V1",
                ["callback_id"] = callback,
                ["private_metadata"] = run,
                ["state"] = new JsonObject
                {
                    ["values"] = new JsonObject
                    {
                        ["reason"] = new JsonObject { ["reason"] = new JsonObject { ["value"] = $"{person} is busy" } },
                        ["person"] = new JsonObject { ["person"] = new JsonObject { ["selected_user"] = _another } },
                    },
                },
            },
        }.ToJsonString();

    /// <summary>A form that was opened by direct message, or long ago.</summary>
    private static string Form(string run, string channel, string person)
    {
        var form = JsonNode.Parse(
            SlackPayloads.Submission(
                run,
                channel,
                person,
                "somebody",
                ("drink", new JsonObject { ["selected_option"] = new JsonObject { ["value"] = "Mocha" } })
            )
        )!;
        var state = JsonNode.Parse((string)form["view"]!["private_metadata"]!)!.AsObject();
        state["member_until"] = DateTimeOffset.UtcNow.AddMinutes(-1).ToString("O");
        form["view"]!["private_metadata"] = state.ToJsonString();
        return form.ToJsonString();
    }

    /// <summary>A private channel with the app and everybody who is in the channel.</summary>
    private async Task<string> NewChannelAsync(params string[] more)
    {
        await office.MarkAsync(_guest, "is_restricted");
        await office.MarkAsync(_stranger, "is_stranger");
        return await office.NewChannelAsync(
            [
                .. ((string[])[_initiator, _runner, _orderer, _member, _guest, _stranger, _another, .. more]).Select(
                    office.PersonOf
                ),
            ],
            isPrivate: true
        );
    }

    /// <summary>The channel's only active run, with two orders and a runner.</summary>
    private async Task<string> NewRunAsync()
    {
        await CloseAsync();
        var setup = office.Sandbox.Oidc.IssueToken(
            new OidcToken(Guid.NewGuid().ToString()) { Scopes = ["coffee.service"] }
        );
        var run = await office.Api.OpenRunAsync(setup, _initiator, _channel);
        (await office.Api.OrderAsync(setup, run, _runner)).Is(201);
        (await office.Api.OrderAsync(setup, run, _orderer)).Is(201);
        await office.Rows.AssignAsync(run, _runner);
        return run;
    }

    private Task CloseAsync() =>
        office.Rows.ExecuteAsync(
            "UPDATE coffee_runs SET status = 'cancelled', cancelled_at = created_at WHERE channel_id = @_channel AND status = 'active'",
            new { _channel }
        );

    private Task<Answer> OpenAsync(string token, string channel, string? named, string workspace = Workspace) =>
        office.Api.PostAsync(
            "runs",
            token,
            new
            {
                workspace_id = workspace,
                channel_id = channel,
                user_id = named,
            }
        );

    private static string Yes(Answer answer) => answer.Status is 200 or 201 ? "yes" : $"{answer.Status}";

    /// <summary>The head and the rows of the table in docs/security.md whose first column has this head.</summary>
    private static List<string> Table(string firstColumn)
    {
        var lines = File.ReadLines(Repository.File("docs", "security.md"))
            .SkipWhile(line => !line.StartsWith($"| {firstColumn} |", StringComparison.Ordinal))
            .TakeWhile(line => line.StartsWith('|'))
            .ToList();
        return [lines[0], .. lines.Skip(2)];
    }

    private static string[] Cells(string row) => row.Trim('|', ' ').Split(" | ");
}
