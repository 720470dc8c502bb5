using System.Net.WebSockets;
using System.Text;
using SlackSimulator.Tests.Support;

namespace SlackSimulator.Tests;

/// <summary>How Socket Mode connections end, and what becomes of the envelopes on them.</summary>
public sealed class SocketModeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connection_that_is_refreshed_gets_no_more_envelopes_and_the_other_does()
    {
        await using var slack = await StartAsync();
        using var old = await ConnectAsync(slack);
        using var other = await ConnectAsync(slack);

        await slack.DoAsync("POST", "socket/disconnect", Body("""{"reason":"refresh_requested","count":1}"""));
        Assert.Equal("refresh_requested", (string)(await ReceiveAsync(old))!["reason"]!);
        foreach (var text in (string[])["one", "two"])
        {
            var running = slack.CommandAsync(text: text);
            var envelope = await ReceiveAsync(other);
            Assert.Equal(text, (string)envelope!["payload"]!["text"]!);
            await AcknowledgeAsync(other, envelope);
            Assert.True((bool)(await running)["ok"]!);
        }

        Assert.Null(await ReceiveAsync(old));
    }

    [Fact]
    public async Task A_warned_connection_goes_on()
    {
        await using var slack = await StartAsync();
        using var socket = await ConnectAsync(slack);

        await slack.DoAsync("POST", "socket/disconnect", Body("""{"reason":"warning"}"""));
        Assert.Equal("warning", (string)(await ReceiveAsync(socket))!["reason"]!);

        var running = slack.CommandAsync(text: "hi");
        await AcknowledgeAsync(socket, (await ReceiveAsync(socket))!);
        Assert.True((bool)(await running)["ok"]!);
    }

    [Fact]
    public async Task An_event_on_a_connection_that_is_cut_is_sent_again_on_another()
    {
        await using var slack = await StartAsync();
        using var cut = await ConnectAsync(slack);

        await slack.DoAsync("POST", "people/noor/messages", Body("""{"channel":"office","text":"hello"}"""));
        var first = (await ReceiveAsync(cut))!;
        using var other = await ConnectAsync(slack);
        await slack.DoAsync("POST", "socket/cut", Body("""{"count":1}"""));

        var again = (await ReceiveAsync(other))!;
        Assert.Equal((0, 1), ((int)first["retry_attempt"]!, (int)again["retry_attempt"]!));
        Assert.Equal("connection_failed", (string)again["retry_reason"]!);
        Assert.Equal((string)first["payload"]!["event_id"]!, (string)again["payload"]!["event_id"]!);
        await AcknowledgeAsync(other, again);
        await Assert.ThrowsAsync<WebSocketException>(() => ReceiveAsync(cut));
    }

    [Fact]
    public async Task Events_that_wait_for_a_connection_that_is_cut_are_all_sent_again()
    {
        // More than the network takes from an app that does not read.
        const int count = 400;
        await using var slack = await StartAsync();
        using var cut = await ConnectAsync(slack);
        var text = new string('a', 20_000);
        for (var number = 0; number < count; number++)
            await slack.DoAsync(
                "POST",
                "people/noor/messages",
                new JsonObject { ["channel"] = "office", ["text"] = $"{number} {text}" }
            );
        using var other = await ConnectAsync(slack);

        await slack.DoAsync("POST", "socket/cut", Body("""{"count":1}"""));

        var received = new HashSet<string>();
        while (received.Count < count)
        {
            var envelope = (await ReceiveAsync(other))!;
            Assert.True(received.Add((string)envelope["payload"]!["event_id"]!));
            await AcknowledgeAsync(other, envelope);
        }
    }

    [Fact]
    public async Task Envelopes_can_be_sent_once_more_unchanged()
    {
        await using var slack = await StartAsync();
        using var socket = await ConnectAsync(slack);
        var running = slack.CommandAsync(text: "hi");
        var first = (await ReceiveAsync(socket))!;
        await AcknowledgeAsync(socket, first);
        await running;

        Assert.Equal(1, (int)(await slack.DoAsync("POST", "socket/repeat", []))["repeated"]!);

        Assert.Equal(first.ToJsonString(), (await ReceiveAsync(socket))!.ToJsonString());
    }

    [Theory]
    [InlineData("socket/cut", """{"count":0}""", "invalid_count")]
    [InlineData("socket/disconnect", """{"count":"many"}""", "invalid_count")]
    [InlineData("socket/disconnect", """{"reason":"boredom"}""", "invalid_reason")]
    public async Task What_makes_no_sense_is_refused(string path, string body, string error)
    {
        await using var slack = await StartAsync();

        Assert.Equal(error, (string)(await slack.DoAsync("POST", path, Body(body)))["error"]!);
    }

    private static async Task<TestWorkspace> StartAsync()
    {
        var slack = await TestWorkspace.StartAsync();
        await slack.DoAsync("PUT", "app", new JsonObject { ["socket_mode"] = true });
        return slack;
    }

    private static async Task<ClientWebSocket> ConnectAsync(TestWorkspace slack)
    {
        using var opened = await slack.SendAsync("apps.connections.open", [], "xapp-simulated-app-token");
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(
            new Uri((string)JsonNode.Parse(await opened.Content.ReadAsStringAsync(Cancellation))!["url"]!),
            Cancellation
        );
        Assert.Equal("hello", (string)(await ReceiveAsync(socket))!["type"]!);
        return socket;
    }

    private static JsonObject Body(string json) => JsonNode.Parse(json)!.AsObject();

    private static Task AcknowledgeAsync(ClientWebSocket socket, JsonNode envelope) =>
        socket.SendAsync(
            Encoding.UTF8.GetBytes($$"""{"envelope_id":"{{envelope["envelope_id"]}}"}"""),
            WebSocketMessageType.Text,
            endOfMessage: true,
            Cancellation
        );

    /// <returns>Null: the simulator has closed the connection.</returns>
    private static async Task<JsonNode?> ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[256 * 1024];
        for (var length = 0; ; )
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), Cancellation);
            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            length += part.Count;
            if (part.EndOfMessage)
                return JsonNode.Parse(Encoding.UTF8.GetString(buffer, 0, length));
        }
    }
}
