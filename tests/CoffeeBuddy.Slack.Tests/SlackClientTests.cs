using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Views;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace CoffeeBuddy.Slack.Tests;

public sealed class SlackClientTests
{
    private static readonly SlackMessage Message = new("Hello", [new SectionBlock(TextObject.Mrkdwn("*Héllo*"))]);
    private static readonly View Modal = OrderModal.ClosedView(RunStatus.Completed);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_is_posted_as_JSON_with_the_token_and_its_address_is_returned()
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.AnswerWith("""{"ok":true,"channel":"C1","ts":"1.2","message":{"text":"Hello"}}""");

        var posted = await slack.Client.PostMessageAsync(
            "C1",
            Message,
            threadTs: "1.1",
            workspaceId: "T1",
            cancellationToken: Token
        );

        Assert.Equal(new PostedMessage("C1", "1.2"), posted);
        var request = Assert.Single(slack.Requests);
        Assert.Equal(
            ("/api/chat.postMessage", "application/json; charset=utf-8", "Bearer xoxb-test"),
            (request.Path, request.ContentType, request.Authorization)
        );
        AssertJson(
            """
            {"channel":"C1","thread_ts":"1.1","text":"Hello","team_id":"T1","unfurl_links":false,"unfurl_media":false,
             "blocks":[{"type":"section","text":{"type":"mrkdwn","text":"*Héllo*","verbatim":true}}]}
            """,
            request.Body
        );
    }

    [Fact]
    public async Task A_message_is_updated_in_its_channel()
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.AnswerWith("""{"ok":true,"channel":"C1","ts":"1.2"}""");

        Assert.Equal(
            new PostedMessage("C1", "1.2"),
            await slack.Client.UpdateMessageAsync("C1", "1.2", Message, cancellationToken: Token)
        );
        Assert.Contains("\"ts\":\"1.2\"", Assert.Single(slack.Requests).Body);
    }

    [Fact]
    public async Task An_ephemeral_message_goes_to_one_person()
    {
        await using var slack = await FakeSlack.StartAsync(Token);

        await slack.Client.PostEphemeralAsync("C1", "U1", Message, cancellationToken: Token);

        var request = Assert.Single(slack.Requests);
        Assert.Equal("/api/chat.postEphemeral", request.Path);
        Assert.Equal("U1", (string?)JsonNode.Parse(request.Body)!["user"]);
    }

    [Fact]
    public async Task Views_are_opened_updated_and_published()
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.AnswerWith("""{"ok":true,"view":{"id":"V1","hash":"h","type":"modal"}}""");

        Assert.Equal(
            new OpenedView("V1", "h"),
            await slack.Client.OpenViewAsync("trigger", Modal, cancellationToken: Token)
        );
        await slack.Client.UpdateViewAsync("V1", Modal, "h", cancellationToken: Token);
        await slack.Client.PublishViewAsync("U1", HomeView.Build([], [], away: false), cancellationToken: Token);

        Assert.Equal(
            ["/api/views.open", "/api/views.update", "/api/views.publish"],
            slack.Requests.Select(request => request.Path)
        );
        var bodies = slack.Requests.Select(request => JsonNode.Parse(request.Body)!).ToList();
        Assert.Equal(
            ("trigger", "V1", "h", "U1"),
            (
                (string?)bodies[0]["trigger_id"],
                (string?)bodies[1]["view_id"],
                (string?)bodies[1]["hash"],
                (string?)bodies[2]["user_id"]
            )
        );
        Assert.Equal("home", (string?)bodies[2]["view"]!["type"]);
    }

    [Fact]
    public async Task Opening_a_conversation_returns_its_channel()
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.AnswerWith("""{"ok":true,"channel":{"id":"D1"}}""");

        Assert.Equal("D1", await slack.Client.OpenConversationAsync("U1", cancellationToken: Token));
        AssertJson("""{"users":"U1"}""", Assert.Single(slack.Requests).Body);
    }

    [Fact]
    public async Task A_profile_is_requested_with_a_form_and_always_has_a_name()
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.AnswerWith(
            """{"ok":true,"user":{"id":"U1","name":"ada","real_name":"Ada L","tz":"Europe/London","profile":{"display_name":"","real_name":"Ada Lovelace","email":"ada@example.com"}}}"""
        );

        var user = await slack.Client.GetUserAsync("U1", "T1", Token);

        Assert.Equal(
            new SlackUser(
                "U1",
                "Ada Lovelace",
                "Ada Lovelace",
                "ada@example.com",
                "Europe/London",
                IsBot: false,
                IsDeleted: false
            ),
            user
        );
        Assert.Equal(
            ("application/x-www-form-urlencoded", "user=U1&team_id=T1"),
            (Assert.Single(slack.Requests).ContentType, Assert.Single(slack.Requests).Body)
        );
    }

    [Theory]
    [InlineData("channel_not_found", SlackErrorKind.Permanent, SlackOutcome.NotDone)]
    [InlineData("is_archived", SlackErrorKind.Permanent, SlackOutcome.NotDone)]
    [InlineData("not_in_channel", SlackErrorKind.Permanent, SlackOutcome.NotDone)]
    [InlineData("msg_too_long", SlackErrorKind.Permanent, SlackOutcome.NotDone)]
    [InlineData("user_not_found", SlackErrorKind.Permanent, SlackOutcome.NotDone)]
    [InlineData("cannot_dm_bot", SlackErrorKind.Permanent, SlackOutcome.NotDone)]
    [InlineData("invalid_auth", SlackErrorKind.Authentication, SlackOutcome.NotDone)]
    [InlineData("token_revoked", SlackErrorKind.Authentication, SlackOutcome.NotDone)]
    [InlineData("token_expired", SlackErrorKind.Authentication, SlackOutcome.NotDone)]
    [InlineData("account_inactive", SlackErrorKind.Authentication, SlackOutcome.NotDone)]
    [InlineData("not_authed", SlackErrorKind.Authentication, SlackOutcome.NotDone)]
    [InlineData("expired_trigger_id", SlackErrorKind.Permanent, SlackOutcome.NotDone)]
    [InlineData("exchanged_trigger_id", SlackErrorKind.Permanent, SlackOutcome.NotDone)]
    [InlineData("service_unavailable", SlackErrorKind.Retry, SlackOutcome.NotDone)]
    [InlineData("request_timeout", SlackErrorKind.Retry, SlackOutcome.NotDone)]
    [InlineData("internal_error", SlackErrorKind.Retry, SlackOutcome.Unknown)]
    [InlineData("fatal_error", SlackErrorKind.Retry, SlackOutcome.Unknown)]
    [InlineData("an_error_of_tomorrow", SlackErrorKind.Retry, SlackOutcome.NotDone)]
    public async Task The_error_code_says_what_to_do_and_whether_the_call_was_executed(
        string error,
        SlackErrorKind kind,
        SlackOutcome outcome
    )
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.AnswerWith($$"""{"ok":false,"error":"{{error}}"}""");

        var exception = await Assert.ThrowsAsync<SlackApiException>(() =>
            slack.Client.PostMessageAsync("C1", Message, cancellationToken: Token)
        );

        Assert.Equal(
            ("chat.postMessage", error, kind, outcome),
            (exception.Method, exception.Error, exception.Kind, exception.Outcome)
        );
    }

    [Fact]
    public async Task The_error_includes_the_explanations_from_Slack()
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.AnswerWith(
            """{"ok":false,"error":"invalid_blocks","response_metadata":{"messages":["[ERROR] must be less than 76 characters [json-pointer:/blocks/0/text]"]}}"""
        );

        var exception = await Assert.ThrowsAsync<SlackApiException>(() =>
            slack.Client.PostMessageAsync("C1", Message, cancellationToken: Token)
        );

        Assert.Equal(
            "Slack's chat.postMessage failed: invalid_blocks. [ERROR] must be less than 76 characters [json-pointer:/blocks/0/text]",
            exception.Message
        );
        Assert.Equal(SlackErrorKind.Permanent, exception.Kind);
    }

    [Fact]
    public async Task The_error_names_the_missing_scope()
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.AnswerWith("""{"ok":false,"error":"missing_scope","needed":"users:read","provided":"chat:write"}""");

        var exception = await Assert.ThrowsAsync<SlackApiException>(() =>
            slack.Client.GetUserAsync("U1", cancellationToken: Token)
        );

        Assert.Equal(
            (SlackErrorKind.Authentication, "Needed: users:read."),
            (exception.Kind, Assert.Single(exception.Details))
        );
    }

    [Fact]
    public async Task After_429_the_method_waits_in_this_channel_for_the_time_that_Slack_gave()
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.AnswerWith("""{"ok":false,"error":"ratelimited"}""", 429, retryAfter: "30");

        var refused = await Assert.ThrowsAsync<SlackApiException>(() =>
            slack.Client.PostMessageAsync("C1", Message, cancellationToken: Token)
        );
        Assert.Equal((SlackErrorKind.RateLimited, TimeSpan.FromSeconds(30)), (refused.Kind, refused.RetryAfter));
        slack.AnswerWith("""{"ok":true,"ts":"1.2"}""");

        slack.Time.Advance(TimeSpan.FromSeconds(10));
        var heldBack = await Assert.ThrowsAsync<SlackApiException>(() =>
            slack.Client.PostMessageAsync("C1", Message, cancellationToken: Token)
        );
        Assert.Equal(("ratelimited_here", TimeSpan.FromSeconds(20)), (heldBack.Error, heldBack.RetryAfter));
        Assert.Single(slack.Requests);
        await slack.Client.PostMessageAsync("C2", Message, cancellationToken: Token);

        slack.Time.Advance(TimeSpan.FromSeconds(20));
        await slack.Client.PostMessageAsync("C1", Message, cancellationToken: Token);
        Assert.Equal(3, slack.Requests.Count);
    }

    [Theory]
    [InlineData(503, SlackOutcome.Unknown)]
    [InlineData(500, SlackOutcome.Unknown)]
    [InlineData(408, SlackOutcome.NotDone)]
    [InlineData(407, SlackOutcome.NotDone)]
    [InlineData(404, SlackOutcome.NotDone)]
    [InlineData(403, SlackOutcome.NotDone)]
    [InlineData(401, SlackOutcome.NotDone)]
    [InlineData(400, SlackOutcome.NotDone)]
    [InlineData(302, SlackOutcome.NotDone)]
    [InlineData(404, SlackOutcome.NotDone, "{\"error\":\"not_found\"}")]
    public async Task An_error_page_of_a_proxy_is_retried(int status, SlackOutcome outcome, string answer = "<html>")
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.AnswerWith(answer, status);

        var exception = await Assert.ThrowsAsync<SlackApiException>(() =>
            slack.Client.PostMessageAsync("C1", Message, cancellationToken: Token)
        );

        Assert.Equal(
            ($"http_{status}", SlackErrorKind.Retry, outcome),
            (exception.Error, exception.Kind, exception.Outcome)
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("ok")]
    [InlineData("{\"ok\":tr")]
    [InlineData("{\"ok\":\"yes\"}")]
    [InlineData("{\"ok\":true}")]
    [InlineData("{}")]
    public async Task After_an_unreadable_answer_the_outcome_is_unknown(string answer)
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.AnswerWith(answer);

        var exception = await Assert.ThrowsAsync<SlackApiException>(() =>
            slack.Client.PostMessageAsync("C1", Message, cancellationToken: Token)
        );

        Assert.Equal(
            ("invalid_response", SlackErrorKind.Retry, SlackOutcome.Unknown),
            (exception.Error, exception.Kind, exception.Outcome)
        );
    }

    [Fact]
    public async Task A_call_without_an_answer_ends_at_the_time_limit_and_may_still_be_in_progress()
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        var received = HangFromNowOn(slack);

        var call = slack.Client.PostMessageAsync("C1", Message, cancellationToken: Token);
        await received;
        slack.Time.Advance(slack.Options.Timeout);

        var exception = await Assert.ThrowsAsync<SlackApiException>(() => call);
        Assert.Equal(
            ("timeout", SlackErrorKind.Retry, SlackOutcome.InProgress),
            (exception.Error, exception.Kind, exception.Outcome)
        );
    }

    [Fact]
    public async Task Opening_a_form_has_a_time_limit_of_two_seconds()
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        var received = HangFromNowOn(slack);

        var call = slack.Client.OpenViewAsync("trigger", Modal, cancellationToken: Token);
        await received;
        slack.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("timeout", (await Assert.ThrowsAsync<SlackApiException>(() => call)).Error);
    }

    [Fact]
    public async Task A_cancelled_call_throws_a_cancellation_and_not_a_Slack_error()
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        var received = HangFromNowOn(slack);
        using var givingUp = new CancellationTokenSource();

        var call = slack.Client.PostMessageAsync("C1", Message, cancellationToken: givingUp.Token);
        await received;
        await givingUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task After_a_connection_broke_the_outcome_is_unknown()
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.Answer = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };

        var exception = await Assert.ThrowsAsync<SlackApiException>(() =>
            slack.Client.PostMessageAsync("C1", Message, cancellationToken: Token)
        );

        Assert.Equal(
            ("network", SlackErrorKind.Retry, SlackOutcome.Unknown),
            (exception.Error, exception.Kind, exception.Outcome)
        );
    }

    [Fact]
    public async Task Without_a_connection_nothing_was_done()
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            slack.Options.ApiUrl = new Uri($"http://{listener.LocalEndpoint}/api/");
        }

        var exception = await Assert.ThrowsAsync<SlackApiException>(() =>
            slack.Client.PostMessageAsync("C1", Message, cancellationToken: Token)
        );

        Assert.Equal(
            ("network", SlackErrorKind.Retry, SlackOutcome.NotDone),
            (exception.Error, exception.Kind, exception.Outcome)
        );
    }

    [Fact]
    public async Task The_observer_gets_every_call()
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.AnswerWith("""{"ok":true,"ts":"1.2"}""");
        await slack.Client.PostMessageAsync("C1", Message, cancellationToken: Token);
        slack.AnswerWith("""{"ok":false,"error":"is_archived"}""");
        await Assert.ThrowsAsync<SlackApiException>(() =>
            slack.Client.PostMessageAsync("C2", Message, cancellationToken: Token)
        );

        Assert.Equal(
            [("chat.postMessage", null), ("chat.postMessage", "is_archived")],
            slack.Calls.Select(call => (call.Method, call.Error))
        );
    }

    [Fact]
    public async Task A_message_to_a_response_url_is_sent_without_the_token()
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.AnswerWith("ok");

        await slack.Client.RespondAsync(new Uri(slack.Address, "commands/T1/1/x").ToString(), Message, Token);

        var request = Assert.Single(slack.Requests);
        Assert.Equal(("/commands/T1/1/x", null), (request.Path, request.Authorization));
        var body = JsonNode.Parse(request.Body)!;
        Assert.Equal(
            ("ephemeral", false, "Hello"),
            ((string?)body["response_type"], (bool?)body["replace_original"], (string?)body["text"])
        );
    }

    [Theory]
    [InlineData("used_url", 404, "used_url")]
    [InlineData("{\"ok\":false,\"error\":\"expired_url\"}", 200, "expired_url")]
    public async Task A_used_or_expired_response_url_fails_permanently(string answer, int status, string error)
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.AnswerWith(answer, status);

        var exception = await Assert.ThrowsAsync<SlackApiException>(() =>
            slack.Client.RespondAsync(new Uri(slack.Address, "actions/1").ToString(), Message, Token)
        );

        Assert.Equal((error, SlackErrorKind.Permanent), (exception.Error, exception.Kind));
    }

    [Theory]
    [InlineData("<html>no such page", 404)]
    [InlineData("not_found", 404)]
    [InlineData("forbidden", 403)]
    public async Task An_error_page_of_a_proxy_for_a_response_url_is_retried(string answer, int status)
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.AnswerWith(answer, status);

        var exception = await Assert.ThrowsAsync<SlackApiException>(() =>
            slack.Client.RespondAsync(new Uri(slack.Address, "actions/1").ToString(), Message, Token)
        );

        Assert.Equal(($"http_{status}", SlackErrorKind.Retry), (exception.Error, exception.Kind));
    }

    [Theory]
    [InlineData("https://hooks.slack.com/commands/T1/1/x", true)]
    [InlineData("http://hooks.slack.com/commands/T1/1/x", false)]
    [InlineData("https://hooks.slack.com:8443/commands", false)]
    [InlineData("https://hooks.slack.com.evil.example/", false)]
    [InlineData("https://hooks.slack.com@evil.example/", false)]
    [InlineData("https://user@hooks.slack.com/", false)]
    [InlineData("http://127.0.0.1:9000/respond/1", true)]
    [InlineData("http://127.0.0.1:9001/respond/1", false)]
    [InlineData("https://127.0.0.1:9000/respond/1", false)]
    [InlineData("http://169.254.169.254/latest/meta-data", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("/relative", false)]
    [InlineData("", false)]
    public void Only_addresses_of_Slack_are_accepted_as_response_url(string address, bool accepted) =>
        Assert.Equal(accepted, ResponseUrl.TryParse(address, new Uri("http://127.0.0.1:9000/api/"), out _));

    [Fact]
    public async Task A_response_url_on_another_server_is_not_called()
    {
        await using var slack = await FakeSlack.StartAsync(Token);

        var exception = await Assert.ThrowsAsync<SlackApiException>(() =>
            slack.Client.RespondAsync("http://169.254.169.254/", Message, Token)
        );

        Assert.Equal(("invalid_response_url", SlackErrorKind.Permanent), (exception.Error, exception.Kind));
        Assert.Empty(slack.Requests);
    }

    private static Task HangFromNowOn(FakeSlack slack)
    {
        var received = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        slack.Answer = async context =>
        {
            received.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        };
        return received.Task;
    }

    private static void AssertJson(string expected, string actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)), actual);
}
