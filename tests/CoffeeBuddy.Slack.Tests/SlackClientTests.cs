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
    private static readonly View Modal = OrderModal.ClosedView(Any.Run with { Status = RunStatus.Completed });

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
        await slack.Client.PublishViewAsync("U1", HomeView.Build([], [], new HomePerson()), cancellationToken: Token);

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

    [Theory]
    [InlineData(0, 10, "too_many_members")]
    [InlineData(1.9, 3, "timeout")]
    public async Task Members_are_read_in_ten_pages_and_five_seconds_at_most(double seconds, int pages, string error)
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.Answer = context =>
        {
            slack.Time.Advance(TimeSpan.FromSeconds(seconds));
            return context.Response.WriteAsync(
                """{"ok":true,"members":["U1"],"response_metadata":{"next_cursor":"more"}}""",
                Token
            );
        };

        var failure = await Assert.ThrowsAsync<SlackApiException>(() =>
            slack.Client.GetMembersAsync("C1", "T1", Token)
        );

        Assert.Equal((error, pages), (failure.Error, slack.Requests.Count));
    }

    [Fact]
    public async Task A_profile_is_requested_with_a_form_and_always_has_a_name()
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.AnswerWith(
            """{"ok":true,"user":{"id":"U1","name":"ada","real_name":"Ada L","tz":"Europe/London","tz_offset":3600,"locale":"de-DE","profile":{"display_name":"","real_name":"Ada Lovelace","email":"ada@example.com"}}}"""
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
            )
            {
                UtcOffsetSeconds = 3600,
                Locale = "de-DE",
            },
            user
        );
        Assert.Equal(
            ("application/x-www-form-urlencoded", "user=U1&include_locale=true&team_id=T1"),
            (Assert.Single(slack.Requests).ContentType, Assert.Single(slack.Requests).Body)
        );
    }

    [Theory]
    [InlineData("""{"ok":true,"dnd_enabled":true,"next_dnd_start_ts":1450416600,"next_dnd_end_ts":1450452600}""", true)]
    [InlineData("""{"ok":true,"dnd_enabled":false,"next_dnd_start_ts":1,"next_dnd_end_ts":1}""", false)]
    public async Task The_period_without_disturbance_is_read(string answer, bool any)
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.AnswerWith(answer);

        var period = await slack.Client.GetDoNotDisturbAsync("U1", "T1", Token);

        Assert.Equal(
            any
                ? new DoNotDisturbPeriod(
                    new(2015, 12, 18, 5, 30, 0, TimeSpan.Zero),
                    new(2015, 12, 18, 15, 30, 0, TimeSpan.Zero)
                )
                : null,
            period
        );
        Assert.Equal("user=U1&team_id=T1", Assert.Single(slack.Requests).Body);
    }

    [Fact]
    public async Task A_period_that_no_calendar_has_is_an_answer_that_cannot_be_read()
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.AnswerWith(
            """{"ok":true,"dnd_enabled":true,"next_dnd_start_ts":1,"next_dnd_end_ts":9223372036854775807}"""
        );

        await Assert.ThrowsAsync<SlackApiException>(() => slack.Client.GetDoNotDisturbAsync("U1", "T1", Token));
    }

    [Theory]
    [InlineData("T1", "T1")]
    [InlineData("E1", null)]
    [InlineData(null, null)]
    public async Task A_workspace_is_sent_as_team_id_and_an_organisation_is_not(string? workspaceId, string? teamId)
    {
        await using var slack = await FakeSlack.StartAsync(Token);

        await slack.Client.PostEphemeralAsync("C1", "U1", Message, workspaceId: workspaceId, cancellationToken: Token);

        Assert.Equal(teamId, (string?)JsonNode.Parse(Assert.Single(slack.Requests).Body)!["team_id"]);
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

    private static void AssertJson(string expected, string actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)), actual);
}
