using System.Net.Http.Headers;
using System.Text;
using SlackSimulator;
using SlackSimulator.ToApp;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>Sends valid and invalid Slack requests to the worker.</summary>
public sealed class SlackSender(Uri worker) : IDisposable
{
    public const string Form = "application/x-www-form-urlencoded";
    public const string Json = "application/json";
    public static readonly string Bot = new AppOptions().BotName;
    public static readonly string Secret = new AppOptions().SigningSecret;

    private readonly HttpClient _client = new() { BaseAddress = worker };

    /// <summary>A signed slash command. The given fields replace or add to the defaults and are not encoded.</summary>
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

    /// <summary>A signed interaction.</summary>
    public Task<Answer> InteractionAsync(string payload) =>
        PostAsync("slack/interactions", $"payload={Uri.EscapeDataString(payload)}");

    /// <summary>A signed request of the Events API.</summary>
    public Task<Answer> EventAsync(string json) => PostAsync("slack/events", json);

    public Task<Answer> PostAsync(string path, string body) => PostAsync(path, Encoding.UTF8.GetBytes(body));

    /// <param name="mediaType">Null: the media type that the path expects.</param>
    public Task<Answer> PostAsync(string path, byte[] body, string? mediaType = null, bool chunked = false)
    {
        var timestamp = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString();
        return PostAsync(path, body, timestamp, RequestSigner.Sign(Secret, timestamp, body), mediaType, chunked);
    }

    /// <param name="timestamp">Null: no header. The same for the signature.</param>
    public async Task<Answer> PostAsync(
        string path,
        byte[] body,
        string? timestamp,
        string? signature,
        string? mediaType = null,
        bool chunked = false
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
        return await Answer.ToAsync(_client, request);
    }

    public async Task<Answer> GetAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await Answer.ToAsync(_client, request);
    }

    public void Dispose() => _client.Dispose();
}
