using System.Text.Json.Nodes;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Views;
using Microsoft.AspNetCore.WebUtilities;
using Xunit;

namespace CoffeeBuddy.Slack.Tests;

/// <summary>A message that was posted without an answer is found by its metadata.</summary>
public sealed class FindMessageTests
{
    private const string Run = "0190aaaa-0000-7000-8000-000000000001";
    private static readonly MessageTag Tag = new(Guid.Parse(Run), "summary", "", 3);
    private static readonly DateTimeOffset Since = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_is_posted_with_its_tag()
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.AnswerWith("""{"ok":true,"channel":"C1","ts":"1.2"}""");

        await slack.Client.PostMessageAsync(
            "C1",
            new SlackMessage("Hello", [new SectionBlock(TextObject.Mrkdwn("Hello"))]),
            tag: Tag,
            cancellationToken: Token
        );

        var metadata = JsonNode.Parse(Assert.Single(slack.Requests).Body)!["metadata"];
        var expected = JsonNode.Parse(
            $$$"""{"event_type":"coffee_run_message","event_payload":{"run_id":"{{{Run}}}","kind":"summary","recipient":"","version":3}}"""
        );
        Assert.True(JsonNode.DeepEquals(expected, metadata), metadata?.ToJsonString());
    }

    [Theory]
    [InlineData(null, "/api/conversations.history")]
    [InlineData("1.1", "/api/conversations.replies")]
    public async Task The_channel_or_thread_of_the_message_is_searched_and_its_version_returned(
        string? thread,
        string path
    )
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.AnswerWith(
            $$$$"""
            {"ok":true,"has_more":false,"messages":[
              {"ts":"1.9","text":"chat"},
              {"ts":"1.8","metadata":{"event_type":"task_created","event_payload":{"id":7}}},
              {"ts":"1.7","metadata":{"event_type":"coffee_run_message","event_payload":{"run_id":"not ours"}}},
              {"ts":"1.6","metadata":{{{{Metadata("assignment", "", 1)}}}}},
              {"ts":"1.5","metadata":{{{{Metadata("summary", "U1", 1)}}}}},
              {"ts":"1.4","metadata":{{{{Metadata("summary", "", 2)}}}}}]}
            """
        );

        var found = await slack.Client.FindMessageAsync("C1", thread, Tag, Since, "T1", Token);

        Assert.Equal(new FoundMessage(new("C1", "1.4"), 2), found);
        var request = Assert.Single(slack.Requests);
        Assert.Equal((path, "application/x-www-form-urlencoded"), (request.Path, request.ContentType));
        var form = QueryHelpers
            .ParseQuery(request.Body)
            .ToDictionary(field => field.Key, field => (string?)field.Value);
        Assert.Equal(
            ("C1", thread, "1700000000.000000", "true", "T1"),
            (
                form["channel"],
                form.GetValueOrDefault("ts"),
                form["oldest"],
                form["include_all_metadata"],
                form["team_id"]
            )
        );
    }

    [Fact]
    public async Task At_most_three_pages_are_searched()
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.AnswerWith(
            """{"ok":true,"has_more":true,"messages":[{"ts":"1.9","text":"chat"}],"response_metadata":{"next_cursor":"more=="}}"""
        );

        Assert.Null(await slack.Client.FindMessageAsync("C1", null, Tag, Since, cancellationToken: Token));

        Assert.Equal(
            [null, "more==", "more=="],
            slack.Requests.Select(request => (string?)QueryHelpers.ParseQuery(request.Body).GetValueOrDefault("cursor"))
        );
    }

    [Fact]
    public async Task A_missing_scope_is_an_error_and_not_a_missing_message()
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.AnswerWith("""{"ok":false,"error":"missing_scope","needed":"im:history"}""");

        var refused = await Assert.ThrowsAsync<SlackApiException>(() =>
            slack.Client.FindMessageAsync("D1", null, Tag, Since, cancellationToken: Token)
        );

        Assert.Equal((SlackErrorKind.Authentication, "conversations.history"), (refused.Kind, refused.Method));
    }

    private static string Metadata(string kind, string recipient, int version) =>
        $$$"""{"event_type":"coffee_run_message","event_payload":{"run_id":"{{{Run}}}","kind":"{{{kind}}}","recipient":"{{{recipient}}}","version":{{{version}}}}}""";
}
