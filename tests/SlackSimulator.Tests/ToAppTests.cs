using System.Text;
using SlackSimulator.Tests.Support;
using SlackSimulator.ToApp;
using static SlackSimulator.Tests.Support.Samples;

namespace SlackSimulator.Tests;

/// <summary>The requests to the app: payloads, signatures, retries.</summary>
public sealed class ToAppTests
{
    [Fact]
    public void Signatures_match_the_test_vectors_of_Slacks_SDKs()
    {
        foreach (var vector in ReferenceData.ReadOrSkip("signature_vectors.json").AsArray())
        {
            var body = Encoding.UTF8.GetBytes((string)vector!["body"]!);
            Assert.Equal(
                (string)vector["signature"]!,
                RequestSigner.Sign((string)vector["signing_secret"]!, (string)vector["timestamp"]!, body)
            );
        }
    }

    [Fact]
    public async Task A_command_is_sent_as_a_signed_form_with_Slacks_fields()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await slack.CommandAsync(text: "flat white & more");

        var request = Assert.Single(slack.App.Requests);
        var form = request.Form;
        Assert.Equal(
            (
                "/hello",
                "flat white & more",
                TestWorkspace.Office,
                "office",
                TestWorkspace.Noor,
                "noor",
                "T0SIM00001",
                "false"
            ),
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
    public async Task A_request_to_the_app_continues_after_the_caller_has_disconnected(string path, string body)
    {
        await using var slack = await TestWorkspace.StartAsync();
        await slack.CallAsync(
            "views.open",
            new JsonObject
            {
                ["trigger_id"] = await slack.TriggerAsync(),
                ["view"] = Modal("x", ActionsBlock(Button("go"))),
            }
        );
        var (before, answer) = (slack.App.Requests.Count, new TaskCompletionSource<Reply>());
        slack.App.Answer = _ => answer.Task;
        using var window = new CancellationTokenSource();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        var done = slack.Http.PostAsync(new Uri("sim/people/noor/" + path, UriKind.Relative), content, window.Token);
        await Eventually.TrueAsync(() => slack.App.Requests.Count > before, "the request is at the app");

        await window.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => done);
        answer.SetResult(new Reply());

        await Eventually.TrueAsync(
            () => slack.Server.Traffic.After(0).Count(entry => entry.Direction is "to_app") == before + 1,
            "the answer is in the traffic"
        );
        Assert.Null(slack.Server.Traffic.After(0).Last(entry => entry.Direction is "to_app").Error);
    }

    [Fact]
    public async Task A_command_has_every_field_of_a_real_one()
    {
        var fields = ReferenceData
            .TextOrSkip("payloads/slash_command.enterprise.form")
            .Split('&')
            .Select(field => field.Split('=')[0]);
        await using var slack = await TestWorkspace.StartAsync(options =>
            options with
            {
                Enterprise = new EnterpriseOptions(),
            }
        );
        await slack.CommandAsync();
        var form = Assert.Single(slack.App.Requests).Form;
        Assert.Empty(fields.Except(form.Keys));
        Assert.StartsWith("W", form["user_id"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interactions_have_every_field_of_real_ones()
    {
        await using var slack = await TestWorkspace.StartAsync(options =>
            options with
            {
                Enterprise = new EnterpriseOptions(),
            }
        );
        await slack.CallAsync(
            "views.open",
            new JsonObject { ["trigger_id"] = await slack.TriggerAsync(), ["view"] = Closable() }
        );
        await slack.DoAsync(
            "POST",
            "people/noor/view/submit",
            new JsonObject { ["values"] = new JsonObject { ["what"] = new JsonObject { ["text"] = "x" } } }
        );
        await slack.CallAsync(
            "views.open",
            new JsonObject { ["trigger_id"] = await slack.TriggerAsync(), ["view"] = Closable() }
        );
        await slack.DoAsync("POST", "people/noor/view/close");
        var ephemeral = await slack.CallAsync(
            "chat.postEphemeral",
            new JsonObject
            {
                ["channel"] = TestWorkspace.Office,
                ["user"] = "W0NOOR0000",
                ["text"] = "x",
                ["blocks"] = new JsonArray(ActionsBlock(Button("a"))),
            }
        );
        await slack.DoAsync(
            "POST",
            "people/noor/actions",
            new JsonObject
            {
                ["channel"] = "office",
                ["ts"] = (string)ephemeral["message_ts"]!,
                ["action_id"] = "a",
            }
        );

        await AssertCoversAsync(slack, "view_submission", "payloads/view_submission.grid.json");
        await AssertCoversAsync(slack, "view_closed", "payloads/view_closed.json");
        await AssertCoversAsync(slack, "block_actions", "payloads/block_actions.button.ephemeral.json");
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("in_channel", false)]
    public async Task The_answer_to_a_command_is_shown_to_the_person_or_to_the_channel(string? type, bool onlyOne)
    {
        await using var slack = await TestWorkspace.StartAsync();
        slack.App.Reply(_ => new Reply(Json: new JsonObject { ["text"] = "hello", ["response_type"] = type }));
        await slack.CommandAsync();
        Assert.Equal("hello", (string)Assert.Single(await slack.MessagesAsync("noor", "office"))!["text"]!);
        Assert.Equal(onlyOne ? 0 : 1, (await slack.MessagesAsync("priya", "office")).Count);
    }

    [Theory]
    [InlineData(500, "http_service_error")]
    [InlineData(401, "http_client_error")]
    public async Task The_failure_of_a_command_is_shown_to_the_person(int status, string error)
    {
        await using var slack = await TestWorkspace.StartAsync();
        slack.App.Reply(_ => new Reply(status));
        var result = await slack.CommandAsync();
        Assert.Equal(error, (string)result["error"]!);
        Assert.Contains(
            error,
            (string)Assert.Single(await slack.MessagesAsync("noor", "office"))!["text"]!,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_command_fails_when_the_app_is_unreachable_has_no_URL_or_lacks_the_command()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await slack.DoAsync(
            "PUT",
            "app",
            new JsonObject { ["commands_url"] = "http://127.0.0.1:1/", ["commands"] = new JsonArray("/hello") }
        );
        Assert.Equal("dispatch_failed", (string)(await slack.CommandAsync())["error"]!);
        Assert.Equal("unknown_command", (string)(await slack.CommandAsync(command: "/other"))["error"]!);
        await slack.DoAsync("PUT", "app", new JsonObject { ["commands_url"] = null });
        Assert.Equal("app_missing_action_url", (string)(await slack.CommandAsync())["error"]!);
    }

    [Fact]
    public async Task An_answer_with_invalid_blocks_is_a_violation()
    {
        await using var slack = await TestWorkspace.StartAsync();
        slack.App.Reply(_ => new Reply(
            Json: new JsonObject { ["blocks"] = new JsonArray(new JsonObject { ["type"] = "sparkles" }) }
        ));
        Assert.Equal("invalid_command_response", (string)(await slack.CommandAsync())["error"]!);
        Assert.Equal("/blocks/0/type", Assert.Single(slack.Server.Traffic.Violating).Violations[0].Path);
    }

    [Fact]
    public async Task Behind_a_proxy_URLs_begin_with_its_address()
    {
        await using var slack = await TestWorkspace.StartAsync(options =>
            options with
            {
                PublicAddress = new Uri("https://slack.example.com/"),
            }
        );
        await slack.CommandAsync();

        Assert.StartsWith(
            "https://slack.example.com/",
            Assert.Single(slack.App.Requests).Form["response_url"],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_response_url_of_a_click_replaces_and_deletes_an_ephemeral_message()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var sent = await slack.CallAsync(
            "chat.postEphemeral",
            new JsonObject
            {
                ["channel"] = TestWorkspace.Office,
                ["user"] = TestWorkspace.Noor,
                ["text"] = "x",
                ["blocks"] = new JsonArray(ActionsBlock(Button("a", "7"))),
            }
        );
        var ts = (string)sent["message_ts"]!;
        var click = new JsonObject
        {
            ["channel"] = TestWorkspace.Office,
            ["ts"] = ts,
            ["action_id"] = "a",
        };
        Assert.Equal(
            "message_not_found",
            (string)(await slack.DoAsync("POST", "people/priya/actions", click))["error"]!
        );
        await slack.DoAsync("POST", "people/noor/actions", click);

        var payload = Assert.Single(slack.App.Requests, request => request.IsInteraction("block_actions")).Payload;
        Assert.Equal("7", (string)payload["actions"]![0]!["value"]!);
        Assert.True((bool)payload["container"]!["is_ephemeral"]!);
        var address = (string)payload["response_url"]!;
        await PostAsync(slack, address, new JsonObject { ["replace_original"] = true, ["text"] = "replaced" });
        Assert.Equal("replaced", (string)Assert.Single(await slack.MessagesAsync("noor", "office"))!["text"]!);
        await PostAsync(slack, address, new JsonObject { ["delete_original"] = true });
        Assert.Empty(await slack.MessagesAsync("noor", "office"));
    }

    [Fact]
    public async Task A_choice_is_kept_in_the_messages_state_and_a_confirmation_can_be_declined()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var confirm = new JsonObject
        {
            ["title"] = Plain("Sure?"),
            ["text"] = Plain("Really"),
            ["confirm"] = Plain("Yes"),
            ["deny"] = Plain("No"),
        };
        var posted = await slack.CallAsync(
            "chat.postMessage",
            new JsonObject
            {
                ["channel"] = TestWorkspace.Office,
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
                ["channel"] = TestWorkspace.Office,
                ["ts"] = at,
                ["action_id"] = action,
            };

        await slack.DoAsync("POST", "people/noor/actions", Click("size").With("selected_option", "large"));
        var declined = await slack.DoAsync("POST", "people/noor/actions", Click("go").With("confirm", false));
        var confirmed = await slack.DoAsync("POST", "people/noor/actions", Click("go"));

        Assert.Equal("not_confirmed", (string)declined["error"]!);
        Assert.Equal("Sure?", (string)confirmed["confirm"]!["title"]!["text"]!);
        var clicks = slack
            .App.Requests.Where(request => request.IsInteraction("block_actions"))
            .Select(request => request.Payload)
            .ToList();
        Assert.Equal(2, clicks.Count);
        Assert.Equal("large", (string)clicks[0]["actions"]![0]!["selected_option"]!["value"]!);
        Assert.Equal("large", (string)clicks[1]["state"]!["values"]!["acts"]!["size"]!["selected_option"]!["value"]!);
        Assert.Equal(
            "option_not_found",
            (string)
                (await slack.DoAsync("POST", "people/noor/actions", Click("size").With("selected_option", "huge")))[
                    "error"
                ]!
        );
    }

    [Fact]
    public async Task A_mention_sends_app_mention_and_message_and_an_edit_sends_message_changed()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var ts = (string)
            (
                await slack.DoAsync(
                    "POST",
                    "people/noor/messages",
                    new JsonObject { ["channel"] = "office", ["text"] = "@buddy <hello> & bye" }
                )
            )["ts"]!;
        var mention = (await slack.App.WaitForAsync(1, request => request.IsEvent("app_mention")))[0].Payload;
        Assert.Equal($"<@{TestWorkspace.Bot}> &lt;hello&gt; &amp; bye", (string)mention["event"]!["text"]!);
        Assert.Equal(ts, (string)mention["event"]!["ts"]!);
        await slack.DoAsync(
            "PUT",
            "people/noor/messages",
            new JsonObject
            {
                ["channel"] = "office",
                ["ts"] = ts,
                ["text"] = "changed",
            }
        );

        var events = await slack.App.WaitForAsync(2, request => request.IsEvent("message"));
        var changed = events
            .Select(request => request.Payload["event"]!)
            .Single(content => (string?)content["subtype"] == "message_changed");
        Assert.Equal("changed", (string)changed["message"]!["text"]!);
        Assert.Equal(ts, (string)changed["previous_message"]!["ts"]!);
        Assert.Equal("channel", (string)changed["channel_type"]!);
    }

    [Fact]
    public async Task No_events_are_sent_for_a_channel_without_the_bot()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await slack.DoAsync(
            "POST",
            "people/noor/messages",
            new JsonObject { ["channel"] = "random", ["text"] = "@buddy secret" }
        );
        await slack.DoAsync("POST", "people/noor/messages", new JsonObject { ["channel"] = "dm", ["text"] = "last" });
        var events = await slack.App.WaitForAsync(1, request => request.IsEvent("message"));
        Assert.Equal("last", (string)Assert.Single(events).Payload["event"]!["text"]!);
    }

    [Fact]
    public async Task A_failed_event_is_retried_at_once_after_one_minute_and_after_five_minutes()
    {
        await using var slack = await TestWorkspace.StartAsync();
        slack.App.Reply(_ => new Reply(503));
        await slack.DoAsync("POST", "people/noor/home");
        await slack.App.WaitForAsync(2, IsEvent);
        await WaitForTrafficAsync(slack, 2);
        await slack.DoAsync("POST", "clock", new JsonObject { ["advance"] = "00:01:00" });
        await slack.App.WaitForAsync(3, IsEvent);
        await WaitForTrafficAsync(slack, 3);
        slack.Time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(3, slack.App.Requests.Count);
        slack.Time.Advance(TimeSpan.FromMinutes(1));
        var all = await slack.App.WaitForAsync(4, IsEvent);

        Assert.Equal(
            [null, "1", "2", "3"],
            all.Select(request => request.Headers.GetValueOrDefault("X-Slack-Retry-Num"))
        );
        Assert.Equal("http_error", all[1].Headers["X-Slack-Retry-Reason"]);
        Assert.Single(all.Select(request => (string)request.Payload["event_id"]!).Distinct());
    }

    [Fact]
    public async Task An_event_is_not_retried_after_X_Slack_No_Retry()
    {
        await using var slack = await TestWorkspace.StartAsync();
        slack.App.Reply(_ => new Reply(500) { Headers = { ["X-Slack-No-Retry"] = "1" } });
        await slack.DoAsync("POST", "people/noor/home");
        await slack.DoAsync("POST", "people/noor/home");
        await WaitForTrafficAsync(slack, 2);
        Assert.DoesNotContain(slack.App.Requests, request => request.Headers.ContainsKey("X-Slack-Retry-Num"));
    }

    [Fact]
    public async Task An_event_is_sent_again_when_its_answer_is_lost()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await slack.DoAsync(
            "PUT",
            "faults",
            JsonNode.Parse("""{"faults":[{"method":"events","kind":"lost_answer","count":1}]}""")!.AsObject()
        );
        await slack.DoAsync("POST", "people/noor/home");
        var both = await slack.App.WaitForAsync(2, IsEvent);
        Assert.Equal("http_timeout", both[1].Headers["X-Slack-Retry-Reason"]);
    }

    [Fact]
    public async Task The_events_URL_is_verified_with_a_challenge()
    {
        await using var slack = await TestWorkspace.StartAsync();
        slack.App.Reply(request => new Reply(
            Json: new JsonObject { ["challenge"] = (string)request.Payload["challenge"]! }
        ));
        Assert.True((bool)(await slack.DoAsync("POST", "app/verify"))["ok"]!);
        slack.App.Reply(_ => new Reply());
        Assert.False((bool)(await slack.DoAsync("POST", "app/verify"))["ok"]!);
    }

    [Fact]
    public async Task An_app_installed_on_an_organization_has_no_team()
    {
        await using var slack = await TestWorkspace.StartAsync(options =>
            options with
            {
                Enterprise = new EnterpriseOptions(OrgInstall: true),
            }
        );
        Assert.Null((await slack.CallAsync("auth.test", []))["team_id"]);
        Assert.Equal("missing_argument", (string)(await slack.FormAsync("users.list"))["error"]!);
        Assert.True((bool)(await slack.FormAsync("users.list", ("team_id", "T0SIM00001")))["ok"]!);
        await slack.DoAsync("POST", "people/noor/home");
        var payload = (await slack.App.WaitForAsync(1, IsEvent))[0].Payload;
        Assert.Null(payload["authorizations"]![0]!["team_id"]);
        Assert.True((bool)payload["authorizations"]![0]!["is_enterprise_install"]!);
        await slack.CommandAsync();
        Assert.Equal("true", slack.App.Requests[^1].Form["is_enterprise_install"]);
    }

    private static JsonObject Closable() => Modal().With("notify_on_close", true).With("close", Plain("Cancel"));

    private static bool IsEvent(Received request) => request.Path is "/events";

    private static Task WaitForTrafficAsync(TestWorkspace slack, int count) =>
        Eventually.TrueAsync(
            () => slack.Server.Traffic.After(0).Count(entry => entry.Kind is "event") >= count,
            $"{count} events in the traffic"
        );

    private static async Task PostAsync(TestWorkspace slack, string address, JsonObject body)
    {
        using var content = new StringContent(body.ToJsonString());
        using var response = await slack.Http.PostAsync(
            new Uri(address),
            content,
            TestContext.Current.CancellationToken
        );
        response.EnsureSuccessStatusCode();
    }

    private static async Task AssertCoversAsync(TestWorkspace slack, string type, string file)
    {
        var shared = ReferenceData.ReadOrSkip(file);
        var ours = (await slack.App.WaitForAsync(1, request => request.IsInteraction(type)))[0].Payload;
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
