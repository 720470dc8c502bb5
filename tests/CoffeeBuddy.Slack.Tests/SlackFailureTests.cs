using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Views;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace CoffeeBuddy.Slack.Tests;

/// <summary>A call that fails says what to do about it and whether Slack executed it.</summary>
public sealed class SlackFailureTests
{
    private static readonly SlackMessage Message = new("Hello", [new SectionBlock(TextObject.Mrkdwn("Hello"))]);
    private static readonly View Modal = OrderModal.ClosedView(Any.Run with { Status = RunStatus.Completed });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

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
    [InlineData("restricted_action_read_only_channel", SlackErrorKind.Permanent, SlackOutcome.NotDone)]
    [InlineData("cannot_reply_to_message", SlackErrorKind.Permanent, SlackOutcome.NotDone)]
    [InlineData("too_many_attachments", SlackErrorKind.Permanent, SlackOutcome.NotDone)]
    [InlineData("thread_not_found", SlackErrorKind.Permanent, SlackOutcome.NotDone)]
    [InlineData("two_factor_setup_required", SlackErrorKind.Authentication, SlackOutcome.NotDone)]
    [InlineData("team_added_to_org", SlackErrorKind.Retry, SlackOutcome.NotDone)]
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
    public async Task An_error_code_that_slack_does_not_document_is_tried_three_times_and_then_permanent()
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.AnswerWith("""{"ok":false,"error":"an_error_of_tomorrow"}""");

        var exception = await Assert.ThrowsAsync<SlackApiException>(() =>
            slack.WhileTimePassesAsync(slack.Client.PostMessageAsync("C1", Message, cancellationToken: Token))
        );

        Assert.Equal(
            ("an_error_of_tomorrow", SlackErrorKind.Permanent, SlackOutcome.NotDone, 3),
            (exception.Error, exception.Kind, exception.Outcome, slack.Requests.Count)
        );
    }

    [Fact]
    public async Task A_form_is_not_tried_again_because_its_trigger_expires()
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.AnswerWith("""{"ok":false,"error":"an_error_of_tomorrow"}""");

        await Assert.ThrowsAsync<SlackApiException>(() =>
            slack.Client.OpenViewAsync("1.2.3", Modal, cancellationToken: Token)
        );

        Assert.Single(slack.Requests);
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
        var received = slack.StopAnswering();

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
        var received = slack.StopAnswering();

        var call = slack.Client.OpenViewAsync("trigger", Modal, cancellationToken: Token);
        await received;
        slack.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("timeout", (await Assert.ThrowsAsync<SlackApiException>(() => call)).Error);
    }

    [Fact]
    public async Task A_cancelled_call_throws_a_cancellation_and_not_a_Slack_error()
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        var received = slack.StopAnswering();
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
    public async Task After_a_connect_timeout_nothing_was_done()
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        using var handler = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromMilliseconds(1),
            ConnectCallback = async (_, token) =>
            {
                await Task.Delay(Timeout.Infinite, token);
                throw new UnreachableException();
            },
        };
        using var http = new HttpClient(handler);

        var exception = await Assert.ThrowsAsync<SlackApiException>(() =>
            slack.ClientOver(http).PostMessageAsync("C1", Message, cancellationToken: Token)
        );

        Assert.Equal(("network", SlackOutcome.NotDone), (exception.Error, exception.Outcome));
    }

    [Fact]
    public async Task A_failed_call_that_only_reads_has_done_nothing()
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.AnswerWith("""{"ok":false,"error":"internal_error"}""");

        var exception = await Assert.ThrowsAsync<SlackApiException>(() =>
            slack.Client.OpenConversationAsync("U1", cancellationToken: Token)
        );

        Assert.Equal((SlackErrorKind.Retry, SlackOutcome.NotDone), (exception.Kind, exception.Outcome));
    }

    [Fact]
    public async Task A_timeout_shows_in_the_metrics_with_the_pipeline_and_the_method()
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        // The meter is shared with the tests that run at the same time. No other test lets this method time out.
        using var events = new PollyEvents("users.info");
        var received = slack.StopAnswering();

        var call = slack.Client.GetUserAsync("U1", cancellationToken: Token);
        await received;
        slack.Time.Advance(slack.Options.Timeout);
        await Assert.ThrowsAsync<SlackApiException>(() => call);

        Assert.Equal(["OnTimeout slack timeout"], events.Seen);
    }

    private sealed class PollyEvents : IDisposable
    {
        private readonly MeterListener _listener = new();

        public PollyEvents(string operation)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "resilience.polly.strategy.events")
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<int>(
                (_, _, tags, _) =>
                {
                    var values = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value);
                    if (
                        operation.Equals(values["operation.key"])
                        && values.TryGetValue("strategy.name", out var strategy)
                    )
                        Seen.Add($"{values["event.name"]} {values["pipeline.name"]} {strategy}");
                }
            );
            _listener.Start();
        }

        public List<string> Seen { get; } = [];

        public void Dispose() => _listener.Dispose();
    }
}
