using System.Text;
using System.Text.Json.Nodes;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.SocketMode;
using Xunit;

namespace CoffeeBuddy.Slack.Tests;

/// <summary>What Slack sends over Socket Mode, read as the request that it would send over HTTP.</summary>
public sealed class SocketMessageTests
{
    [Fact]
    public void A_command_becomes_the_form_that_is_posted_over_HTTP()
    {
        var body = Read(
            """{"envelope_id":"e","type":"slash_commands","accepts_response_payload":true,"payload":{"team_id":"T1","channel_id":"C1","channel_name":"caf\u00e9 & co","user_id":"U1","user_name":"noor","command":"/coffee","text":"a=b&c +1","trigger_id":"1.2.3","is_enterprise_install":false,"enterprise_id":null}}"""
        );

        Assert.True(SlashCommand.TryParse(body, out var command, out var fault), fault);
        Assert.Equal(
            ("/coffee", "a=b&c +1", "café & co", "T1", null),
            (command.Command, command.Text, command.ChannelName, command.WorkspaceId, command.EnterpriseId)
        );
        Assert.Equal("false", SlackForm.Parse(body)["is_enterprise_install"]);
    }

    [Theory]
    [InlineData("socket_envelope.0.interactive.json", true, false)]
    [InlineData("socket_envelope.1.slash_commands.json", false, true)]
    [InlineData("socket_envelope.2.events_api.json", false, false)]
    public void A_recorded_envelope_is_read(string file, bool isInteraction, bool isCommand)
    {
        var recorded = JsonNode.Parse(Shared.ReadOrSkip($"payloads/{file}"))!;

        var message = SocketMessage.Parse(Encoding.UTF8.GetBytes(recorded.ToJsonString()));

        Assert.Equal((string?)recorded["envelope_id"], message.EnvelopeId);
        Assert.Equal((bool)recorded["accepts_response_payload"]!, message.AcceptsAnswer);
        Assert.Equal((int?)recorded["retry_attempt"] ?? 0, message.RetryAttempt);
        Assert.Equal((string?)recorded["retry_reason"], message.RetryReason);
        var body = message.ToBody()!;
        Assert.Equal(isCommand, SlashCommand.TryParse(body, out _, out _));
        Assert.Equal(
            isInteraction,
            Interaction.TryParse(SlackForm.Parse(body).GetValueOrDefault("payload"), out _, out _)
        );
        Assert.Equal(!isCommand && !isInteraction, SlackEventEnvelope.TryParse(body, out _, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{\"type\":7}")]
    [InlineData("{\"type\":\"hello\"")]
    public void What_is_no_message_has_no_type(string text) =>
        Assert.Equal(("", null), (Message(text).Type, Message(text).EnvelopeId));

    [Theory]
    [InlineData("""{"envelope_id":"e","type":"slash_commands","payload":[1]}""")]
    [InlineData("""{"envelope_id":"e","type":"slash_commands"}""")]
    [InlineData("""{"envelope_id":"e","type":"slash_commands","payload":{"text":"\ud800"}}""")]
    [InlineData("""{"envelope_id":"e","type":"something_new","payload":{}}""")]
    public void A_payload_of_another_form_is_no_request(string text) => Assert.Null(Message(text).ToBody());

    private static byte[] Read(string text) => Message(text).ToBody()!;

    private static SocketMessage Message(string text) => SocketMessage.Parse(Encoding.UTF8.GetBytes(text));
}
