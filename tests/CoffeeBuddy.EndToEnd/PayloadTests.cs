using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using CoffeeBuddy.EndToEnd.Support;
using Xunit;

namespace CoffeeBuddy.EndToEnd;

/// <summary>
/// Requests as Slack's own SDKs record them, from a folder of public data beside the project; it is not always there.
/// None of them is about a coffee run: each is answered, none is an error of ours.
/// </summary>
public sealed class PayloadTests(Office office) : EndToEndTest(office)
{
    [Fact]
    public async Task A_command_that_is_not_ours_is_answered_with_ours()
    {
        using var response = await Office.PostSignedAsync(
            "slack/commands",
            ReadOrSkip("slash_command.enterprise.form").Trim(),
            SignedRequests.Form
        );

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains(
            "I do not know",
            await response.Content.ReadAsStringAsync(Cancellation),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("block_actions.button.ephemeral.json")]
    [InlineData("view_submission.grid.json")]
    [InlineData("view_closed.json")]
    public async Task Interactions_with_what_is_not_ours_are_acknowledged(string file)
    {
        using var response = await Office.PostSignedAsync(
            "slack/interactions",
            SignedRequests.Interaction(ReadOrSkip(file)),
            SignedRequests.Form
        );

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task The_challenge_of_the_documentation_is_sent_back()
    {
        var payload = ReadOrSkip("url_verification.json");

        using var response = await Office.PostSignedAsync("slack/events", payload, SignedRequests.Json);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(
            (string)JsonNode.Parse(payload)!["challenge"]!,
            await response.Content.ReadAsStringAsync(Cancellation)
        );
    }

    [Theory]
    [InlineData("socket_envelope.0.interactive.json", "slack/interactions")]
    [InlineData("socket_envelope.1.slash_commands.json", "slack/commands")]
    [InlineData("socket_envelope.2.events_api.json", "slack/events")]
    public async Task The_payload_of_a_socket_envelope_is_answered_over_http_too(string file, string path)
    {
        var payload = JsonNode.Parse(ReadOrSkip(file))!["payload"]!;
        var (body, mediaType) = path switch
        {
            "slack/events" => (payload.ToJsonString(), SignedRequests.Json),
            "slack/interactions" => (SignedRequests.Interaction(payload.ToJsonString()), SignedRequests.Form),
            _ => (
                string.Join(
                    '&',
                    payload
                        .AsObject()
                        .Select(field => $"{field.Key}={Uri.EscapeDataString((string?)field.Value ?? "")}")
                ),
                SignedRequests.Form
            ),
        };

        using var response = await Office.PostSignedAsync(path, body, mediaType);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("slack/commands", SignedRequests.Form)]
    [InlineData("slack/interactions", SignedRequests.Form)]
    [InlineData("slack/events", SignedRequests.Json)]
    public async Task Every_recorded_payload_at_the_wrong_address_is_refused_politely(string path, string mediaType)
    {
        foreach (var file in Directory.EnumerateFiles(FolderOrSkip()))
        {
            var body = await File.ReadAllTextAsync(file, Cancellation);
            using var response = await Office.PostSignedAsync(path, body, mediaType);

            Assert.True(
                (int)response.StatusCode < 500,
                $"{Path.GetFileName(file)} at {path}: {(int)response.StatusCode}"
            );
        }
    }

    private static string ReadOrSkip(string name)
    {
        var file = Path.Combine(FolderOrSkip(), name);
        Assert.SkipUnless(File.Exists(file), $"../shared/slack/payloads/{name} is not there.");
        return File.ReadAllText(file);
    }

    private static string FolderOrSkip([CallerFilePath] string thisFile = "")
    {
        var folder = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "../../../shared/slack/payloads"));
        Assert.SkipUnless(Directory.Exists(folder), "../shared/slack/payloads is not there.");
        return folder;
    }
}
