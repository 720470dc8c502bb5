using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Support;

namespace CoffeeBuddy.Operations.Secrets;

/// <summary>
/// A double of HashiCorp Vault, written from its documented HTTP API: the auth method kubernetes, tokens, KV version 2,
/// the database engine, leases, namespaces, and the errors of each. Over TLS 1.3. It refuses what Vault would refuse, and
/// besides every path, body member and header that the documentation does not have.
/// </summary>
internal sealed class VaultServer : IAsyncDisposable
{
    public const string Role = "coffeebuddy";
    public const string KvPath = "coffeebuddy/test";
    public const string DatabaseRole = "worker";

    private readonly WebApplication _app;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Lease> _tokens = [];
    private readonly Dictionary<string, Lease> _leases = [];

    private VaultServer(TestCertificate certificate, TimeProvider time)
    {
        _time = time;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate.Load()))
        );
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public Uri Address => _app.Address();

    /// <summary>The token of the service account that logs in.</summary>
    public string Jwt { get; set; } = "jwt-1";

    /// <summary>Null: requests must name none.</summary>
    public string? Namespace { get; init; }

    public TimeSpan TokenTtl { get; set; } = TimeSpan.FromHours(1);

    /// <summary>A renewed token or lease never lives longer than this since it was made.</summary>
    public TimeSpan MaxTtl { get; set; } = TimeSpan.FromHours(24);

    public TimeSpan LeaseTtl { get; set; } = TimeSpan.FromHours(1);

    public bool IsSealed { get; set; }

    public ConcurrentDictionary<string, string> Kv { get; } = new();

    /// <summary>Makes the user in the database.</summary>
    public Func<string, string, Task> CreateUserAsync { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Users in the order in which they were made.</summary>
    public List<string> Users { get; } = [];

    /// <summary>Method and path of each request.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public int Logins => Requests.Count(request => request.EndsWith("/login", StringComparison.Ordinal));

    public static async Task<VaultServer> StartAsync(
        TestCertificate certificate,
        TimeProvider? time = null,
        string? @namespace = null
    )
    {
        var server = new VaultServer(certificate, time ?? TimeProvider.System) { Namespace = @namespace };
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public void RevokeTokens()
    {
        lock (_lock)
        {
            _tokens.Clear();
            _leases.Clear(); // Leases end with their token.
        }
    }

    public void RevokeLeases()
    {
        lock (_lock)
            _leases.Clear();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        var (method, path) = (http.Request.Method, http.Request.Path.Value ?? "");
        Requests.Enqueue($"{method} {path}");
        var header = http.Request.Headers;
        if (header["X-Vault-Request"] != "true")
            await RefuseAsync(http, 412, "missing 'X-Vault-Request' header");
        else if (IsSealed)
            await RefuseAsync(http, 503, "Vault is sealed");
        else if ((string?)header["X-Vault-Namespace"] != Namespace)
            await RefuseAsync(http, 404, $"no handler for route \"{path[4..]}\". route entry not found.");
        else if (path == "/v1/auth/kubernetes/login")
            await LogInAsync(http);
        else if (Alive(_tokens, header["X-Vault-Token"].ToString()) is not { } token)
            await RefuseAsync(http, 403, "permission denied");
        else
            await AnswerAsync(http, method, path, token);
    }

    private Task AnswerAsync(HttpContext http, string method, string path, Lease token) =>
        (method, path) switch
        {
            ("POST", "/v1/auth/token/renew-self") => RenewSelfAsync(http, token),
            ("GET", $"/v1/secret/data/{KvPath}") => ReadKvAsync(http),
            ("GET", $"/v1/database/creds/{DatabaseRole}") => MakeUserAsync(http),
            ("POST", "/v1/sys/leases/lookup") => LookUpAsync(http),
            ("POST", "/v1/sys/leases/renew") => RenewLeaseAsync(http),
            ("GET", _) when path.StartsWith("/v1/secret/data/", StringComparison.Ordinal) => RefuseAsync(http, 404),
            ("GET", _) when path.StartsWith("/v1/database/creds/", StringComparison.Ordinal) => RefuseAsync(
                http,
                400,
                $"1 error occurred:\n\t* unknown role: {path["/v1/database/creds/".Length..]}\n\n"
            ),
            _ => RefuseAsync(http, 404, $"no handler for route \"{path[4..]}\". route entry not found."),
        };

    private async Task LogInAsync(HttpContext http)
    {
        if (await BodyAsync(http, "POST", "role", "jwt") is not { } body)
            return;
        if (body["role"] != Role)
        {
            await RefuseAsync(http, 400, $"invalid role name \"{body["role"]}\"");
            return;
        }

        if (body["jwt"] != Jwt)
        {
            await RefuseAsync(http, 403, "permission denied");
            return;
        }

        var token = $"hvs.{Guid.NewGuid():N}";
        var lease = Make(_tokens, token, TokenTtl);
        await GiveAuthAsync(http, token, lease);
    }

    private async Task RenewSelfAsync(HttpContext http, Lease token)
    {
        token.Renew(_time.GetUtcNow(), TokenTtl, MaxTtl);
        await GiveAuthAsync(http, token.Id, token);
    }

    private Task ReadKvAsync(HttpContext http) =>
        Kv.IsEmpty
            ? RefuseAsync(http, 404)
            : GiveAsync(
                http,
                data: new JsonObject
                {
                    ["data"] = new JsonObject(
                        Kv.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)JsonValue.Create(pair.Value)))
                    ),
                    ["metadata"] = new JsonObject
                    {
                        ["created_time"] = "2025-01-01T00:00:00Z",
                        ["custom_metadata"] = null,
                        ["deletion_time"] = "",
                        ["destroyed"] = false,
                        ["version"] = 1,
                    },
                }
            );

    private async Task MakeUserAsync(HttpContext http)
    {
        var user = $"v-kubernetes-worker-{Guid.NewGuid():N}"[..40];
        var password = $"A1a-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        await CreateUserAsync(user, password);
        var id = $"database/creds/{DatabaseRole}/{Guid.NewGuid():N}";
        var lease = Make(_leases, id, LeaseTtl);
        lock (_lock)
            Users.Add(user);
        await GiveAsync(
            http,
            new JsonObject { ["username"] = user, ["password"] = password },
            id,
            lease.Left(_time.GetUtcNow())
        );
    }

    private async Task LookUpAsync(HttpContext http)
    {
        if (await BodyAsync(http, "POST", "lease_id") is not { } body)
            return;
        if (Alive(_leases, body["lease_id"]) is not { } lease)
        {
            await RefuseAsync(http, 400, "invalid lease");
            return;
        }

        await GiveAsync(
            http,
            new JsonObject
            {
                ["id"] = lease.Id,
                ["renewable"] = true,
                ["ttl"] = (long)lease.Left(_time.GetUtcNow()).TotalSeconds,
            }
        );
    }

    private async Task RenewLeaseAsync(HttpContext http)
    {
        if (await BodyAsync(http, "POST", "lease_id") is not { } body)
            return;
        if (Alive(_leases, body["lease_id"]) is not { } lease)
        {
            await RefuseAsync(http, 400, "lease not found");
            return;
        }

        lease.Renew(_time.GetUtcNow(), LeaseTtl, MaxTtl);
        await GiveAsync(http, data: null, lease.Id, lease.Left(_time.GetUtcNow()));
    }

    private Lease Make(Dictionary<string, Lease> all, string id, TimeSpan ttl)
    {
        lock (_lock)
            return all[id] = new(id, _time.GetUtcNow(), _time.GetUtcNow() + ttl);
    }

    private Lease? Alive(Dictionary<string, Lease> all, string id)
    {
        lock (_lock)
            return all.GetValueOrDefault(id) is { } lease && lease.Ends > _time.GetUtcNow() ? lease : null;
    }

    /// <returns>The members of the body; null when it was refused.</returns>
    private static async Task<Dictionary<string, string>?> BodyAsync(
        HttpContext http,
        string method,
        params string[] members
    )
    {
        if (http.Request.Method != method)
        {
            await RefuseAsync(http, 405, "1 error occurred:\n\t* unsupported operation\n\n");
            return null;
        }

        try
        {
            var body = await JsonSerializer.DeserializeAsync<Dictionary<string, string>>(http.Request.Body);
            if (body is not null && body.Keys.Order().SequenceEqual(members.Order()))
                return body;
        }
        catch (JsonException)
        {
            // Refused below.
        }

        await RefuseAsync(http, 400, "failed to parse JSON input");
        return null;
    }

    private Task GiveAuthAsync(HttpContext http, string token, Lease lease) =>
        WriteAsync(
            http,
            200,
            Envelope(
                auth: new JsonObject
                {
                    ["client_token"] = token,
                    ["accessor"] = "accessor",
                    ["policies"] = new JsonArray("coffeebuddy", "default"),
                    ["token_policies"] = new JsonArray("coffeebuddy", "default"),
                    ["metadata"] = new JsonObject { ["role"] = Role },
                    ["lease_duration"] = (long)lease.Left(_time.GetUtcNow()).TotalSeconds,
                    ["renewable"] = true,
                    ["entity_id"] = "",
                    ["token_type"] = "service",
                    ["orphan"] = true,
                }
            )
        );

    private static Task GiveAsync(HttpContext http, JsonNode? data, string leaseId = "", TimeSpan duration = default) =>
        WriteAsync(http, 200, Envelope(data, leaseId, duration));

    private static JsonObject Envelope(
        JsonNode? data = null,
        string leaseId = "",
        TimeSpan duration = default,
        JsonNode? auth = null
    ) =>
        new()
        {
            ["request_id"] = Guid.NewGuid().ToString(),
            ["lease_id"] = leaseId,
            ["renewable"] = leaseId.Length > 0,
            ["lease_duration"] = (long)duration.TotalSeconds,
            ["data"] = data,
            ["wrap_info"] = null,
            ["warnings"] = null,
            ["auth"] = auth,
        };

    private static Task RefuseAsync(HttpContext http, int status, params string[] errors) =>
        WriteAsync(
            http,
            status,
            new JsonObject { ["errors"] = new JsonArray([.. errors.Select(error => JsonValue.Create(error))]) }
        );

    private static Task WriteAsync(HttpContext http, int status, JsonObject body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "no-store";
        return http.Response.WriteAsync(body.ToJsonString());
    }

    private sealed class Lease(string id, DateTimeOffset made, DateTimeOffset ends)
    {
        public string Id => id;

        public DateTimeOffset Ends { get; private set; } = ends;

        public TimeSpan Left(DateTimeOffset now) => Ends - now;

        public void Renew(DateTimeOffset now, TimeSpan ttl, TimeSpan max) =>
            Ends = now + ttl < made + max ? now + ttl : made + max;
    }
}
