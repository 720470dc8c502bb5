using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using CoffeeBuddy.EndToEnd.Support;

namespace CoffeeBuddy.EndToEnd;

/// <summary>
/// Requests recorded by Slack's SDKs. They are not part of this repository: the tests are skipped when the folder is
/// missing. None of them is about a coffee run; each must be answered without a server error.
/// </summary>
public sealed class PayloadTests(WholeOffice office) : EndToEndTest(office)
{
    [Fact]
    public async Task An_unknown_command_is_answered_with_the_known_commands()
    {
        // With a further field, because another test of this class sends the same bytes, perhaps within the same second:
        // that is a repetition.
        var answer = await Office.Slack.PostAsync(
            "slack/commands",
            ReadOrSkip("slash_command.enterprise.form").Trim() + "&test=unknown"
        );

        Assert.Contains("I do not know", answer.Is(200).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("block_actions.button.ephemeral.json")]
    [InlineData("view_submission.grid.json")]
    [InlineData("view_closed.json")]
    public async Task Interactions_with_unknown_elements_are_acknowledged(string file)
    {
        var answer = await Office.Slack.InteractionAsync(ReadOrSkip(file));

        Assert.Empty(answer.Is(200).Text);
    }

    [Fact]
    public async Task The_challenge_of_Slacks_documentation_is_returned()
    {
        var payload = ReadOrSkip("url_verification.json");

        var answer = await Office.Slack.EventAsync(payload);

        Assert.Equal((string)JsonNode.Parse(payload)!["challenge"]!, answer.Is(200).Text);
    }

    [Theory]
    [InlineData("""{"type":"app_rate_limited","team_id":"T1","minute_rate_limited":1}""", "(app_rate_limited)")]
    [InlineData("""{"type":"something_new","team_id":"T1","event":7}""", "Ignored the event something_new")]
    [InlineData(
        """{"type":"event_callback","event_id":"EvNEW","team_id":"T1","event":{"type":"tokens_revoked","tokens":{}}}""",
        "Ignored the event tokens_revoked"
    )]
    public async Task An_event_that_is_not_handled_is_acknowledged_and_logged(string payload, string logged)
    {
        (await Office.Slack.EventAsync(payload)).Is(200);

        await Eventually.TrueAsync(
            () => Office.Sandbox.Workers["http"].LastLines.Any(line => line.Contains(logged, StringComparison.Ordinal)),
            $"the log says \"{logged}\""
        );
    }

    [Theory]
    [InlineData("socket_envelope.0.interactive.json", "slack/interactions")]
    [InlineData("socket_envelope.1.slash_commands.json", "slack/commands")]
    [InlineData("socket_envelope.2.events_api.json", "slack/events")]
    public async Task The_payload_of_a_Socket_Mode_envelope_is_answered_over_HTTP(string file, string path)
    {
        var payload = JsonNode.Parse(ReadOrSkip(file))!["payload"]!;

        var answer = await (
            path switch
            {
                "slack/events" => Office.Slack.EventAsync(payload.ToJsonString()),
                "slack/interactions" => Office.Slack.InteractionAsync(payload.ToJsonString()),
                _ => Office.Slack.PostAsync(path, Form(payload)),
            }
        );

        answer.Is(200);
    }

    [Theory]
    [InlineData("slack/commands")]
    [InlineData("slack/interactions")]
    [InlineData("slack/events")]
    public async Task A_recorded_payload_at_another_address_is_never_answered_with_500_or_more(string path)
    {
        foreach (var file in Directory.EnumerateFiles(FolderOrSkip()))
        {
            var body = await File.ReadAllTextAsync(file, Cancellation);
            var answer = await Office.Slack.PostAsync(path, body);

            Assert.True(answer.Status < 500, $"{Path.GetFileName(file)} at {path}: {answer.Status}");
        }
    }

    private static string Form(JsonNode fields) =>
        string.Join(
            '&',
            fields.AsObject().Select(field => $"{field.Key}={Uri.EscapeDataString((string?)field.Value ?? "")}")
        );

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
