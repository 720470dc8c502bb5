using System.Net;
using System.Net.WebSockets;
using System.Text;
using SlackSimulator.Control;
using SlackSimulator.Tests.Support;
using static SlackSimulator.Tests.Support.Samples;

namespace SlackSimulator.Tests;

/// <summary>Faults, traffic, the stream, people and channels, and a Socket Mode connection.</summary>
public sealed class ControlTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rate_limit_fault_has_a_Retry_After_and_ends_with_its_count()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await FaultsAsync(slack, """{"method":"auth.test","kind":"ratelimited","retry_after":7,"count":1}""");
        using (var limited = await slack.SendAsync("auth.test", []))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, limited.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(7), limited.Headers.RetryAfter!.Delta);
        }

        Assert.True((bool)(await slack.CallAsync("auth.test", []))["ok"]!);
    }

    [Fact]
    public async Task An_error_fault_affects_the_named_methods_until_it_is_cleared()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await FaultsAsync(
            slack,
            """{"method":"chat.postMessage","kind":"error","status":503},{"method":"chat.update","kind":"code","code":"token_revoked"}"""
        );
        using (
            var broken = await slack.SendAsync(
                "chat.postMessage",
                new JsonObject { ["channel"] = TestWorkspace.Office, ["text"] = "x" }
            )
        )
            Assert.Equal(HttpStatusCode.ServiceUnavailable, broken.StatusCode);
        Assert.Equal("token_revoked", (string)(await slack.CallAsync("chat.update", []))["error"]!);
        Assert.True((bool)(await slack.CallAsync("auth.test", []))["ok"]!);
        await slack.DoAsync("DELETE", "faults");
        await slack.PostAsync(TestWorkspace.Office, "works");
        Assert.Single(await slack.MessagesAsync("noor", "office"));
    }

    [Theory]
    [InlineData("conversations.open", "users")]
    [InlineData("users.info", "user")]
    [InlineData("views.publish", "user_id")]
    public async Task A_fault_of_one_person_affects_calls_about_them_only(string method, string argument)
    {
        await using var slack = await TestWorkspace.StartAsync();
        await FaultsAsync(
            slack,
            $$"""{"method":"{{method}}","kind":"code","code":"user_disabled","user":"U0NOOR0000"}"""
        );

        Assert.Equal("user_disabled", await ErrorAsync("U0NOOR0000"));
        Assert.NotEqual("user_disabled", await ErrorAsync("U0PRIYA000"));

        async Task<string?> ErrorAsync(string user) =>
            (string?)(await slack.CallAsync(method, new JsonObject { [argument] = user }))["error"];
    }

    [Theory]
    [InlineData("reset", 0)]
    [InlineData("lost_answer", 1)]
    public async Task A_reset_fault_has_no_effect_and_a_lost_answer_fault_has_the_full_effect(string kind, int posted)
    {
        await using var slack = await TestWorkspace.StartAsync();
        await FaultsAsync(slack, $$"""{"method":"*","kind":"{{kind}}","count":1}""");
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            slack.SendAsync("chat.postMessage", new JsonObject { ["channel"] = TestWorkspace.Office, ["text"] = "x" })
        );
        Assert.Equal(posted, (await slack.MessagesAsync("noor", "office")).Count);
    }

    [Fact]
    public async Task A_slow_answer_fault_executes_the_call_before_it_waits()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await FaultsAsync(slack, """{"method":"chat.postMessage","kind":"slow_answer","ms":600000,"count":1}""");
        using var impatient = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/chat.postMessage")
        {
            Content = new StringContent(
                $"channel={TestWorkspace.Office}&text=x&token={slack.Server.State.Options.App.BotToken}",
                Encoding.UTF8,
                "application/x-www-form-urlencoded"
            ),
        };
        var answer = slack.Http.SendAsync(request, impatient.Token);

        await Eventually.TrueAsync(() => slack.Server.Traffic.After(0).Any(IsPost), "the call is executed");

        Assert.Single(await slack.MessagesAsync("noor", "office"));
        Assert.False(answer.IsCompleted);
        Assert.True(Assert.Single(slack.Server.Traffic.After(0), IsPost).ElapsedMs >= 600_000);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);

        static bool IsPost(TrafficEntry entry) => entry.Kind is "chat.postMessage";
    }

    [Fact]
    public async Task A_slow_fault_delays_the_call()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await FaultsAsync(slack, """{"method":"auth.test","kind":"slow","ms":600000,"count":1}""");
        var answer = slack.CallAsync("auth.test", []);
        await Eventually.TrueAsync(
            () =>
            {
                slack.Time.Advance(TimeSpan.FromMinutes(10));
                return answer.IsCompleted;
            },
            "an answer after ten minutes"
        );
        Assert.True((bool)(await answer)["ok"]!);
        var entry = Assert.Single(slack.Server.Traffic.After(0));
        Assert.Equal("Slow", entry.Fault);
        Assert.True(entry.ElapsedMs >= 600_000);
    }

    [Fact]
    public async Task Faults_with_a_probability_are_the_same_for_the_same_seed()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var first = await RunAsync();
        Assert.Equal(first, await RunAsync());
        Assert.Contains('x', first);
        Assert.Contains('.', first);

        async Task<string> RunAsync()
        {
            await slack.DoAsync(
                "PUT",
                "faults",
                JsonNode
                    .Parse("""{"faults":[{"method":"api.test","kind":"code","probability":0.5}],"seed":42}""")!
                    .AsObject()
            );
            var outcome = new StringBuilder();
            for (var call = 0; call < 20; call++)
                outcome.Append((bool)(await slack.CallAsync("api.test", []))["ok"]! ? '.' : 'x');
            return outcome.ToString();
        }
    }

    [Fact]
    public async Task The_traffic_has_both_directions_and_no_token()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await slack.FormAsync("auth.test", ("token", "xoxb-simulated-bot-token"));
        await slack.CommandAsync();
        var traffic = await slack.DoAsync("GET", "traffic");
        var entries = traffic["traffic"]!.AsArray();
        Assert.Equal(
            ["from_app auth.test", "to_app command"],
            entries.Select(entry => $"{entry!["direction"]} {entry["kind"]}")
        );
        Assert.DoesNotContain("xoxb-", traffic.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(200, (int)entries[1]!["status"]!);
        Assert.Empty((await slack.DoAsync("GET", "traffic?after=2"))["traffic"]!.AsArray());
    }

    [Fact]
    public async Task The_traffic_keeps_the_newest_entries()
    {
        await using var slack = await TestWorkspace.StartAsync(options => options with { TrafficCapacity = 3 });
        for (var call = 0; call < 5; call++)
            await slack.CallAsync("api.test", []);
        Assert.Equal([3, 4, 5], slack.Server.Traffic.After(0).Select(entry => entry.Number));
    }

    [Fact]
    public async Task The_stream_sends_changes_in_order_and_can_be_resumed()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var before = (long)(await slack.DoAsync("GET", "state"))["last_change"]!;
        await slack.DoAsync(
            "POST",
            "people/noor/messages",
            new JsonObject { ["channel"] = "random", ["text"] = "one" }
        );
        await slack.DoAsync("POST", "clock", new JsonObject { ["advance"] = "00:00:01" });

        using var request = new HttpRequestMessage(HttpMethod.Get, "sim/stream");
        request.Headers.Add("Last-Event-ID", $"{before}");
        using var response = await slack.Http.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead,
            Cancellation
        );
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));
        Assert.Equal((before + 1, "message.posted"), await NextAsync(reader));
        Assert.Equal((before + 2, "clock"), await NextAsync(reader));
        await slack.DoAsync("PUT", "limits", new JsonObject { ["rate_limits"] = true });
        Assert.Equal((before + 3, "limits"), await NextAsync(reader));
    }

    [Fact]
    public async Task People_and_channels_can_be_added_and_changed_while_it_runs()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var ines = await slack.DoAsync(
            "POST",
            "people",
            new JsonObject
            {
                ["name"] = "Ines",
                ["tz"] = "Europe/Lisbon",
                ["channels"] = new JsonArray("general"),
            }
        );
        var channel = await slack.DoAsync(
            "POST",
            "channels",
            new JsonObject
            {
                ["name"] = "lab",
                ["is_private"] = true,
                ["has_bot"] = false,
                ["members"] = new JsonArray("ines"),
            }
        );
        var id = (string)channel["id"]!;
        Assert.Equal(
            "channel_not_found",
            (string)
                (await slack.CallAsync("chat.postMessage", new JsonObject { ["channel"] = id, ["text"] = "x" }))[
                    "error"
                ]!
        );
        await slack.DoAsync("PUT", $"channels/{id}/members", new JsonObject { ["add"] = new JsonArray("bot", "noor") });
        await slack.PostAsync(id, "welcome");
        Assert.Single(await slack.MessagesAsync("noor", "lab"));
        Assert.Equal(
            "not_in_channel",
            (string)(await slack.DoAsync("GET", "people/priya/messages?channel=lab"))["error"]!
        );

        await slack.DoAsync("PUT", "people/ines", new JsonObject { ["deleted"] = true });
        var gone = await slack.CallAsync("conversations.open", new JsonObject { ["users"] = (string)ines["id"]! });
        Assert.Equal("user_disabled", (string)gone["error"]!);
        await slack.DoAsync("PUT", $"channels/{id}", new JsonObject { ["is_archived"] = true });
        Assert.Equal(
            "is_archived",
            (string)
                (await slack.CallAsync("chat.postMessage", new JsonObject { ["channel"] = id, ["text"] = "x" }))[
                    "error"
                ]!
        );
        Assert.Equal("person_not_found", (string)(await slack.DoAsync("GET", "people/nobody/view"))["error"]!);
    }

    [Fact]
    public async Task A_socket_URL_opens_one_connection_which_receives_commands()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await slack.DoAsync("PUT", "app", new JsonObject { ["socket_mode"] = true });
        Assert.Equal("dispatch_failed", (string)(await slack.CommandAsync())["error"]!);
        using var opened = await slack.SendAsync("apps.connections.open", [], "xapp-simulated-app-token");
        var address = new Uri((string)JsonNode.Parse(await opened.Content.ReadAsStringAsync(Cancellation))!["url"]!);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(address, Cancellation);
        Assert.Equal("hello", (string)(await ReceiveAsync(socket))["type"]!);

        var running = slack.CommandAsync(text: "hi");
        var envelope = await ReceiveAsync(socket);
        Assert.Equal(
            ("slash_commands", true, "hi"),
            (
                (string)envelope["type"]!,
                (bool)envelope["accepts_response_payload"]!,
                (string)envelope["payload"]!["text"]!
            )
        );
        var acknowledged = new JsonObject
        {
            ["envelope_id"] = (string)envelope["envelope_id"]!,
            ["payload"] = new JsonObject { ["text"] = "over the socket" },
        };
        await socket.SendAsync(
            Encoding.UTF8.GetBytes(acknowledged.ToJsonString()),
            WebSocketMessageType.Text,
            true,
            Cancellation
        );
        Assert.True((bool)(await running)["ok"]!);
        Assert.Contains(
            "over the socket",
            (await slack.MessagesAsync("noor", "office")).Select(message => (string)message!["text"]!)
        );

        using var second = new ClientWebSocket();
        await Assert.ThrowsAsync<WebSocketException>(() => second.ConnectAsync(address, Cancellation));
        await slack.DoAsync("POST", "socket/disconnect", new JsonObject { ["reason"] = "refresh_requested" });
        Assert.Equal("refresh_requested", (string)(await ReceiveAsync(socket))["reason"]!);
    }

    private static Task<JsonNode> FaultsAsync(TestWorkspace slack, string faults) =>
        slack.DoAsync("PUT", "faults", JsonNode.Parse($$"""{"faults":[{{faults}}]}""")!.AsObject());

    private static async Task<(long Number, string Type)> NextAsync(StreamReader reader)
    {
        var number = 0L;
        while (await reader.ReadLineAsync(Cancellation) is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal))
                number = long.Parse(line[4..]);
            if (line.StartsWith("event: ", StringComparison.Ordinal))
                return (number, line[7..]);
        }

        return default;
    }

    private static async Task<JsonNode> ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        var part = await socket.ReceiveAsync(buffer, Cancellation);
        return JsonNode.Parse(Encoding.UTF8.GetString(buffer, 0, part.Count))!;
    }
}
