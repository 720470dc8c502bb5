using System.Net;
using System.Net.WebSockets;
using System.Text;
using SlackSimulator.Control;
using SlackSimulator.Tests.Support;
using static SlackSimulator.Tests.Support.Samples;

namespace SlackSimulator.Tests;

/// <summary>Faults, traffic, the stream, people and channels, Socket Mode by hand.</summary>
public sealed class ControlTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rate_limit_on_demand_has_its_seconds_and_ends_with_its_count()
    {
        await using var lab = await Lab.StartAsync();
        await FaultsAsync(lab, """{"method":"auth.test","kind":"ratelimited","retry_after":7,"count":1}""");
        using (var limited = await lab.SendAsync("auth.test", []))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, limited.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(7), limited.Headers.RetryAfter!.Delta);
        }

        Assert.True((bool)(await lab.CallAsync("auth.test", []))["ok"]!);
    }

    [Fact]
    public async Task An_error_on_demand_meets_the_methods_it_names_until_cleared()
    {
        await using var lab = await Lab.StartAsync();
        await FaultsAsync(
            lab,
            """{"method":"chat.postMessage","kind":"error","status":503},{"method":"chat.update","kind":"code","code":"token_revoked"}"""
        );
        using (
            var broken = await lab.SendAsync(
                "chat.postMessage",
                new JsonObject { ["channel"] = Lab.Office, ["text"] = "x" }
            )
        )
            Assert.Equal(HttpStatusCode.ServiceUnavailable, broken.StatusCode);
        Assert.Equal("token_revoked", (string)(await lab.CallAsync("chat.update", []))["error"]!);
        Assert.True((bool)(await lab.CallAsync("auth.test", []))["ok"]!);
        await lab.DoAsync("DELETE", "faults");
        await lab.PostAsync(Lab.Office, "works");
        Assert.Single(await lab.MessagesAsync("noor", "office"));
    }

    [Theory]
    [InlineData("reset", 0)]
    [InlineData("lost_answer", 1)]
    public async Task A_dropped_connection_has_either_done_nothing_or_all(string kind, int posted)
    {
        await using var lab = await Lab.StartAsync();
        await FaultsAsync(lab, $$"""{"method":"*","kind":"{{kind}}","count":1}""");
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            lab.SendAsync("chat.postMessage", new JsonObject { ["channel"] = Lab.Office, ["text"] = "x" })
        );
        Assert.Equal(posted, (await lab.MessagesAsync("noor", "office")).Count);
    }

    [Fact]
    public async Task A_slow_answer_comes_after_the_deed()
    {
        await using var lab = await Lab.StartAsync();
        await FaultsAsync(lab, """{"method":"chat.postMessage","kind":"slow_answer","ms":600000,"count":1}""");
        using var impatient = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/chat.postMessage")
        {
            Content = new StringContent(
                $"channel={Lab.Office}&text=x&token={lab.Server.State.Options.App.BotToken}",
                Encoding.UTF8,
                "application/x-www-form-urlencoded"
            ),
        };
        var answer = lab.Http.SendAsync(request, impatient.Token);

        await Eventually.TrueAsync(() => lab.Server.Traffic.After(0).Any(IsPost), "calls");

        Assert.Single(await lab.MessagesAsync("noor", "office"));
        Assert.False(answer.IsCompleted);
        Assert.True(Assert.Single(lab.Server.Traffic.After(0), IsPost).ElapsedMs >= 600_000);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);

        static bool IsPost(TrafficEntry entry) => entry.Kind is "chat.postMessage";
    }

    [Fact]
    public async Task A_slow_answer_still_comes()
    {
        await using var lab = await Lab.StartAsync();
        await FaultsAsync(lab, """{"method":"auth.test","kind":"slow","ms":20,"count":1}""");
        Assert.True((bool)(await lab.CallAsync("auth.test", []))["ok"]!);
        Assert.Equal("Slow", Assert.Single(lab.Server.Traffic.After(0)).Fault);
    }

    [Fact]
    public async Task Chance_is_the_same_for_the_same_seed()
    {
        await using var lab = await Lab.StartAsync();
        var first = await RunAsync();
        Assert.Equal(first, await RunAsync());
        Assert.Contains('x', first);
        Assert.Contains('.', first);

        async Task<string> RunAsync()
        {
            await lab.DoAsync(
                "PUT",
                "faults",
                JsonNode
                    .Parse("""{"faults":[{"method":"api.test","kind":"code","probability":0.5}],"seed":42}""")!
                    .AsObject()
            );
            var outcome = new StringBuilder();
            for (var call = 0; call < 20; call++)
                outcome.Append((bool)(await lab.CallAsync("api.test", []))["ok"]! ? '.' : 'x');
            return outcome.ToString();
        }
    }

    [Fact]
    public async Task The_traffic_shows_both_directions_and_no_token()
    {
        await using var lab = await Lab.StartAsync();
        await lab.FormAsync("auth.test", ("token", "xoxb-simulated-bot-token"));
        await lab.CommandAsync();
        var traffic = await lab.DoAsync("GET", "traffic");
        var entries = traffic["traffic"]!.AsArray();
        Assert.Equal(
            ["from_app auth.test", "to_app command"],
            entries.Select(entry => $"{entry!["direction"]} {entry["kind"]}")
        );
        Assert.DoesNotContain("xoxb-", traffic.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(200, (int)entries[1]!["status"]!);
        Assert.Empty((await lab.DoAsync("GET", "traffic?after=2"))["traffic"]!.AsArray());
    }

    [Fact]
    public async Task The_traffic_is_bounded()
    {
        await using var lab = await Lab.StartAsync(options => options with { TrafficCapacity = 3 });
        for (var call = 0; call < 5; call++)
            await lab.CallAsync("api.test", []);
        Assert.Equal([3, 4, 5], lab.Server.Traffic.After(0).Select(entry => entry.Number));
    }

    [Fact]
    public async Task The_stream_tells_changes_in_order_and_resumes_where_it_was_left()
    {
        await using var lab = await Lab.StartAsync();
        var before = (long)(await lab.DoAsync("GET", "state"))["last_change"]!;
        await lab.DoAsync("POST", "people/noor/messages", new JsonObject { ["channel"] = "random", ["text"] = "one" });
        await lab.DoAsync("POST", "clock", new JsonObject { ["advance"] = "00:00:01" });

        using var request = new HttpRequestMessage(HttpMethod.Get, "sim/stream");
        request.Headers.Add("Last-Event-ID", $"{before}");
        using var response = await lab.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));
        Assert.Equal((before + 1, "message.posted"), await NextAsync(reader));
        Assert.Equal((before + 2, "clock"), await NextAsync(reader));
        await lab.DoAsync("PUT", "limits", new JsonObject { ["rate_limits"] = true });
        Assert.Equal((before + 3, "limits"), await NextAsync(reader));
    }

    [Fact]
    public async Task People_and_channels_are_made_and_changed_while_it_runs()
    {
        await using var lab = await Lab.StartAsync();
        var ines = await lab.DoAsync(
            "POST",
            "people",
            new JsonObject
            {
                ["name"] = "Ines",
                ["tz"] = "Europe/Lisbon",
                ["channels"] = new JsonArray("general"),
            }
        );
        var lab1 = await lab.DoAsync(
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
        var id = (string)lab1["id"]!;
        Assert.Equal(
            "channel_not_found",
            (string)
                (await lab.CallAsync("chat.postMessage", new JsonObject { ["channel"] = id, ["text"] = "x" }))["error"]!
        );
        await lab.DoAsync("PUT", $"channels/{id}/members", new JsonObject { ["add"] = new JsonArray("bot", "noor") });
        await lab.PostAsync(id, "welcome");
        Assert.Single(await lab.MessagesAsync("noor", "lab"));
        Assert.Equal(
            "not_in_channel",
            (string)(await lab.DoAsync("GET", "people/priya/messages?channel=lab"))["error"]!
        );

        await lab.DoAsync("PUT", "people/ines", new JsonObject { ["deleted"] = true });
        var gone = await lab.CallAsync("conversations.open", new JsonObject { ["users"] = (string)ines["id"]! });
        Assert.Equal("user_disabled", (string)gone["error"]!);
        await lab.DoAsync("PUT", $"channels/{id}", new JsonObject { ["is_archived"] = true });
        Assert.Equal(
            "is_archived",
            (string)
                (await lab.CallAsync("chat.postMessage", new JsonObject { ["channel"] = id, ["text"] = "x" }))["error"]!
        );
        Assert.Equal("person_not_found", (string)(await lab.DoAsync("GET", "people/nobody/view"))["error"]!);
    }

    [Fact]
    public async Task A_socket_address_opens_one_connection_and_commands_go_over_it()
    {
        await using var lab = await Lab.StartAsync();
        await lab.DoAsync("PUT", "app", new JsonObject { ["socket_mode"] = true });
        Assert.Equal("dispatch_failed", (string)(await lab.CommandAsync())["error"]!);
        using var opened = await lab.SendAsync("apps.connections.open", [], "xapp-simulated-app-token");
        var address = new Uri((string)JsonNode.Parse(await opened.Content.ReadAsStringAsync(Cancellation))!["url"]!);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(address, Cancellation);
        Assert.Equal("hello", (string)(await ReceiveAsync(socket))["type"]!);

        var running = lab.CommandAsync(text: "hi");
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
            (await lab.MessagesAsync("noor", "office")).Select(message => (string)message!["text"]!)
        );

        using var second = new ClientWebSocket();
        await Assert.ThrowsAsync<WebSocketException>(() => second.ConnectAsync(address, Cancellation));
        await lab.DoAsync("POST", "socket/disconnect", new JsonObject { ["reason"] = "refresh_requested" });
        Assert.Equal("refresh_requested", (string)(await ReceiveAsync(socket))["reason"]!);
    }

    private static Task<JsonNode> FaultsAsync(Lab lab, string faults) =>
        lab.DoAsync("PUT", "faults", JsonNode.Parse($$"""{"faults":[{{faults}}]}""")!.AsObject());

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
