using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace CoffeeBuddy.Operations.Tokens;

/// <summary>
/// An issuer whose documents, keys, tokens and answers a test controls, in the place of the network.
/// </summary>
internal sealed class FakeIssuer(TimeProvider time) : HttpMessageHandler
{
    public const string Name = "https://issuer.example.com/";
    public const string Audience = "coffeebuddy";

    private int _metadataReads;
    private int _keyReads;
    private int _questions;

    /// <summary>Keys of all tests: creating one takes long.</summary>
    public static TestKey First { get; } = TestKey.Rsa("first");

    public static TestKey Second { get; } = TestKey.Rsa("second");

    public List<TestKey> Published { get; } = [First];

    public JsonObject Discovery { get; } =
        new()
        {
            ["issuer"] = Name,
            ["jwks_uri"] = Name + ".well-known/jwks.json",
            ["introspection_endpoint"] = Name + "introspect",
        };

    /// <summary>What introspection says about a token; one that is not here is not active.</summary>
    public ConcurrentDictionary<string, JsonObject> Opaque { get; } = new(StringComparer.Ordinal);

    /// <summary>Gives the answer to a request instead of the right one; null: the right one.</summary>
    public Func<HttpResponseMessage?>? Fault { get; set; }

    /// <summary>Answers wait for it; null: they do not wait.</summary>
    public TaskCompletionSource? Hang { get; set; }

    public int MetadataReads => _metadataReads;

    public int KeyReads => _keyReads;

    public int Questions => _questions;

    /// <summary>Everything that was sent: the address, and the client's credentials.</summary>
    public ConcurrentQueue<(Uri Address, string? Credentials)> Sent { get; } = [];

    /// <summary>A JWT in Ory Hydra's format, changed by the test.</summary>
    public string Hydra(Action<JsonObject, JsonObject>? change = null, TestKey? key = null) =>
        Jwt(
            new JsonObject { ["typ"] = "JWT" },
            new JsonObject
            {
                ["aud"] = new JsonArray(Audience),
                ["nbf"] = time.GetUtcNow().ToUnixTimeSeconds(),
                ["scp"] = new JsonArray("coffee.service"),
                ["ext"] = new JsonObject(),
            },
            change,
            key ?? First
        );

    /// <summary>A JWT in the format of RFC 9068, changed by the test.</summary>
    public string Rfc9068(Action<JsonObject, JsonObject>? change = null, TestKey? key = null) =>
        Jwt(
            new JsonObject { ["typ"] = "at+jwt" },
            new JsonObject { ["aud"] = Audience, ["scope"] = "coffee.service" },
            change,
            key ?? First
        );

    /// <summary>An active opaque token, with Hydra's answer about it, changed by the test.</summary>
    public string OpaqueToken(Action<JsonObject>? change = null)
    {
        var token = "ory_at_" + Guid.NewGuid().ToString("N");
        var answer = new JsonObject
        {
            ["active"] = true,
            ["iss"] = Name,
            ["sub"] = "kiosk",
            ["aud"] = new JsonArray(Audience),
            ["client_id"] = "kiosk",
            ["scope"] = "coffee.service",
            ["iat"] = time.GetUtcNow().ToUnixTimeSeconds(),
            ["nbf"] = time.GetUtcNow().ToUnixTimeSeconds(),
            ["exp"] = time.GetUtcNow().AddHours(1).ToUnixTimeSeconds(),
            ["token_type"] = "Bearer",
            ["token_use"] = "access_token",
        };
        change?.Invoke(answer);
        Opaque[token] = answer;
        return token;
    }

    public static HttpResponseMessage Json(JsonNode json) => Json(json.ToJsonString());

    public static HttpResponseMessage Json(string json) =>
        new(HttpStatusCode.OK) { Content = new StringContent(json, Encoding.UTF8, "application/json") };

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var path = request.RequestUri!.AbsolutePath;
        Sent.Enqueue((request.RequestUri, Credentials(request.Headers.Authorization)));
        _ = path switch
        {
            "/.well-known/openid-configuration" => Interlocked.Increment(ref _metadataReads),
            "/.well-known/jwks.json" => Interlocked.Increment(ref _keyReads),
            _ => Interlocked.Increment(ref _questions),
        };
        if (Hang is { } hang)
            await hang.Task.WaitAsync(cancellationToken);
        if (Fault?.Invoke() is { } wrong)
            return wrong;
        return path switch
        {
            "/.well-known/openid-configuration" => Json(Discovery),
            "/.well-known/jwks.json" => Json(
                new JsonObject { ["keys"] = new JsonArray([.. Published.Select(key => key.Jwk.DeepClone())]) }
            ),
            _ => Json(await AnswerAsync(request.Content!, cancellationToken)),
        };
    }

    private async Task<JsonObject> AnswerAsync(HttpContent form, CancellationToken cancellationToken)
    {
        var token = (await form.ReadAsStringAsync(cancellationToken)).Split('=')[1];
        return Opaque.TryGetValue(token, out var answer) ? answer : new JsonObject { ["active"] = false };
    }

    private string Jwt(JsonObject header, JsonObject claims, Action<JsonObject, JsonObject>? change, TestKey key)
    {
        var now = time.GetUtcNow();
        header["alg"] = "RS256";
        header["kid"] = key.Kid;
        claims["iss"] = Name;
        claims["sub"] = "kiosk";
        claims["client_id"] = "kiosk";
        claims["jti"] = Guid.NewGuid().ToString();
        claims["iat"] = now.ToUnixTimeSeconds();
        claims["exp"] = now.AddHours(1).ToUnixTimeSeconds();
        change?.Invoke(header, claims);
        var signed = $"{Encode(header.ToJsonString())}.{Encode(claims.ToJsonString())}";
        var signature = key.Sign((string?)header["alg"] ?? "", Encoding.ASCII.GetBytes(signed));
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>A JWT of these parts, signed with the first key.</summary>
    public static string Jwt(string header, string claims)
    {
        var signed = $"{Encode(header)}.{Encode(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(First.Sign("RS256", Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private static string? Credentials(AuthenticationHeaderValue? authorization) =>
        authorization?.Parameter is { } basic ? Encoding.UTF8.GetString(Convert.FromBase64String(basic)) : null;
}
