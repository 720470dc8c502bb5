using System.Text.Json.Nodes;
using CoffeeBuddy.Functions.Hosting;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>
/// Signed requests that cannot be read, or that contain text which PostgreSQL refuses. None is answered with a 5xx.
/// </summary>
public sealed class BadSlackRequestTests(ApiOffice office)
{
    private const string Unreadable = "The request cannot be read.";

    private readonly string _noor = ApiOffice.NewUser();
    private readonly string _channel = ApiOffice.NewChannel();

    [Theory]
    [InlineData("slack/commands", "SlackCommands", false)]
    [InlineData("slack/commands", "SlackCommands", true)]
    [InlineData("slack/interactions", "SlackInteractions", false)]
    [InlineData("slack/interactions", "SlackInteractions", true)]
    [InlineData("slack/events", "SlackEvents", false)]
    [InlineData("slack/events", "SlackEvents", true)]
    public async Task A_body_over_the_limit_is_refused_with_and_without_a_content_length(
        string path,
        string function,
        bool chunked
    )
    {
        var answer = await office.RefusesAsync(
            function,
            413,
            () => office.Slack.PostAsync(path, new byte[RequestBody.MaxBytes + 1], chunked: chunked)
        );

        answer.IsProblem(413, "The body is too large.", "At most 786432 bytes are accepted.");
    }

    [Theory]
    [InlineData("slack/commands", "SlackCommands", "application/json", "Send application/x-www-form-urlencoded.")]
    [InlineData(
        "slack/interactions",
        "SlackInteractions",
        "multipart/form-data",
        "Send application/x-www-form-urlencoded."
    )]
    [InlineData("slack/events", "SlackEvents", "text/plain", "Send application/json.")]
    public async Task Another_content_type_is_refused(string path, string function, string mediaType, string detail)
    {
        var answer = await office.RefusesAsync(
            function,
            415,
            () => office.Slack.PostAsync(path, "{}"u8.ToArray(), mediaType)
        );

        answer.IsProblem(415, "Unsupported content type.", detail);
    }

    [Theory]
    [InlineData("", "no workspace (team_id, enterprise_id)")]
    [InlineData("%%%=&&&===", "no workspace (team_id, enterprise_id)")]
    [InlineData("team_id=T1&user_id=U1%00&channel_id=C1&command=/coffee&trigger_id=1", "no user_id")]
    [InlineData("team_id=T1&user_id=B1&channel_id=C1&command=/coffee&trigger_id=1", "no user_id")]
    [InlineData(
        "team_id=T%00&user_id=U1&channel_id=C1&command=/coffee&trigger_id=1",
        "no workspace (team_id, enterprise_id)"
    )]
    [InlineData("team_id=T1&user_id=U1&channel_id=C1%0A&command=/coffee&trigger_id=1", "no channel_id")]
    [InlineData("team_id=T1&user_id=U1&channel_id=C1&command=coffee&trigger_id=1", "no command")]
    [InlineData("team_id=T1&user_id=U1&channel_id=C1&command=/coffee", "no trigger_id")]
    public async Task A_command_without_a_required_field_is_refused(string form, string fault)
    {
        var answer = await office.RefusesAsync(
            "SlackCommands",
            400,
            () => office.Slack.PostAsync("slack/commands", form)
        );

        answer.IsProblem(400, Unreadable, $"Wrong: {fault}.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("\"Latte\"")]
    [InlineData("{}")]
    [InlineData("""{"type":"view_submission"}""")]
    [InlineData("""{"type":"view_submission","user":{"id":"U1"},"team":{"id":"T 1"}}""")]
    [InlineData("""{"type":7,"user":{"id":"U1"},"team":{"id":"T1"}}""")]
    [InlineData("""{"type":"block_actions","user":{"id":"\ud800"},"team":{"id":"T1"}}""")]
    [InlineData("""{"type":"view_submission","user":{"id":"U1"},"team":{"id":"T1"},"view":{"callback_id":"order"}}""")]
    [InlineData(
        """{"type":"view_submission","user":{"id":"U1"},"team":{"id":"T1"},"view":{"callback_id":"order","private_metadata":"{\"run_id\":\"1e999\"}"}}"""
    )]
    [InlineData(
        """{"type":"block_actions","user":{"id":"U1"},"team":{"id":"T1"},"actions":[{"action_id":"order_open","value":"not-a-run"}]}"""
    )]
    [InlineData(
        """{"type":"block_actions","user":{"id":"U1"},"team":{"id":"T1"},"actions":[{"action_id":"usual:0","value":"Latte"}]}"""
    )]
    public async Task An_unreadable_payload_is_refused(string payload)
    {
        var answer = await office.RefusesAsync(
            "SlackInteractions",
            400,
            () => office.Slack.InteractionAsync(payload),
            "latte"
        );

        answer.IsProblem(400, Unreadable);
        Assert.StartsWith("Wrong: ", (string?)answer.Json["detail"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"type\":")]
    [InlineData("""{"type":"url_verification"}""")]
    [InlineData("""{"type":"event_callback","team_id":"T1","event":{"type":"app_mention"}}""")]
    [InlineData(
        """{"type":"event_callback","team_id":"T1","event_id":"Ev\u0000","event":{"type":"app_mention","user":"U1","channel":"C1"}}"""
    )]
    [InlineData(
        """{"type":"event_callback","team_id":"T1","event_id":"Ev1","event":{"type":"app_mention","user":"U1","channel":"C\u0000"}}"""
    )]
    [InlineData(
        """{"type":"event_callback","team_id":"T1","event_id":"Ev1","event":{"type":"app_mention","user":"\u0000","channel":"C1"}}"""
    )]
    [InlineData(
        """{"type":"event_callback","team_id":"","event_id":"Ev1","event":{"type":"app_mention","user":"U1","channel":"C1"}}"""
    )]
    public async Task An_unreadable_event_is_refused(string json)
    {
        var answer = await office.RefusesAsync("SlackEvents", 400, () => office.Slack.EventAsync(json));

        answer.IsProblem(400, Unreadable);
    }

    [Fact]
    public async Task Deeply_nested_JSON_is_refused()
    {
        var deep = new string('[', 100_000);

        await office.RefusesAsync(
            "SlackEvents",
            400,
            () => office.Slack.EventAsync($$"""{"type":"url_verification","challenge":{{deep}}""")
        );
        await office.RefusesAsync(
            "SlackInteractions",
            400,
            () => office.Slack.InteractionAsync($$"""{"type":"block_actions","x":{{deep}}""")
        );
    }

    [Fact]
    public async Task Invalid_UTF_8_is_refused()
    {
        byte[] body = [.. """{"type":"url_verification","challenge":"""u8, (byte)'"', 0xC3, 0x28, (byte)'"', (byte)'}'];

        await office.RefusesAsync("SlackEvents", 400, () => office.Slack.PostAsync("slack/events", body));
    }

    [Theory]
    [InlineData("%FF%FE")]
    [InlineData("%ED%A0%80")]
    [InlineData("%00")]
    [InlineData("N%00oor%0A")]
    [InlineData("%")]
    [InlineData("%u0000")]
    public async Task A_person_with_an_unusual_name_can_order(string name)
    {
        (await office.Slack.CommandAsync("/coffee", _noor, _channel, ("user_name", name))).Is(200);
        (await office.Slack.CommandAsync("/coffee", _noor, _channel, ("text", "away"), ("user_name", name))).Is(200);

        Assert.Equal(
            1,
            await office.Rows.CountAsync(
                "coffee_runs WHERE channel_id = @_channel AND initiator_user_id = @_noor",
                new { _channel, _noor }
            )
        );
        Assert.True(
            await office.Rows.GetAsync<bool>(
                "SELECT away AND coalesce(display_name, '') !~ '[[:cntrl:]]' FROM users WHERE user_id = @_noor",
                new { _noor }
            )
        );
    }

    [Fact]
    public async Task A_name_longer_than_its_column_is_shortened()
    {
        (await office.Slack.CommandAsync("/coffee", _noor, _channel, ("user_name", new string('n', 100_000)))).Is(200);

        Assert.Equal(
            255,
            await office.Rows.GetAsync<int>(
                "SELECT length(display_name) FROM users WHERE user_id = @_noor",
                new { _noor }
            )
        );
    }

    [Fact]
    public async Task A_form_with_ten_thousand_fields_is_read()
    {
        var more = Enumerable.Range(0, 10_000).Select(number => ($"field{number}", "x")).ToArray();

        (await office.Slack.CommandAsync("/coffee-history", _noor, _channel, more)).Is(200);
    }

    [Fact]
    public async Task An_interaction_with_ten_thousand_fields_and_inputs_is_read()
    {
        var run = await office.Api.OpenRunAsync(office.Service(), _noor, _channel);
        var around = string.Concat(Enumerable.Range(0, 10_000).Select(number => $"&field{number}=x"));
        var within = Enumerable
            .Range(0, 10_000)
            .Select(number => ($"input{number}", new JsonObject { ["value"] = "x" }))
            .ToArray();

        (
            await office.Slack.PostAsync(
                "slack/interactions",
                $"payload={Uri.EscapeDataString(Submission(run, "noor"))}{around}"
            )
        ).Is(200);
        (await office.Slack.InteractionAsync(Submission(run, "noor", within))).Is(200);

        Assert.Equal(1, await office.Rows.CountAsync("orders WHERE run_id = @run::uuid", new { run }));
    }

    [Theory]
    [InlineData("/coffee", "%00%01%FF")]
    [InlineData("/coffee", "<!channel>")]
    [InlineData("/tea\0", "")]
    public async Task An_unknown_command_is_answered_and_not_stored(string command, string text)
    {
        var rows = await office.ContentAsync();

        var answer = (await office.Slack.CommandAsync(command, _noor, _channel, ("text", text))).Is(200);

        Assert.Equal("ephemeral", (string?)answer.Json["response_type"]);
        Assert.DoesNotContain("<!channel>", answer.Json["text"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(rows, await office.ContentAsync());
    }

    [Fact]
    public async Task A_command_with_a_null_character_is_answered() =>
        Assert.Equal(
            "ephemeral",
            (string?)
                (await office.Slack.CommandAsync("/coffee-history", _noor, _channel, ("text", "%00"))).Is(200).Json[
                    "response_type"
                ]
        );

    [Theory]
    [InlineData("other", "Latte\0", "other:0")]
    [InlineData("other", "Latte\nTea", "other:0")]
    [InlineData("note", "hot\0", "note:0")]
    public async Task Control_characters_in_the_form_are_an_error_of_their_field(
        string input,
        string text,
        string block
    )
    {
        var run = await office.Api.OpenRunAsync(office.Service(), _noor, _channel);
        var rows = await office.ContentAsync();

        var answer = (
            await office.Slack.InteractionAsync(Submission(run, "noor", (input, new JsonObject { ["value"] = text })))
        ).Is(200);

        Assert.Equal("errors", (string?)answer.Json["response_action"]);
        Assert.Equal([block], answer.Json["errors"]!.AsObject().Select(error => error.Key));
        Assert.Equal(rows, await office.ContentAsync());
    }

    [Fact]
    public async Task A_person_whose_name_has_a_null_character_can_order()
    {
        var run = await office.Api.OpenRunAsync(office.Service(), _noor, _channel);

        (await office.Slack.InteractionAsync(Submission(run, "no\0or"))).Is(200);

        Assert.Equal(
            "noor",
            await office.Rows.GetAsync<string>(
                "SELECT u.display_name FROM orders o JOIN users u USING (user_id) WHERE o.run_id = @run::uuid",
                new { run }
            )
        );
    }

    [Fact]
    public async Task A_repeated_field_is_read_once()
    {
        var body = """{"type":"nothing","type":"url_verification","challenge":"first","challenge":"second"}""";

        Assert.Equal("second", (await office.Slack.EventAsync(body)).Is(200).Text);
        (
            await office.Slack.PostAsync(
                "slack/commands",
                $"team_id=T1&team_id=T2&user_id={_noor}&channel_id={_channel}&command=/coffee-history&trigger_id=1&trigger_id=2"
            )
        ).Is(200);
    }

    private string Submission(string run, string name, params (string Input, JsonObject State)[] more) =>
        SlackPayloads.Submission(run, _channel, _noor, name, more);
}
