using CoffeeBuddy.Slack.Api;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace CoffeeBuddy.Slack.Tests;

/// <summary>Files in three steps: an address, the content, the message.</summary>
public sealed class UploadTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_is_announced_uploaded_without_the_token_and_posted()
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.Answer = context =>
            context.Response.WriteAsync(
                context.Request.Path.Value switch
                {
                    "/api/files.getUploadURLExternal" =>
                        $$"""{"ok":true,"upload_url":"{{slack.Address}}upload/v1/abc","file_id":"F1"}""",
                    "/upload/v1/abc" => "OK - 3",
                    _ => """{"ok":true,"files":[{"id":"F1"}]}""",
                },
                Token
            );

        var file = await slack.Client.UploadFileAsync("a.png", [65, 66, 67], "A & B", "T1", Token);
        await slack.Client.ShareFileAsync(file, "Both", "D1", "Here", "T1", Token);

        Assert.Equal(
            [
                new(
                    "/api/files.getUploadURLExternal",
                    "application/x-www-form-urlencoded",
                    "Bearer xoxb-test",
                    "filename=a.png&length=3&alt_txt=A+%26+B"
                ),
                new("/upload/v1/abc", null, null, "ABC"),
                new(
                    "/api/files.completeUploadExternal",
                    "application/json; charset=utf-8",
                    "Bearer xoxb-test",
                    """{"files":[{"id":"F1","title":"Both"}],"channel_id":"D1","initial_comment":"Here"}"""
                ),
            ],
            slack.Requests
        );
        Assert.Equal(
            ["files.getUploadURLExternal", "upload_url", "files.completeUploadExternal"],
            slack.Calls.Select(call => call.Method)
        );
    }

    [Theory]
    [InlineData("https://files.example.com/upload/v1/abc")]
    [InlineData("http://files.slack.com/upload/v1/abc")]
    [InlineData("https://files.slack.com:8443/upload/v1/abc")]
    [InlineData("https://me@files.slack.com/upload/v1/abc")]
    [InlineData("upload/v1/abc")]
    public async Task The_content_goes_to_no_other_server(string address)
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.AnswerWith($$"""{"ok":true,"upload_url":"{{address}}","file_id":"F1"}""");

        var failure = await Assert.ThrowsAsync<SlackApiException>(() =>
            slack.Client.UploadFileAsync("a.csv", [65], altText: null, "T1", Token)
        );

        Assert.Equal(("invalid_upload_url", SlackErrorKind.Permanent), (failure.Error, failure.Kind));
        Assert.Single(slack.Requests);
    }

    [Theory]
    [InlineData("https://files.slack.com/upload/v1/abc", "https://slack.com/api/", true)]
    [InlineData("https://files.slack-gov.com/upload/v1/abc", "https://slack-gov.com/api/", true)]
    [InlineData("https://files.slack.com/upload/v1/abc", "https://slack-gov.com/api/", false)]
    public void The_content_goes_to_the_files_of_the_Web_APIs_Slack(string upload, string api, bool accepted) =>
        Assert.Equal(accepted, UploadUrl.TryParse(upload, new Uri(api), out _));

    [Fact]
    public async Task Content_that_Slack_does_not_take_is_a_failure_after_which_nobody_sees_anything()
    {
        await using var slack = await FakeSlack.StartAsync(Token);
        slack.Answer = context =>
        {
            if (context.Request.Path.Value == "/upload")
            {
                context.Response.StatusCode = 500;
                return Task.CompletedTask;
            }
            return context.Response.WriteAsync(
                $$"""{"ok":true,"upload_url":"{{slack.Address}}upload","file_id":"F1"}""",
                Token
            );
        };

        var failure = await Assert.ThrowsAsync<SlackApiException>(() =>
            slack.Client.UploadFileAsync("a.csv", [65], altText: null, "T1", Token)
        );

        Assert.Equal(
            ("http_500", SlackErrorKind.Retry, SlackOutcome.NotDone),
            (failure.Error, failure.Kind, failure.Outcome)
        );
    }
}
