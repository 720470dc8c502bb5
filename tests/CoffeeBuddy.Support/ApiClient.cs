using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;

namespace CoffeeBuddy.Support;

/// <summary>Calls the REST API and checks every answer against the OpenAPI document.</summary>
public sealed class ApiClient(Uri worker) : IDisposable
{
    private readonly HttpClient _client = new(
        new SocketsHttpHandler { RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8 }
    )
    {
        BaseAddress = worker,
    };

    /// <summary>Makes a channel with everybody in the workspace; for an office.</summary>
    public Func<Task<string>> NewChannelAsync { get; init; } = () => throw new InvalidOperationException();

    public Task<Answer> GetAsync(string path, string? token) => SendAsync(HttpMethod.Get, path, token, content: null);

    /// <param name="body">Serialized as JSON.</param>
    /// <param name="key">The Idempotency-Key.</param>
    public Task<Answer> PostAsync(string path, string? token, object body, string? key = null) =>
        SendAsync(HttpMethod.Post, path, token, JsonContent.Create(body), key is null ? [] : [key]);

    public Task<Answer> PatchAsync(string path, string? token, object? body = null) =>
        SendAsync(HttpMethod.Patch, path, token, body is null ? null : JsonContent.Create(body));

    /// <summary>A PATCH whose connection is closed before the answer is there.</summary>
    public async Task<Answer> AbandonPatchAsync(string path, string token, CancellationToken hangUp)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"api/v1/{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await Answer.ToAsync(_client, request, hangUp);
    }

    public async Task<Answer> SendAsync(
        HttpMethod method,
        string path,
        string? token,
        HttpContent? content,
        params string[] keys
    )
    {
        using var request = new HttpRequestMessage(method, $"api/v1/{path}") { Content = content };
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        foreach (var key in keys)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await SendAsync(request);
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var answer = await Answer.ToAsync(_client, request);
        OpenApi.Check(request.Method, new Uri(worker, request.RequestUri!).AbsolutePath, answer);
        return answer;
    }

    /// <summary>Opens a run and returns its id.</summary>
    /// <param name="initiator">A member of the channel.</param>
    /// <param name="channel">Null: a new channel with everybody.</param>
    public async Task<string> OpenRunAsync(string token, string initiator, string? channel = null) => (string)(
                await PostAsync(
                    "runs",
                    token,
                    new
                    {
                        workspace_id = "T0SIM00001",
                        channel_id = channel ?? await NewChannelAsync(),
                        user_id = initiator,
                    }
                )
            ).Is(201).Json["run_id"]!;

    public async Task<Answer> OrderAsync(
        string token,
        string runId,
        string userId,
        string drink = "Latte",
        string size = "Large"
    ) =>
        await PostAsync(
            $"runs/{runId}/orders",
            token,
            new
            {
                drink_type = drink,
                size,
                user_id = userId,
            }
        );

    public void Dispose() => _client.Dispose();
}
