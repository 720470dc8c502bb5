using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CoffeeBuddy.Benchmarks.Rows;
using SlackSimulator;

namespace CoffeeBuddy.Benchmarks.Load;

/// <summary>Signed requests of Slack, each another one: 500 people in 200 channels.</summary>
internal sealed class SlackRequests
{
    public const int People = 500;
    public const int Channels = 200;

    private static readonly AppOptions App = new();
    public static readonly string Team = new SimulatorOptions().TeamId;
    private static readonly byte[] Secret = Encoding.UTF8.GetBytes(App.SigningSecret);
    private int _number;

    public static string SigningSecret => App.SigningSecret;

    public static string BotToken => App.BotToken;

    /// <summary><c>/coffee</c>.</summary>
    public byte[] Coffee() => Command("coffee");

    /// <summary><c>/coffee-history</c>.</summary>
    public byte[] History() => Command("coffee-history");

    /// <summary>A submitted order form that was opened in the run's channel.</summary>
    public static byte[] Order(StoredRun run, int person)
    {
        var state =
            $$"""{"run_id":"{{run.Id}}","channel_id":"{{run.Channel}}","initiator_user_id":"{{StoredRun.Person(1)}}","revision":0,"last_drinks":[],"member_until":"{{DateTimeOffset.UtcNow.AddHours(1):O}}"}""";
        var payload =
            $$$"""{"type":"view_submission","user":{"id":"{{{StoredRun.Person(person)}}}","name":"somebody"},"team":{"id":"{{{Team}}}"},"trigger_id":"{{{Random.Shared.NextInt64()}}}","view":{"id":"V1","callback_id":"order","private_metadata":{{{JsonSerializer.Serialize(state)}}},"state":{"values":{"drink:0":{"drink":{"selected_option":{"value":"Latte"} } },"size:0":{"size":{"selected_option":{"value":"Large"} } } } } } }""";
        return Signed("/slack/interactions", $"payload={Uri.EscapeDataString(payload)}");
    }

    /// <summary>A click that asks for nothing: verified, read, acknowledged.</summary>
    public byte[] Click()
    {
        var number = Interlocked.Increment(ref _number);
        var payload =
            $$"""{"type":"block_actions","user":{"id":"{{Person(number)}}","username":"somebody","team_id":"{{Team}}"},"api_app_id":"A0BENCH001","token":"none","container":{"type":"message","message_ts":"1700000000.000100","channel_id":"{{Channel(number)}}","is_ephemeral":false},"trigger_id":"{{number}}.{{Random.Shared.Next()}}","team":{"id":"{{Team}}","domain":"office"},"channel":{"id":"{{Channel(number)}}","name":"coffee"},"response_url":"https://hooks.slack.com/actions/1/2/3","actions":[{"action_id":"open_link","block_id":"links","text":{"type":"plain_text","text":"Menu","emoji":true},"type":"button","action_ts":"1700000000.000200"}]}""";
        return Signed("/slack/interactions", $"payload={Uri.EscapeDataString(payload)}");
    }

    private byte[] Command(string name)
    {
        var number = Interlocked.Increment(ref _number);
        return Signed(
            "/slack/commands",
            $"token=none&team_id={Team}&team_domain=office&channel_id={Channel(number)}&channel_name=coffee&user_id={Person(number)}&user_name=somebody&command=%2F{name}&text=&api_app_id=A0BENCH001&is_enterprise_install=false&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2F1%2F2%2F3&trigger_id={number}.{Random.Shared.Next()}"
        );
    }

    // Both numbers change with each request, and every person comes to every channel.
    private static string Person(int number) => $"U{1 + ((number * 7) % People):D8}";

    private static string Channel(int number) => $"C{1 + ((number + (number / Channels)) % Channels):D8}";

    private static byte[] Signed(string path, string form)
    {
        var time = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var signature = Convert.ToHexStringLower(
            HMACSHA256.HashData(Secret, Encoding.UTF8.GetBytes($"v0:{time}:{form}"))
        );
        return Encoding.UTF8.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Slackbot 1.0 (+https://api.slack.com/robots)\r\nAccept: application/json,*/*\r\nContent-Type: application/x-www-form-urlencoded\r\nX-Slack-Request-Timestamp: {time}\r\nX-Slack-Signature: v0={signature}\r\nContent-Length: {Encoding.UTF8.GetByteCount(form)}\r\n\r\n{form}"
        );
    }
}
