using System.Net.Http.Headers;
using System.Text;
using SlackSimulator;
using SlackSimulator.ToApp;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>Posts to the worker as Slack does, and as Slack never would.</summary>
public sealed class SlackSender(Uri worker) : IDisposable
{
    public const string Form = "application/x-www-form-urlencoded";
    public const string Json = "application/json";
    public static readonly string Bot = new AppOptions().BotName;
    public static readonly string Secret = new AppOptions().SigningSecret;

    private readonly HttpClient _client = new() { BaseAddress = worker };

    /// <summary>A slash command, signed. What is given replaces or adds fields, written as they are.</summary>
    public Task<Answer> CommandAsync(
        string command,
        string userId,
        string channelId,
        params (string Name, string Raw)[] more
    )
    {
        var fields = new Dictionary<string, string>
        {
            ["team_id"] = "T0SIM00001",
            ["channel_id"] = channelId,
            ["user_id"] = userId,
            ["user_name"] = "somebody",
            ["command"] = Uri.EscapeDataString(command),
            ["text"] = "",
            ["trigger_id"] = "1.2.3",
        };
        foreach (var (name, raw) in more)
            fields[name] = raw;
        return PostAsync("slack/commands", string.Join('&', fields.Select(field => $"{field.Key}={field.Value}")));
    }

    /// <summary>An interaction with this payload, signed.</summary>
    public Task<Answer> InteractionAsync(string payload) =>
        PostAsync("slack/interactions", $"payload={Uri.EscapeDataString(payload)}");

    /// <summary>The same, but the connection is closed before the answer is there.</summary>
    public Task<Answer> AbandonInteractionAsync(string payload, CancellationToken hangUp)
    {
        var body = Encoding.UTF8.GetBytes($"payload={Uri.EscapeDataString(payload)}");
        var timestamp = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString();
        var signature = RequestSigner.Sign(Secret, timestamp, body);
        return PostAsync("slack/interactions", body, timestamp, signature, hangUp: hangUp);
    }

    /// <summary>An Events API request, signed.</summary>
    public Task<Answer> EventAsync(string json) => PostAsync("slack/events", json);

    public Task<Answer> PostAsync(string path, string body) => PostAsync(path, Encoding.UTF8.GetBytes(body));

    /// <param name="mediaType">Null is what the path expects.</param>
    public Task<Answer> PostAsync(string path, byte[] body, string? mediaType = null, bool chunked = false)
    {
        var timestamp = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString();
        return PostAsync(path, body, timestamp, RequestSigner.Sign(Secret, timestamp, body), mediaType, chunked);
    }

    /// <param name="timestamp">Null leaves the header out; the signature's likewise.</param>
    public async Task<Answer> PostAsync(
        string path,
        byte[] body,
        string? timestamp,
        string? signature,
        string? mediaType = null,
        bool chunked = false,
        CancellationToken? hangUp = null
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(
            mediaType ?? (path == "slack/events" ? Json : Form)
        );
        if (chunked)
        {
            request.Content.Headers.ContentLength = null;
            request.Headers.TransferEncodingChunked = true;
        }

        if (timestamp is not null)
            request.Headers.TryAddWithoutValidation("X-Slack-Request-Timestamp", timestamp);
        if (signature is not null)
            request.Headers.TryAddWithoutValidation("X-Slack-Signature", signature);
        return await Answer.ToAsync(_client, request, hangUp);
    }

    public async Task<Answer> GetAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await Answer.ToAsync(_client, request);
    }

    public void Dispose() => _client.Dispose();
}
