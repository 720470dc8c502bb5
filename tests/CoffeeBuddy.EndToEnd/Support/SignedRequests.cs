using System.Security.Cryptography;
using System.Text;
using CoffeeBuddy.Sandbox;
using Xunit;

namespace CoffeeBuddy.EndToEnd.Support;

/// <summary>Requests as Slack sends them, past the simulator.</summary>
internal static class SignedRequests
{
    public const string Form = "application/x-www-form-urlencoded";
    public const string Json = "application/json";

    public static async Task<HttpResponseMessage> PostSignedAsync(
        this Office office,
        string path,
        string body,
        string mediaType,
        string secret = Office.SigningSecret,
        params (string Name, string Value)[] headers
    )
    {
        var timestamp = office.Sandbox.Slack.Clock.Now.ToUnixTimeSeconds().ToString();
        var hash = HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(secret),
            Encoding.UTF8.GetBytes($"v0:{timestamp}:{body}")
        );
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, Encoding.UTF8, mediaType),
        };
        request.Headers.Add("X-Slack-Request-Timestamp", timestamp);
        request.Headers.Add("X-Slack-Signature", $"v0={Convert.ToHexStringLower(hash)}");
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        return await office
            .Sandbox.Workers[WorkerRoles.Http]
            .Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public static string Interaction(string payload) => $"payload={Uri.EscapeDataString(payload)}";
}
