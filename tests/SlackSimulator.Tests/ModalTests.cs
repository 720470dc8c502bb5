using SlackSimulator.Tests.Support;
using static SlackSimulator.Tests.Support.Samples;

namespace SlackSimulator.Tests;

public sealed class ModalTests
{
    [Fact]
    public async Task A_command_opens_a_modal_which_is_submitted_with_what_was_entered_and_prefilled()
    {
        await using var lab = await Lab.StartAsync();
        var trigger = await lab.TriggerAsync();
        var opened = await lab.CallAsync(
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

        var result = await lab.DoAsync(
            "POST",
            "people/noor/view/submit",
            new JsonObject { ["values"] = new JsonObject { ["drink"] = new JsonObject { ["choice"] = "tea" } } }
        );

        Assert.True((bool)result["closed"]!, result.ToJsonString());
        var submission = lab.App.Requests.Single(request => request.IsInteraction("view_submission")).Payload;
        var values = submission["view"]!["state"]!["values"]!;
        Assert.Equal("tea", (string)values["drink"]!["choice"]!["selected_option"]!["value"]!);
        Assert.Equal("no sugar", (string)values["notes"]!["text"]!["value"]!);
        Assert.Equal("view_not_found", (string)(await lab.DoAsync("GET", "people/noor/view"))["error"]!);
    }

    [Fact]
    public async Task A_required_input_left_empty_is_refused_before_the_app_hears_of_it()
    {
        await using var lab = await Lab.StartAsync();
        await OpenAsync(lab, Modal());

        var result = await lab.DoAsync("POST", "people/noor/view/submit");

        Assert.False((bool)result["closed"]!);
        Assert.Equal("Please complete this required field.", (string)result["errors"]!["what"]!);
        Assert.DoesNotContain(lab.App.Requests, request => request.IsInteraction("view_submission"));
    }

    [Fact]
    public async Task Errors_the_app_answers_are_shown_and_the_modal_stays_with_what_was_entered()
    {
        await using var lab = await Lab.StartAsync();
        await OpenAsync(lab, Modal());
        lab.App.Reply(_ => new Reply(
            Json: new JsonObject
            {
                ["response_action"] = "errors",
                ["errors"] = new JsonObject { ["what"] = "Too strong" },
            }
        ));

        var result = await lab.DoAsync("POST", "people/noor/view/submit", Entered("what", "text", "ristretto"));

        Assert.False((bool)result["closed"]!);
        Assert.Equal("Too strong", (string)result["errors"]!["what"]!);
        Assert.Equal("ristretto", (string)result["view"]!["state"]!["values"]!["what"]!["text"]!["value"]!);
    }

    [Fact]
    public async Task Errors_for_a_block_that_is_no_input_are_a_violation_and_the_person_sees_trouble()
    {
        await using var lab = await Lab.StartAsync();
        await OpenAsync(lab, Modal());
        lab.App.Reply(_ => new Reply(
            Json: new JsonObject
            {
                ["response_action"] = "errors",
                ["errors"] = new JsonObject { ["elsewhere"] = "Wrong" },
            }
        ));

        var result = await lab.DoAsync("POST", "people/noor/view/submit", Entered("what", "text", "x"));

        Assert.Equal("invalid_arguments", (string)result["error"]!);
        var violation = Assert.Single(lab.Server.Traffic.Violating).Violations[0];
        Assert.Equal("/errors/elsewhere", violation.Path);
    }

    [Fact]
    public async Task Update_replaces_the_view_and_keeps_what_stood_in_inputs_of_the_same_ids()
    {
        await using var lab = await Lab.StartAsync();
        await OpenAsync(lab, Modal("One"));
        lab.App.Reply(_ => new Reply(
            Json: new JsonObject
            {
                ["response_action"] = "update",
                ["view"] = Modal("Two", Input("what", TextInput("text")), Input("more", TextInput("text", "new"))),
            }
        ));

        var result = await lab.DoAsync("POST", "people/noor/view/submit", Entered("what", "text", "kept"));

        Assert.Equal("Two", (string)result["view"]!["title"]!["text"]!);
        Assert.Equal("kept", (string)result["view"]!["state"]!["values"]!["what"]!["text"]!["value"]!);
        Assert.Equal("new", (string)result["view"]!["state"]!["values"]!["more"]!["text"]!["value"]!);
    }

    [Fact]
    public async Task Push_stacks_up_to_three_views_and_closing_shows_the_one_beneath()
    {
        await using var lab = await Lab.StartAsync();
        await OpenAsync(lab, Modal("1", Section("hello")));
        var depth = 1;
        lab.App.Reply(_ => new Reply(
            Json: new JsonObject { ["response_action"] = "push", ["view"] = Modal($"{++depth}", Section("hello")) }
        ));

        await lab.DoAsync("POST", "people/noor/view/submit");
        var third = await lab.DoAsync("POST", "people/noor/view/submit");
        Assert.Equal("3", (string)third["view"]!["title"]!["text"]!);
        var fourth = await lab.DoAsync("POST", "people/noor/view/submit");
        Assert.Equal("push_limit_reached", (string)fourth["error"]!);

        var closed = await lab.DoAsync("POST", "people/noor/view/close");
        Assert.Equal("2", (string)closed["view"]!["title"]!["text"]!);
        lab.App.Reply(_ => new Reply(Json: new JsonObject { ["response_action"] = "clear" }));
        var cleared = await lab.DoAsync("POST", "people/noor/view/submit");
        Assert.True((bool)cleared["closed"]!);
        Assert.Null(cleared["view"]);
    }

    [Fact]
    public async Task A_conversation_select_begins_where_the_person_is_and_its_choice_can_be_answered_to()
    {
        await using var lab = await Lab.StartAsync();
        var where = new JsonObject
        {
            ["type"] = "conversations_select",
            ["action_id"] = "to",
            ["default_to_current_conversation"] = true,
            ["response_url_enabled"] = true,
        };
        var opened = await OpenAsync(lab, Modal("x", Input("where", where), Input("what", TextInput("text", "x"))));
        Assert.Equal("""{"values":{}}""", opened["view"]!["state"]!.ToJsonString());
        Assert.Equal(
            Lab.Office,
            (string)
                (await lab.DoAsync("GET", "people/noor/view"))["state"]!["values"]!["where"]!["to"]![
                    "selected_conversation"
                ]!
        );
        await lab.DoAsync("POST", "people/noor/view/submit");

        var address = Assert.Single(
            lab.App.Requests.Single(request => request.IsInteraction("view_submission")).Payload[
                "response_urls"
            ]!.AsArray()
        )!;
        Assert.Equal(
            ("where", "to", Lab.Office),
            ((string)address["block_id"]!, (string)address["action_id"]!, (string)address["channel_id"]!)
        );
        using var content = new StringContent("""{"text":"done","response_type":"in_channel"}""");
        using var response = await lab.Http.PostAsync(
            new Uri((string)address["response_url"]!),
            content,
            TestContext.Current.CancellationToken
        );
        response.EnsureSuccessStatusCode();
        Assert.Equal("done", (string)Assert.Single(await lab.MessagesAsync("priya", "office"))!["text"]!);
    }

    [Fact]
    public async Task Views_push_needs_a_trigger_from_within_the_modal()
    {
        await using var lab = await Lab.StartAsync();
        await OpenAsync(lab, Modal("1", ActionsBlock(Button("more"))));
        var fromCommand = await lab.CallAsync(
            "views.push",
            new JsonObject { ["trigger_id"] = await lab.TriggerAsync(), ["view"] = Modal("2") }
        );
        Assert.Equal("invalid_trigger_id", (string)fromCommand["error"]!);

        await lab.DoAsync("POST", "people/noor/actions", new JsonObject { ["view"] = true, ["action_id"] = "more" });
        var click = lab.App.Requests.Single(request => request.IsInteraction("block_actions")).Payload;
        var pushed = await lab.CallAsync(
            "views.push",
            new JsonObject { ["trigger_id"] = (string)click["trigger_id"]!, ["view"] = Modal("2") }
        );
        Assert.True((bool)pushed["ok"]!, pushed.ToJsonString());
        Assert.Equal((string)click["view"]!["id"]!, (string)pushed["view"]!["previous_view_id"]!);
    }

    [Fact]
    public async Task A_view_is_updated_only_by_who_has_its_last_hash()
    {
        await using var lab = await Lab.StartAsync();
        var view = (await OpenAsync(lab, Modal("1")))["view"]!;
        var arguments = new JsonObject
        {
            ["view_id"] = (string)view["id"]!,
            ["hash"] = (string)view["hash"]!,
            ["view"] = Modal("2"),
        };

        var first = await lab.CallAsync("views.update", arguments);
        var second = await lab.CallAsync("views.update", arguments);

        Assert.Equal("2", (string)first["view"]!["title"]!["text"]!);
        Assert.Equal("hash_conflict", (string)second["error"]!);
    }

    [Fact]
    public async Task A_view_is_found_by_its_external_id_which_is_unique()
    {
        await using var lab = await Lab.StartAsync();
        var modal = Modal("1");
        modal["external_id"] = "mine";
        await OpenAsync(lab, modal);

        var updated = await lab.CallAsync(
            "views.update",
            new JsonObject { ["external_id"] = "mine", ["view"] = Modal("2") }
        );
        Assert.True((bool)updated["ok"]!);
        var unknown = await lab.CallAsync(
            "views.update",
            new JsonObject { ["external_id"] = "mine", ["view"] = Modal("2") }
        );
        Assert.Equal("not_found", (string)unknown["error"]!);

        await OpenAsync(lab, modal, "priya");
        var twice = await lab.CallAsync(
            "views.open",
            new JsonObject { ["trigger_id"] = await lab.TriggerAsync(), ["view"] = modal.DeepClone() }
        );
        Assert.Equal("duplicate_external_id", (string)twice["error"]!);
    }

    [Fact]
    public async Task Closing_tells_the_app_that_asked_to_be_told()
    {
        await using var lab = await Lab.StartAsync();
        var modal = Modal();
        modal["notify_on_close"] = true;
        modal["private_metadata"] = "for you";
        await OpenAsync(lab, modal);

        await lab.DoAsync("POST", "people/noor/view/close");

        var closed = (await lab.App.WaitForAsync(1, request => request.IsInteraction("view_closed")))[0].Payload;
        Assert.Equal("for you", (string)closed["view"]!["private_metadata"]!);
        Assert.False((bool)closed["is_cleared"]!);
    }

    [Fact]
    public async Task A_submission_the_app_cannot_take_leaves_the_modal_open()
    {
        await using var lab = await Lab.StartAsync();
        await OpenAsync(lab, Modal());
        lab.App.Reply(_ => new Reply(500));

        var result = await lab.DoAsync("POST", "people/noor/view/submit", Entered("what", "text", "x"));

        Assert.False((bool)result["closed"]!);
        Assert.Equal("http_error", (string)result["error"]!);
        Assert.Equal(
            "x",
            (string)(await lab.DoAsync("GET", "people/noor/view"))["state"]!["values"]!["what"]!["text"]!["value"]!
        );
    }

    [Fact]
    public async Task The_home_is_published_to_one_person_and_its_buttons_work()
    {
        await using var lab = await Lab.StartAsync();
        await lab.DoAsync("POST", "people/noor/home");
        var opened = (await lab.App.WaitForAsync(1, request => request.IsEvent("app_home_opened")))[0].Payload;
        Assert.Equal(Lab.Noor, (string)opened["event"]!["user"]!);

        var published = await lab.CallAsync(
            "views.publish",
            new JsonObject { ["user_id"] = Lab.Noor, ["view"] = Home(Section("hi"), ActionsBlock(Button("go"))) }
        );
        Assert.True((bool)published["ok"]!, published.ToJsonString());
        Assert.Equal("home", (string)(await lab.DoAsync("GET", "people/noor/home"))["type"]!);
        Assert.Equal("home_not_found", (string)(await lab.DoAsync("GET", "people/priya/home"))["error"]!);

        await lab.DoAsync("POST", "people/noor/actions", new JsonObject { ["home"] = true, ["action_id"] = "go" });
        var click = lab.App.Requests.Single(request => request.IsInteraction("block_actions")).Payload;
        Assert.Equal("view", (string)click["container"]!["type"]!);
    }

    private static async Task<JsonNode> OpenAsync(Lab lab, JsonObject modal, string person = "noor")
    {
        var opened = await lab.CallAsync(
            "views.open",
            new JsonObject { ["trigger_id"] = await lab.TriggerAsync(person), ["view"] = modal.DeepClone() }
        );
        Assert.True((bool)opened["ok"]!, opened.ToJsonString());
        return opened;
    }

    private static JsonObject Entered(string block, string action, string value) =>
        new() { ["values"] = new JsonObject { [block] = new JsonObject { [action] = value } } };
}
