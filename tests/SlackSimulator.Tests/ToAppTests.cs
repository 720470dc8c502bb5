using System.Text;
using Microsoft.Extensions.Time.Testing;
using SlackSimulator.Tests.Support;
using SlackSimulator.ToApp;
using static SlackSimulator.Tests.Support.Samples;

namespace SlackSimulator.Tests;

/// <summary>What the app receives: shapes, signatures, retries.</summary>
public sealed class ToAppTests
{
    [Fact]
    public void Signatures_are_those_of_the_shared_vectors()
    {
        foreach (var vector in SharedFiles.ReadOrSkip("signature_vectors.json").AsArray())
        {
            var body = Encoding.UTF8.GetBytes((string)vector!["body"]!);
            Assert.Equal(
                (string)vector["signature"]!,
                RequestSigner.Sign((string)vector["signing_secret"]!, (string)vector["timestamp"]!, body)
            );
        }
    }

    [Fact]
    public async Task A_command_is_a_signed_form_with_Slacks_fields()
    {
        await using var lab = await Lab.StartAsync();
        await lab.CommandAsync(text: "flat white & more");

        var request = Assert.Single(lab.App.Requests);
        var form = request.Form;
        Assert.Equal(
            ("/hello", "flat white & more", Lab.Office, "office", Lab.Noor, "noor", "T0SIM00001", "false"),
            (
                form["command"],
                form["text"],
                form["channel_id"],
                form["channel_name"],
                form["user_id"],
                form["user_name"],
                form["team_id"],
                form["is_enterprise_install"]
            )
        );
        Assert.Equal("application/x-www-form-urlencoded", request.Headers["Content-Type"]);
        Assert.Equal("Slackbot 1.0 (+https://api.slack.com/robots)", request.Headers["User-Agent"]);
        var expected = RequestSigner.Sign(
            "simulated-signing-secret",
            request.Headers["X-Slack-Request-Timestamp"],
            request.Body
        );
        Assert.Equal(expected, request.Headers["X-Slack-Signature"]);
    }

    [Theory]
    [InlineData("commands", """{"channel":"office","command":"/hello"}""")]
    [InlineData("actions", """{"view":true,"action_id":"go"}""")]
    [InlineData("view/submit", "{}")]
    public async Task Whoever_closes_the_window_does_not_take_back_what_was_sent(string path, string body)
    {
        await using var lab = await Lab.StartAsync();
        await lab.CallAsync(
            "views.open",
            new JsonObject
            {
                ["trigger_id"] = await lab.TriggerAsync(),
                ["view"] = Modal("x", ActionsBlock(Button("go"))),
            }
        );
        var (before, answer) = (lab.App.Requests.Count, new TaskCompletionSource<Reply>());
        lab.App.Answer = _ => answer.Task;
        using var window = new CancellationTokenSource();
        using var content = new StringContent(body);
        var done = lab.Http.PostAsync(new Uri("sim/people/noor/" + path, UriKind.Relative), content, window.Token);
        await Eventually.TrueAsync(() => lab.App.Requests.Count > before, "requests at the app");

        await window.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => done);
        answer.SetResult(new Reply());

        await Eventually.TrueAsync(
            () => lab.Server.Traffic.After(0).Count(entry => entry.Direction is "to_app") == before + 1,
            "answers in the traffic"
        );
        Assert.Null(lab.Server.Traffic.After(0).Last(entry => entry.Direction is "to_app").Error);
    }

    [Fact]
    public async Task The_shared_command_has_no_field_ours_lacks()
    {
        var fields = SharedFiles
            .TextOrSkip("payloads/slash_command.enterprise.form")
            .Split('&')
            .Select(field => field.Split('=')[0]);
        await using var lab = await Lab.StartAsync(options => options with { Enterprise = new EnterpriseOptions() });
        await lab.CommandAsync();
        var form = Assert.Single(lab.App.Requests).Form;
        Assert.Empty(fields.Except(form.Keys));
        Assert.StartsWith("W", form["user_id"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interactions_have_every_field_of_the_shared_ones()
    {
        await using var lab = await Lab.StartAsync(options => options with { Enterprise = new EnterpriseOptions() });
        await lab.CallAsync(
            "views.open",
            new JsonObject { ["trigger_id"] = await lab.TriggerAsync(), ["view"] = Closable() }
        );
        await lab.DoAsync(
            "POST",
            "people/noor/view/submit",
            new JsonObject { ["values"] = new JsonObject { ["what"] = new JsonObject { ["text"] = "x" } } }
        );
        await lab.CallAsync(
            "views.open",
            new JsonObject { ["trigger_id"] = await lab.TriggerAsync(), ["view"] = Closable() }
        );
        await lab.DoAsync("POST", "people/noor/view/close");
        var ephemeral = await lab.CallAsync(
            "chat.postEphemeral",
            new JsonObject
            {
                ["channel"] = Lab.Office,
                ["user"] = "W0NOOR0000",
                ["text"] = "x",
                ["blocks"] = new JsonArray(ActionsBlock(Button("a"))),
            }
        );
        await lab.DoAsync(
            "POST",
            "people/noor/actions",
            new JsonObject
            {
                ["channel"] = "office",
                ["ts"] = (string)ephemeral["message_ts"]!,
                ["action_id"] = "a",
            }
        );

        await AssertCoversAsync(lab, "view_submission", "payloads/view_submission.grid.json");
        await AssertCoversAsync(lab, "view_closed", "payloads/view_closed.json");
        await AssertCoversAsync(lab, "block_actions", "payloads/block_actions.button.ephemeral.json");
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("in_channel", false)]
    public async Task The_answer_to_a_command_is_shown_to_the_person_or_to_all(string? type, bool onlyOne)
    {
        await using var lab = await Lab.StartAsync();
        lab.App.Reply(_ => new Reply(Json: new JsonObject { ["text"] = "hello", ["response_type"] = type }));
        await lab.CommandAsync();
        Assert.Equal("hello", (string)Assert.Single(await lab.MessagesAsync("noor", "office"))!["text"]!);
        Assert.Equal(onlyOne ? 0 : 1, (await lab.MessagesAsync("priya", "office")).Count);
    }

    [Theory]
    [InlineData(500, "http_service_error")]
    [InlineData(401, "http_client_error")]
    public async Task A_failed_command_is_told_to_the_person(int status, string error)
    {
        await using var lab = await Lab.StartAsync();
        lab.App.Reply(_ => new Reply(status));
        var result = await lab.CommandAsync();
        Assert.Equal(error, (string)result["error"]!);
        Assert.Contains(
            error,
            (string)Assert.Single(await lab.MessagesAsync("noor", "office"))!["text"]!,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_app_that_is_not_there_and_a_command_it_does_not_have_are_told_too()
    {
        await using var lab = await Lab.StartAsync();
        await lab.DoAsync(
            "PUT",
            "app",
            new JsonObject { ["commands_url"] = "http://127.0.0.1:1/", ["commands"] = new JsonArray("/hello") }
        );
        Assert.Equal("dispatch_failed", (string)(await lab.CommandAsync())["error"]!);
        Assert.Equal("unknown_command", (string)(await lab.CommandAsync(command: "/other"))["error"]!);
        await lab.DoAsync("PUT", "app", new JsonObject { ["commands_url"] = null });
        Assert.Equal("app_missing_action_url", (string)(await lab.CommandAsync())["error"]!);
    }

    [Fact]
    public async Task An_answer_with_invalid_blocks_is_a_violation()
    {
        await using var lab = await Lab.StartAsync();
        lab.App.Reply(_ => new Reply(
            Json: new JsonObject { ["blocks"] = new JsonArray(new JsonObject { ["type"] = "sparkles" }) }
        ));
        Assert.Equal("invalid_command_response", (string)(await lab.CommandAsync())["error"]!);
        Assert.Equal("/blocks/0/type", Assert.Single(lab.Server.Traffic.Violating).Violations[0].Path);
    }

    [Fact]
    public async Task A_click_replaces_and_deletes_the_message_it_was_made_on_even_an_ephemeral_one()
    {
        await using var lab = await Lab.StartAsync();
        var sent = await lab.CallAsync(
            "chat.postEphemeral",
            new JsonObject
            {
                ["channel"] = Lab.Office,
                ["user"] = Lab.Noor,
                ["text"] = "x",
                ["blocks"] = new JsonArray(ActionsBlock(Button("a", "7"))),
            }
        );
        var ts = (string)sent["message_ts"]!;
        var click = new JsonObject
        {
            ["channel"] = Lab.Office,
            ["ts"] = ts,
            ["action_id"] = "a",
        };
        Assert.Equal("message_not_found", (string)(await lab.DoAsync("POST", "people/priya/actions", click))["error"]!);
        await lab.DoAsync("POST", "people/noor/actions", click);

        var payload = Assert.Single(lab.App.Requests, request => request.IsInteraction("block_actions")).Payload;
        Assert.Equal("7", (string)payload["actions"]![0]!["value"]!);
        Assert.True((bool)payload["container"]!["is_ephemeral"]!);
        var address = (string)payload["response_url"]!;
        await PostAsync(lab, address, new JsonObject { ["replace_original"] = true, ["text"] = "replaced" });
        Assert.Equal("replaced", (string)Assert.Single(await lab.MessagesAsync("noor", "office"))!["text"]!);
        await PostAsync(lab, address, new JsonObject { ["delete_original"] = true });
        Assert.Empty(await lab.MessagesAsync("noor", "office"));
    }

    [Fact]
    public async Task A_choice_is_remembered_in_the_messages_state_and_a_confirm_dialog_can_be_declined()
    {
        await using var lab = await Lab.StartAsync();
        var confirm = new JsonObject
        {
            ["title"] = Plain("Sure?"),
            ["text"] = Plain("Really"),
            ["confirm"] = Plain("Yes"),
            ["deny"] = Plain("No"),
        };
        var posted = await lab.CallAsync(
            "chat.postMessage",
            new JsonObject
            {
                ["channel"] = Lab.Office,
                ["text"] = "x",
                ["blocks"] = new JsonArray(
                    ActionsBlock(Select("size", "small", "large"), Button("go").With("confirm", confirm))
                ),
            }
        );
        var at = (string)posted["ts"]!;
        JsonObject Click(string action) =>
            new()
            {
                ["channel"] = Lab.Office,
                ["ts"] = at,
                ["action_id"] = action,
            };

        await lab.DoAsync("POST", "people/noor/actions", Click("size").With("selected_option", "large"));
        var declined = await lab.DoAsync("POST", "people/noor/actions", Click("go").With("confirm", false));
        var confirmed = await lab.DoAsync("POST", "people/noor/actions", Click("go"));

        Assert.Equal("not_confirmed", (string)declined["error"]!);
        Assert.Equal("Sure?", (string)confirmed["confirm"]!["title"]!["text"]!);
        var clicks = lab
            .App.Requests.Where(request => request.IsInteraction("block_actions"))
            .Select(request => request.Payload)
            .ToList();
        Assert.Equal(2, clicks.Count);
        Assert.Equal("large", (string)clicks[0]["actions"]![0]!["selected_option"]!["value"]!);
        Assert.Equal("large", (string)clicks[1]["state"]!["values"]!["acts"]!["size"]!["selected_option"]!["value"]!);
        Assert.Equal(
            "option_not_found",
            (string)
                (await lab.DoAsync("POST", "people/noor/actions", Click("size").With("selected_option", "huge")))[
                    "error"
                ]!
        );
    }

    [Fact]
    public async Task A_mention_is_an_app_mention_and_a_message_and_an_edit_is_told()
    {
        await using var lab = await Lab.StartAsync();
        var ts = (string)
            (
                await lab.DoAsync(
                    "POST",
                    "people/noor/messages",
                    new JsonObject { ["channel"] = "office", ["text"] = "@buddy <hello> & bye" }
                )
            )["ts"]!;
        var mention = (await lab.App.WaitForAsync(1, request => request.IsEvent("app_mention")))[0].Payload;
        Assert.Equal($"<@{Lab.Bot}> &lt;hello&gt; &amp; bye", (string)mention["event"]!["text"]!);
        Assert.Equal(ts, (string)mention["event"]!["ts"]!);
        await lab.DoAsync(
            "PUT",
            "people/noor/messages",
            new JsonObject
            {
                ["channel"] = "office",
                ["ts"] = ts,
                ["text"] = "changed",
            }
        );

        var events = await lab.App.WaitForAsync(2, request => request.IsEvent("message"));
        var changed = events
            .Select(request => request.Payload["event"]!)
            .Single(content => (string?)content["subtype"] == "message_changed");
        Assert.Equal("changed", (string)changed["message"]!["text"]!);
        Assert.Equal(ts, (string)changed["previous_message"]!["ts"]!);
        Assert.Equal("channel", (string)changed["channel_type"]!);
    }

    [Fact]
    public async Task Nothing_is_told_of_a_channel_the_bot_is_not_in()
    {
        await using var lab = await Lab.StartAsync();
        await lab.DoAsync(
            "POST",
            "people/noor/messages",
            new JsonObject { ["channel"] = "random", ["text"] = "@buddy secret" }
        );
        await lab.DoAsync("POST", "people/noor/messages", new JsonObject { ["channel"] = "dm", ["text"] = "last" });
        var events = await lab.App.WaitForAsync(1, request => request.IsEvent("message"));
        Assert.Equal("last", (string)Assert.Single(events).Payload["event"]!["text"]!);
    }

    [Fact]
    public async Task An_event_the_app_fails_to_take_comes_again_at_once_after_one_and_after_five_minutes()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));
        await using var lab = await Lab.StartAsync(options => options with { TimeProvider = time });
        lab.App.Reply(_ => new Reply(503));
        await lab.DoAsync("POST", "people/noor/home");
        await lab.App.WaitForAsync(2, IsEvent);
        await WaitForTrafficAsync(lab, 2);
        await lab.DoAsync("POST", "clock", new JsonObject { ["advance"] = "00:01:00" });
        await lab.App.WaitForAsync(3, IsEvent);
        await WaitForTrafficAsync(lab, 3);
        time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(3, lab.App.Requests.Count);
        time.Advance(TimeSpan.FromMinutes(1));
        var all = await lab.App.WaitForAsync(4, IsEvent);

        Assert.Equal(
            [null, "1", "2", "3"],
            all.Select(request => request.Headers.GetValueOrDefault("X-Slack-Retry-Num"))
        );
        Assert.Equal("http_error", all[1].Headers["X-Slack-Retry-Reason"]);
        Assert.Single(all.Select(request => (string)request.Payload["event_id"]!).Distinct());
    }

    [Fact]
    public async Task An_app_that_wants_no_retry_gets_none()
    {
        await using var lab = await Lab.StartAsync();
        lab.App.Reply(_ => new Reply(500) { Headers = { ["X-Slack-No-Retry"] = "1" } });
        await lab.DoAsync("POST", "people/noor/home");
        await lab.DoAsync("POST", "people/noor/home");
        await WaitForTrafficAsync(lab, 2);
        Assert.DoesNotContain(lab.App.Requests, request => request.Headers.ContainsKey("X-Slack-Retry-Num"));
    }

    [Fact]
    public async Task A_lost_answer_makes_an_event_come_twice()
    {
        await using var lab = await Lab.StartAsync();
        await lab.DoAsync(
            "PUT",
            "faults",
            JsonNode.Parse("""{"faults":[{"method":"events","kind":"lost_answer","count":1}]}""")!.AsObject()
        );
        await lab.DoAsync("POST", "people/noor/home");
        var both = await lab.App.WaitForAsync(2, IsEvent);
        Assert.Equal("http_timeout", both[1].Headers["X-Slack-Retry-Reason"]);
    }

    [Fact]
    public async Task The_events_address_is_verified_with_a_challenge()
    {
        await using var lab = await Lab.StartAsync();
        lab.App.Reply(request => new Reply(
            Json: new JsonObject { ["challenge"] = (string)request.Payload["challenge"]! }
        ));
        Assert.True((bool)(await lab.DoAsync("POST", "app/verify"))["ok"]!);
        lab.App.Reply(_ => new Reply());
        Assert.False((bool)(await lab.DoAsync("POST", "app/verify"))["ok"]!);
    }

    [Fact]
    public async Task An_organisations_app_has_no_team_of_its_own()
    {
        await using var lab = await Lab.StartAsync(options =>
            options with
            {
                Enterprise = new EnterpriseOptions(OrgInstall: true),
            }
        );
        Assert.Null((await lab.CallAsync("auth.test", []))["team_id"]);
        Assert.Equal("missing_argument", (string)(await lab.FormAsync("users.list"))["error"]!);
        Assert.True((bool)(await lab.FormAsync("users.list", ("team_id", "T0SIM00001")))["ok"]!);
        await lab.DoAsync("POST", "people/noor/home");
        var payload = (await lab.App.WaitForAsync(1, IsEvent))[0].Payload;
        Assert.Null(payload["authorizations"]![0]!["team_id"]);
        Assert.True((bool)payload["authorizations"]![0]!["is_enterprise_install"]!);
        await lab.CommandAsync();
        Assert.Equal("true", lab.App.Requests[^1].Form["is_enterprise_install"]);
    }

    private static JsonObject Closable() => Modal().With("notify_on_close", true).With("close", Plain("Cancel"));

    private static bool IsEvent(Received request) => request.Path is "/events";

    private static Task WaitForTrafficAsync(Lab lab, int count) =>
        Eventually.TrueAsync(
            () => lab.Server.Traffic.After(0).Count(entry => entry.Kind is "event") >= count,
            $"{count} events in the traffic"
        );

    private static async Task PostAsync(Lab lab, string address, JsonObject body)
    {
        using var content = new StringContent(body.ToJsonString());
        using var response = await lab.Http.PostAsync(new Uri(address), content, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
    }

    private static async Task AssertCoversAsync(Lab lab, string type, string file)
    {
        var shared = SharedFiles.ReadOrSkip(file);
        var ours = (await lab.App.WaitForAsync(1, request => request.IsInteraction(type)))[0].Payload;
        AssertCovers(shared, ours, type);
    }

    private static void AssertCovers(JsonNode? shared, JsonNode? ours, string path)
    {
        if (shared is not JsonObject fields || path.EndsWith(".state.values", StringComparison.Ordinal))
            return;
        foreach (var (name, value) in fields)
        {
            Assert.True(ours is JsonObject found && found.ContainsKey(name), $"{path}.{name} is missing.");
            AssertCovers(value, ours![name], $"{path}.{name}");
        }
    }
}
