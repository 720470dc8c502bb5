using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CoffeeBuddy.Sandbox.Oidc;
using CoffeeBuddy.Sandbox.Workers;

namespace FunctionsHost.Conformance.Support;

/// <summary>The worker's REST API, called through the host by a service that may act for anybody.</summary>
public sealed class RestApi(HostedOffice office)
{
    private readonly string _token = office.Sandbox.Oidc.IssueToken(
        new OidcToken("conformance") { Scopes = ["coffee.service", "coffee.admin"] }
    );

    /// <returns>The answer's body, which must be JSON.</returns>
    public async Task<JsonNode> SendAsync(HttpMethod method, string path, HttpStatusCode expected, object? body = null)
    {
        using var request = Authorized(method, path);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        using var response = await office.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == expected, $"{method} {path}: {response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>Whether the token is accepted.</summary>
    public async Task<bool> IsAnsweredAsync()
    {
        using var request = Authorized(HttpMethod.Get, "api/v1/runs");
        using var response = await office.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return response.IsSuccessStatusCode;
    }

    /// <summary>Opens a run in the channel.</summary>
    /// <returns>The run's id.</returns>
    public async Task<Guid> OpenRunAsync(string channel, string user)
    {
        var run = await SendAsync(
            HttpMethod.Post,
            "api/v1/runs",
            HttpStatusCode.Created,
            new
            {
                workspace_id = HostedOffice.WorkspaceId,
                channel_id = channel,
                user_id = user,
            }
        );
        return (Guid)run["run_id"]!;
    }

    private HttpRequestMessage Authorized(HttpMethod method, string path) =>
        new(method, path) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", _token) } };
}
