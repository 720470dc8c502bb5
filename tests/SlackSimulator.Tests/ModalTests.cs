using SlackSimulator.Tests.Support;
using static SlackSimulator.Tests.Support.Samples;

namespace SlackSimulator.Tests;

public sealed class ModalTests
{
    [Fact]
    public async Task A_modal_is_submitted_with_entered_and_prefilled_values()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var trigger = await slack.TriggerAsync();
        var opened = await slack.CallAsync(
            "views.open",
            new JsonObject
            {
                ["trigger_id"] = trigger,
                ["view"] = Modal(
                    "Order",
                    Input("drink", Select("choice", "tea", "coffee")),
                    Input("notes", TextInput("text", "no sugar"))
                ),
            }
        );
        Assert.True((bool)opened["ok"]!, opened.ToJsonString());

        var result = await slack.DoAsync(
            "POST",
            "people/noor/view/submit",
            new JsonObject { ["values"] = new JsonObject { ["drink"] = new JsonObject { ["choice"] = "tea" } } }
        );

        Assert.True((bool)result["closed"]!, result.ToJsonString());
        var submission = slack.App.Requests.Single(request => request.IsInteraction("view_submission")).Payload;
        var values = submission["view"]!["state"]!["values"]!;
        Assert.Equal("tea", (string)values["drink"]!["choice"]!["selected_option"]!["value"]!);
        Assert.Equal("no sugar", (string)values["notes"]!["text"]!["value"]!);
        Assert.Equal("view_not_found", (string)(await slack.DoAsync("GET", "people/noor/view"))["error"]!);
    }

    [Fact]
    public async Task An_empty_required_input_is_refused_without_a_request_to_the_app()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await OpenAsync(slack, Modal());

        var result = await slack.DoAsync("POST", "people/noor/view/submit");

        Assert.False((bool)result["closed"]!);
        Assert.Equal("Please complete this required field.", (string)result["errors"]!["what"]!);
        Assert.DoesNotContain(slack.App.Requests, request => request.IsInteraction("view_submission"));
    }

    [Fact]
    public async Task Errors_from_the_app_are_shown_and_the_modal_keeps_its_values()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await OpenAsync(slack, Modal());
        slack.App.Reply(_ => new Reply(
            Json: new JsonObject
            {
                ["response_action"] = "errors",
                ["errors"] = new JsonObject { ["what"] = "Too strong" },
            }
        ));

        var result = await slack.DoAsync("POST", "people/noor/view/submit", Entered("what", "text", "ristretto"));

        Assert.False((bool)result["closed"]!);
        Assert.Equal("Too strong", (string)result["errors"]!["what"]!);
        Assert.Equal("ristretto", (string)result["view"]!["state"]!["values"]!["what"]!["text"]!["value"]!);
    }

    [Fact]
    public async Task Errors_for_a_block_that_is_no_input_are_a_violation_and_the_submission_fails()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await OpenAsync(slack, Modal());
        slack.App.Reply(_ => new Reply(
            Json: new JsonObject
            {
                ["response_action"] = "errors",
                ["errors"] = new JsonObject { ["elsewhere"] = "Wrong" },
            }
        ));

        var result = await slack.DoAsync("POST", "people/noor/view/submit", Entered("what", "text", "x"));

        Assert.Equal("invalid_arguments", (string)result["error"]!);
        var violation = Assert.Single(slack.Server.Traffic.Violating).Violations[0];
        Assert.Equal("/errors/elsewhere", violation.Path);
    }

    [Fact]
    public async Task An_update_replaces_the_view_and_keeps_the_values_of_inputs_with_the_same_ids()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await OpenAsync(slack, Modal("One"));
        slack.App.Reply(_ => new Reply(
            Json: new JsonObject
            {
                ["response_action"] = "update",
                ["view"] = Modal("Two", Input("what", TextInput("text")), Input("more", TextInput("text", "new"))),
            }
        ));

        var result = await slack.DoAsync("POST", "people/noor/view/submit", Entered("what", "text", "kept"));

        Assert.Equal("Two", (string)result["view"]!["title"]!["text"]!);
        Assert.Equal("kept", (string)result["view"]!["state"]!["values"]!["what"]!["text"]!["value"]!);
        Assert.Equal("new", (string)result["view"]!["state"]!["values"]!["more"]!["text"]!["value"]!);
    }

    [Fact]
    public async Task Up_to_three_views_can_be_stacked_and_closing_shows_the_one_below()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await OpenAsync(slack, Modal("1", Section("hello")));
        var depth = 1;
        slack.App.Reply(_ => new Reply(
            Json: new JsonObject { ["response_action"] = "push", ["view"] = Modal($"{++depth}", Section("hello")) }
        ));

        await slack.DoAsync("POST", "people/noor/view/submit");
        var third = await slack.DoAsync("POST", "people/noor/view/submit");
        Assert.Equal("3", (string)third["view"]!["title"]!["text"]!);
        var fourth = await slack.DoAsync("POST", "people/noor/view/submit");
        Assert.Equal("push_limit_reached", (string)fourth["error"]!);

        var closed = await slack.DoAsync("POST", "people/noor/view/close");
        Assert.Equal("2", (string)closed["view"]!["title"]!["text"]!);
        slack.App.Reply(_ => new Reply(Json: new JsonObject { ["response_action"] = "clear" }));
        var cleared = await slack.DoAsync("POST", "people/noor/view/submit");
        Assert.True((bool)cleared["closed"]!);
        Assert.Null(cleared["view"]);
    }

    [Fact]
    public async Task A_conversation_select_defaults_to_the_current_one_and_has_a_response_url()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var where = new JsonObject
        {
            ["type"] = "conversations_select",
            ["action_id"] = "to",
            ["default_to_current_conversation"] = true,
            ["response_url_enabled"] = true,
        };
        var opened = await OpenAsync(slack, Modal("x", Input("where", where), Input("what", TextInput("text", "x"))));
        Assert.Equal("""{"values":{}}""", opened["view"]!["state"]!.ToJsonString());
        Assert.Equal(
            TestWorkspace.Office,
            (string)
                (await slack.DoAsync("GET", "people/noor/view"))["state"]!["values"]!["where"]!["to"]![
                    "selected_conversation"
                ]!
        );
        await slack.DoAsync("POST", "people/noor/view/submit");

        var address = Assert.Single(
            slack.App.Requests.Single(request => request.IsInteraction("view_submission")).Payload[
                "response_urls"
            ]!.AsArray()
        )!;
        Assert.Equal(
            ("where", "to", TestWorkspace.Office),
            ((string)address["block_id"]!, (string)address["action_id"]!, (string)address["channel_id"]!)
        );
        using var content = new StringContent("""{"text":"done","response_type":"in_channel"}""");
        using var response = await slack.Http.PostAsync(
            new Uri((string)address["response_url"]!),
            content,
            TestContext.Current.CancellationToken
        );
        response.EnsureSuccessStatusCode();
        Assert.Equal("done", (string)Assert.Single(await slack.MessagesAsync("priya", "office"))!["text"]!);
    }

    [Fact]
    public async Task Views_push_needs_a_trigger_id_from_the_modal()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await OpenAsync(slack, Modal("1", ActionsBlock(Button("more"))));
        var fromCommand = await slack.CallAsync(
            "views.push",
            new JsonObject { ["trigger_id"] = await slack.TriggerAsync(), ["view"] = Modal("2") }
        );
        Assert.Equal("invalid_trigger_id", (string)fromCommand["error"]!);

        await slack.DoAsync("POST", "people/noor/actions", new JsonObject { ["view"] = true, ["action_id"] = "more" });
        var click = slack.App.Requests.Single(request => request.IsInteraction("block_actions")).Payload;
        var pushed = await slack.CallAsync(
            "views.push",
            new JsonObject { ["trigger_id"] = (string)click["trigger_id"]!, ["view"] = Modal("2") }
        );
        Assert.True((bool)pushed["ok"]!, pushed.ToJsonString());
        Assert.Equal((string)click["view"]!["id"]!, (string)pushed["view"]!["previous_view_id"]!);
    }

    [Fact]
    public async Task A_view_is_updated_only_with_its_latest_hash()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var view = (await OpenAsync(slack, Modal("1")))["view"]!;
        var arguments = new JsonObject
        {
            ["view_id"] = (string)view["id"]!,
            ["hash"] = (string)view["hash"]!,
            ["view"] = Modal("2"),
        };

        var first = await slack.CallAsync("views.update", arguments);
        var second = await slack.CallAsync("views.update", arguments);

        Assert.Equal("2", (string)first["view"]!["title"]!["text"]!);
        Assert.Equal("hash_conflict", (string)second["error"]!);
    }

    [Fact]
    public async Task A_view_is_found_by_its_unique_external_id()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var modal = Modal("1");
        modal["external_id"] = "mine";
        await OpenAsync(slack, modal);

        var updated = await slack.CallAsync(
            "views.update",
            new JsonObject { ["external_id"] = "mine", ["view"] = Modal("2") }
        );
        Assert.True((bool)updated["ok"]!);
        var unknown = await slack.CallAsync(
            "views.update",
            new JsonObject { ["external_id"] = "mine", ["view"] = Modal("2") }
        );
        Assert.Equal("not_found", (string)unknown["error"]!);

        await OpenAsync(slack, modal, "priya");
        var twice = await slack.CallAsync(
            "views.open",
            new JsonObject { ["trigger_id"] = await slack.TriggerAsync(), ["view"] = modal.DeepClone() }
        );
        Assert.Equal("duplicate_external_id", (string)twice["error"]!);
    }

    [Fact]
    public async Task Closing_a_view_with_notify_on_close_sends_view_closed()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var modal = Modal();
        modal["notify_on_close"] = true;
        modal["private_metadata"] = "for you";
        await OpenAsync(slack, modal);

        await slack.DoAsync("POST", "people/noor/view/close");

        var closed = (await slack.App.WaitForAsync(1, request => request.IsInteraction("view_closed")))[0].Payload;
        Assert.Equal("for you", (string)closed["view"]!["private_metadata"]!);
        Assert.False((bool)closed["is_cleared"]!);
    }

    [Fact]
    public async Task A_failed_submission_leaves_the_modal_open()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await OpenAsync(slack, Modal());
        slack.App.Reply(_ => new Reply(500));

        var result = await slack.DoAsync("POST", "people/noor/view/submit", Entered("what", "text", "x"));

        Assert.False((bool)result["closed"]!);
        Assert.Equal("http_error", (string)result["error"]!);
        Assert.Equal(
            "x",
            (string)(await slack.DoAsync("GET", "people/noor/view"))["state"]!["values"]!["what"]!["text"]!["value"]!
        );
    }

    [Fact]
    public async Task The_home_is_published_to_one_person_and_its_buttons_work()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await slack.DoAsync("POST", "people/noor/home");
        var opened = (await slack.App.WaitForAsync(1, request => request.IsEvent("app_home_opened")))[0].Payload;
        Assert.Equal(TestWorkspace.Noor, (string)opened["event"]!["user"]!);

        var published = await slack.CallAsync(
            "views.publish",
            new JsonObject
            {
                ["user_id"] = TestWorkspace.Noor,
                ["view"] = Home(Section("hi"), ActionsBlock(Button("go"))),
            }
        );
        Assert.True((bool)published["ok"]!, published.ToJsonString());
        Assert.Equal("home", (string)(await slack.DoAsync("GET", "people/noor/home"))["type"]!);
        Assert.Equal("home_not_found", (string)(await slack.DoAsync("GET", "people/priya/home"))["error"]!);

        await slack.DoAsync("POST", "people/noor/actions", new JsonObject { ["home"] = true, ["action_id"] = "go" });
        var click = slack.App.Requests.Single(request => request.IsInteraction("block_actions")).Payload;
        Assert.Equal("view", (string)click["container"]!["type"]!);
    }

    private static async Task<JsonNode> OpenAsync(TestWorkspace slack, JsonObject modal, string person = "noor")
    {
        var opened = await slack.CallAsync(
            "views.open",
            new JsonObject { ["trigger_id"] = await slack.TriggerAsync(person), ["view"] = modal.DeepClone() }
        );
        Assert.True((bool)opened["ok"]!, opened.ToJsonString());
        return opened;
    }

    private static JsonObject Entered(string block, string action, string value) =>
        new() { ["values"] = new JsonObject { [block] = new JsonObject { [action] = value } } };
}
