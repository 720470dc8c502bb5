using System.Net.Http.Headers;
using System.Text;
using SlackSimulator;
using SlackSimulator.ToApp;

namespace CoffeeBuddy.Support;

/// <summary>Sends requests to the worker as Slack does, and faulty ones.</summary>
public sealed class SlackSender(Uri worker) : IDisposable
{
    public const string Form = "application/x-www-form-urlencoded";
    public const string Json = "application/json";
    public static readonly string Bot = new AppOptions().BotName;
    public static readonly string Secret = new AppOptions().SigningSecret;
    public static readonly string BotToken = new AppOptions().BotToken;

    private int _requests;

    private readonly HttpClient _client = new() { BaseAddress = worker };

    /// <summary>Sends a signed slash command.</summary>
    /// <param name="more">More fields, URL-encoded; a field with the same name replaces the default.</param>
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
            ["trigger_id"] = $"1.2.{Interlocked.Increment(ref _requests)}",
        };
        foreach (var (name, raw) in more)
            fields[name] = raw;
        return PostAsync("slack/commands", string.Join('&', fields.Select(field => $"{field.Key}={field.Value}")));
    }

    /// <summary>Sends a signed interaction with this payload.</summary>
    public Task<Answer> InteractionAsync(string payload) =>
        // No two requests of Slack are equal. The trigger_id of these payloads is.
        PostAsync(
            "slack/interactions",
            $"payload={Uri.EscapeDataString(payload)}&request={Interlocked.Increment(ref _requests)}"
        );

    /// <summary>The same, but the connection is closed before the answer is there.</summary>
    public Task<Answer> AbandonInteractionAsync(string payload, CancellationToken hangUp)
    {
        var body = Encoding.UTF8.GetBytes($"payload={Uri.EscapeDataString(payload)}");
        var timestamp = Now();
        var signature = RequestSigner.Sign(Secret, timestamp, body);
        return PostAsync("slack/interactions", body, timestamp, signature, hangUp: hangUp);
    }

    /// <summary>Sends a signed Events API request.</summary>
    public Task<Answer> EventAsync(string json, params (string Name, string Value)[] headers)
    {
        var body = Encoding.UTF8.GetBytes(json);
        var timestamp = Now();
        return PostAsync(
            "slack/events",
            body,
            timestamp,
            RequestSigner.Sign(Secret, timestamp, body),
            headers: headers
        );
    }

    public Task<Answer> PostAsync(string path, string body) => PostAsync(path, Encoding.UTF8.GetBytes(body));

    /// <param name="mediaType">Null: the type that the path expects.</param>
    public Task<Answer> PostAsync(string path, byte[] body, string? mediaType = null, bool chunked = false)
    {
        var timestamp = Now();
        return PostAsync(path, body, timestamp, RequestSigner.Sign(Secret, timestamp, body), mediaType, chunked);
    }

    /// <param name="timestamp">Null: no timestamp header.</param>
    /// <param name="signature">Null: no signature header.</param>
    public async Task<Answer> PostAsync(
        string path,
        byte[] body,
        string? timestamp,
        string? signature,
        string? mediaType = null,
        bool chunked = false,
        CancellationToken? hangUp = null,
        params (string Name, string Value)[] headers
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
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        return await Answer.ToAsync(_client, request, hangUp);
    }

    public async Task<Answer> GetAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await Answer.ToAsync(_client, request);
    }

    private static string Now() => DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString();

    public void Dispose() => _client.Dispose();
}
