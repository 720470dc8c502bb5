using System.Net;
using System.Net.Http.Headers;
using SlackSimulator.Tests.Support;

namespace SlackSimulator.Tests;

/// <summary>Uploading, reading and deleting files, through Slack's Web API client.</summary>
public sealed class FileTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Slacks_client_uploads_a_file_to_a_channel()
    {
        await using var slack = await TestWorkspace.StartAsync();
        slack.Server.Configure(app => app with { BotEvents = ["file_created", "file_shared", "message.channels"] });
        await using var sdk = await SlackSdk.StartAsync(slack.Server);
        var uploaded = await sdk.CallAsync("files.uploadV2", Upload("name,cups\nnoor,2\n"));
        var id = (string)uploaded["files"]![0]!["files"]![0]!["id"]!;

        var message = Assert.Single(await slack.MessagesAsync("noor", "office"))!;
        Assert.Equal(("file_share", "The numbers"), ((string)message["subtype"]!, (string)message["text"]!));
        var shown = Assert.Single(message["files"]!.AsArray())!;
        Assert.Equal(
            (id, "cups.csv", "Cups", "text/csv", "csv", 17),
            (
                (string)shown["id"]!,
                (string)shown["name"]!,
                (string)shown["title"]!,
                (string)shown["mimetype"]!,
                (string)shown["filetype"]!,
                (int)shown["size"]!
            )
        );
        foreach (var address in (string[])["url_private", "url_private_download"])
            Assert.Equal("name,cups\nnoor,2\n", await DownloadAsync(slack, (string)shown[address]!));

        var shared = (await slack.App.WaitForAsync(1, request => request.IsEvent("file_shared")))[0].Payload["event"]!;
        Assert.Equal((id, TestWorkspace.Office), ((string)shared["file_id"]!, (string)shared["channel_id"]!));
        await slack.App.WaitForAsync(1, request => request.IsEvent("file_created"));
        var posted = (await slack.App.WaitForAsync(1, request => request.IsEvent("message")))[0].Payload["event"]!;
        Assert.Equal(id, (string)posted["files"]![0]!["id"]!);
    }

    [Fact]
    public async Task A_file_is_found_listed_and_deleted()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await using var sdk = await SlackSdk.StartAsync(slack.Server);
        var uploaded = await sdk.CallAsync("files.uploadV2", Upload("x"));
        var id = (string)uploaded["files"]![0]!["files"]![0]!["id"]!;
        var info = (await sdk.CallAsync("files.info", File(id)))["file"]!;
        Assert.Equal(TestWorkspace.Office, (string)info["channels"]![0]!);
        Assert.NotNull(info["shares"]!["public"]![TestWorkspace.Office]![0]!["ts"]);
        var list = await sdk.CallAsync("files.list", new JsonObject { ["channel"] = TestWorkspace.Office });
        Assert.Equal((id, 1), ((string)list["files"]![0]!["id"]!, (int)list["paging"]!["total"]!));
        Assert.Empty(
            (await sdk.CallAsync("files.list", new JsonObject { ["channel"] = TestWorkspace.Random }))[
                "files"
            ]!.AsArray()
        );

        await sdk.CallAsync("files.delete", File(id));
        Assert.Equal("file_deleted", await sdk.RefusalAsync("files.info", File(id)));
        Assert.Equal(
            "tombstone",
            (string)Assert.Single(await slack.MessagesAsync("noor", "office"))!["files"]![0]!["mode"]!
        );
    }

    [Fact]
    public async Task A_file_of_a_person_is_seen_in_the_channels_of_the_bot_only()
    {
        await using var slack = await TestWorkspace.StartAsync();
        slack.Server.Configure(app => app with { BotEvents = ["file_shared"] });
        await using var sdk = await SlackSdk.StartAsync(slack.Server);
        var (near, far) = (await UploadAsync(slack, "office"), await UploadAsync(slack, "random"));
        Assert.Equal("note.txt", (string)(await sdk.CallAsync("files.info", File(near)))["file"]!["name"]!);
        Assert.Equal("file_not_found", await sdk.RefusalAsync("files.info", File(far)));
        Assert.Equal("cant_delete_file", await sdk.RefusalAsync("files.delete", File(near)));
        var told = (await slack.App.WaitForAsync(1, request => request.IsEvent("file_shared")))[0].Payload["event"]!;
        Assert.Equal(
            (near, TestWorkspace.Noor, TestWorkspace.Office),
            ((string)told["file_id"]!, (string)told["user_id"]!, (string)told["channel_id"]!)
        );
    }

    [Fact]
    public async Task Without_the_token_a_file_is_answered_with_the_sign_in_page()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var id = await UploadAsync(slack, "office");
        var info = await slack.FormAsync("files.info", ("file", id));
        var address = new Uri((string)info["file"]!["url_private"]!);
        using var response = await slack.Http.GetAsync(address, Cancellation);
        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task The_content_must_have_the_announced_length_and_is_uploaded_once()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var announced = await slack.FormAsync("files.getUploadURLExternal", ("filename", "a.txt"), ("length", "3"));
        var address = new Uri((string)announced["upload_url"]!);
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync("four"));
        Assert.Equal(HttpStatusCode.OK, await PostAsync("abc"));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync("abc"));

        async Task<HttpStatusCode> PostAsync(string text)
        {
            using var content = new StringContent(text);
            using var response = await slack.Http.PostAsync(address, content, Cancellation);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task A_picture_is_shown_with_its_words_which_have_at_most_a_thousand_characters()
    {
        await using var slack = await TestWorkspace.StartAsync();
        Task<JsonNode> AnnounceAsync(string words) =>
            slack.FormAsync("files.getUploadURLExternal", ("filename", "a.png"), ("length", "1"), ("alt_txt", words));

        Assert.Equal("alt_txt_too_large", (string?)(await AnnounceAsync(new string('x', 1001)))["error"]);
        var announced = await AnnounceAsync(new string('x', 1000));
        using var content = new ByteArrayContent([1]);
        await slack.Http.PostAsync(new Uri((string)announced["upload_url"]!), content, Cancellation);
        await slack.FormAsync(
            "files.completeUploadExternal",
            ("files", $$"""[{"id":"{{announced["file_id"]}}"}]"""),
            ("channel_id", TestWorkspace.Office)
        );

        var shown = Assert.Single(await slack.MessagesAsync("noor", "office"))!["files"]![0]!;
        Assert.Equal((1000, "image/png"), (((string)shown["alt_txt"]!).Length, (string)shown["mimetype"]!));
    }

    [Theory]
    [InlineData("files.getUploadURLExternal", """{"filename":"a.txt"}""", "invalid_arguments")]
    [InlineData("files.getUploadURLExternal", """{"filename":"a.txt","length":0}""", "invalid_arguments")]
    [InlineData("files.completeUploadExternal", """{"files":[{"id":"F0NONE0000"}]}""", "file_not_found")]
    [InlineData("files.completeUploadExternal", """{"files":[]}""", "invalid_arguments")]
    [InlineData("files.info", """{"file":"F0NONE0000"}""", "file_not_found")]
    [InlineData("files.list", """{"channel":"C0NOWHERE0"}""", "channel_not_found")]
    [InlineData("files.list", """{"user":"U0NOBODY00"}""", "user_not_found")]
    public async Task An_invalid_call_is_refused_with_Slacks_error_code(string method, string arguments, string code)
    {
        await using var slack = await TestWorkspace.StartAsync();
        await using var sdk = await SlackSdk.StartAsync(slack.Server);
        Assert.Equal(code, await sdk.RefusalAsync(method, JsonNode.Parse(arguments)!.AsObject()));
    }

    [Theory]
    [InlineData("C0NOWHERE0", "invalid_channel")]
    [InlineData(TestWorkspace.Random, "not_in_channel")]
    public async Task A_file_is_not_shared_where_the_bot_cannot_post(string channel, string code)
    {
        await using var slack = await TestWorkspace.StartAsync();
        await using var sdk = await SlackSdk.StartAsync(slack.Server);
        var upload = Upload("x");
        upload["channel_id"] = channel;
        Assert.Equal(code, await sdk.RefusalAsync("files.uploadV2", upload));
    }

    private static JsonObject Upload(string content) =>
        new()
        {
            ["channel_id"] = TestWorkspace.Office,
            ["filename"] = "cups.csv",
            ["title"] = "Cups",
            ["initial_comment"] = "The numbers",
            ["content"] = content,
        };

    private static JsonObject File(string id) => new() { ["file"] = id };

    private static async Task<string> UploadAsync(TestWorkspace slack, string channel) =>
        (string)
            (
                await slack.DoAsync(
                    "POST",
                    "people/noor/files",
                    new JsonObject
                    {
                        ["channel"] = channel,
                        ["name"] = "note.txt",
                        ["content"] = "hello",
                    }
                )
            )["file"]!;

    private static async Task<string> DownloadAsync(TestWorkspace slack, string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "xoxb-simulated-bot-token");
        using var response = await slack.Http.SendAsync(request, Cancellation);
        return await response.Content.ReadAsStringAsync(Cancellation);
    }
}
