using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using CoffeeBuddy.Core.Security;
using Polly;
using Polly.Timeout;

namespace CoffeeBuddy.Functions.Secrets;

/// <summary>
/// The calls of Vault's HTTP API that the worker needs. A call has the headers X-Vault-Request, after the login
/// X-Vault-Token, and with a namespace X-Vault-Namespace.
/// </summary>
/// <exception cref="VaultException">Vault refused the call or cannot be reached.</exception>
internal sealed class VaultClient(
    HttpClient http,
    VaultOptions options,
    ResiliencePipeline<HttpResponseMessage> pipeline
)
{
    public static VaultClient Create(VaultOptions options, TlsOptions tls, TimeProvider time)
    {
        // No redirects: a token goes to the configured address only. No proxy: Vault is in the company's network.
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            SslOptions = { EnabledSslProtocols = tls.ProtocolsOf(TlsHops.Vault) },
        };
        if (options.CaFile is { Length: > 0 } file)
            handler.SslOptions.CertificateChainPolicy = TrustOnly(file);
        var http = new HttpClient(handler)
        {
            BaseAddress = new(options.Address!, "/v1/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        return new(http, options, VaultResilience.Create(time));
    }

    /// <summary>Logs in as the pod's service account.</summary>
    public async Task<VaultAuth> LoginAsync(string jwt, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(
            $"the login as role {options.Role}",
            token: null,
            () =>
                Post(
                    $"auth/{Escape(options.AuthMount)}/login",
                    JsonContent.Create(new(options.Role, jwt), VaultJson.Default.VaultLogin)
                ),
            cancellationToken
        );
        return answer.Auth ?? throw Unreadable("the login");
    }

    /// <summary>Renews the token for as long as it was made for, if its maximum allows.</summary>
    public async Task<VaultAuth> RenewSelfAsync(string token, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(
            "the renewal of the token",
            token,
            () => Post("auth/token/renew-self", content: null),
            cancellationToken
        );
        return answer.Auth ?? throw Unreadable("the renewal of the token");
    }

    /// <returns>The newest version of the secret.</returns>
    public async Task<JsonElement> ReadKvAsync(string token, CancellationToken cancellationToken)
    {
        var what = $"the secret {options.KvMount}/{options.KvPath}";
        var answer = await SendAsync(
            what,
            token,
            () => Get($"{Escape(options.KvMount)}/data/{Escape(options.KvPath!)}"),
            cancellationToken
        );
        return
            answer.Data.ValueKind == JsonValueKind.Object
            && answer.Data.TryGetProperty("data", out var data)
            && data.ValueKind == JsonValueKind.Object
            ? data
            : throw Unreadable(what);
    }

    /// <returns>A new user of the database, with its lease.</returns>
    public async Task<VaultAnswer> ReadDatabaseAsync(string token, CancellationToken cancellationToken)
    {
        var what = $"the database login {options.DatabaseMount}/creds/{options.DatabaseRole}";
        var answer = await SendAsync(
            what,
            token,
            () => Get($"{Escape(options.DatabaseMount)}/creds/{Escape(options.DatabaseRole!)}"),
            cancellationToken
        );
        return
            answer is { LeaseId: { Length: > 0 }, Data.ValueKind: JsonValueKind.Object }
            && answer.Data.TryGetProperty("username", out _)
            && answer.Data.TryGetProperty("password", out _)
            ? answer
            : throw Unreadable(what);
    }

    /// <returns>The lease, with the time it has from now.</returns>
    public Task<VaultAnswer> RenewLeaseAsync(string token, string leaseId, CancellationToken cancellationToken) =>
        SendAsync(
            "the renewal of the database login",
            token,
            () => PostLease("sys/leases/renew", leaseId),
            cancellationToken
        );

    /// <exception cref="VaultException">Also 400: the lease is revoked.</exception>
    public Task LookUpLeaseAsync(string token, string leaseId, CancellationToken cancellationToken) =>
        SendAsync(
            "the look-up of the database login",
            token,
            () => PostLease("sys/leases/lookup", leaseId),
            cancellationToken
        );

    private static HttpRequestMessage Get(string path) => new(HttpMethod.Get, path);

    private static HttpRequestMessage Post(string path, HttpContent? content) =>
        new(HttpMethod.Post, path) { Content = content };

    private static HttpRequestMessage PostLease(string path, string leaseId) =>
        Post(path, JsonContent.Create(new(leaseId), VaultJson.Default.VaultLeaseId));

    private static string Escape(string text) =>
        string.Join('/', text.Trim('/').Split('/').Select(Uri.EscapeDataString));

    /// <param name="what">What is asked for, in messages.</param>
    /// <param name="request">Makes the request for each attempt.</param>
    private async Task<VaultAnswer> SendAsync(
        string what,
        string? token,
        Func<HttpRequestMessage> request,
        CancellationToken cancellationToken
    )
    {
        try
        {
            using var response = await pipeline.ExecuteAsync(
                async attempt =>
                {
                    using var message = request();
                    message.Headers.Add("X-Vault-Request", "true");
                    if (token is not null)
                        message.Headers.Add("X-Vault-Token", token);
                    if (options.Namespace is { Length: > 0 } @namespace)
                        message.Headers.Add("X-Vault-Namespace", @namespace);
                    return await http.SendAsync(message, attempt);
                },
                cancellationToken
            );
            return await ReadAsync(what, response, cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or TimeoutRejectedException)
        {
            throw new VaultException(
                $"Vault at {options.Address} cannot be reached: {exception.GetBaseException().Message}",
                exception
            );
        }
    }

    private static async Task<VaultAnswer> ReadAsync(
        string what,
        HttpResponseMessage response,
        CancellationToken cancellationToken
    )
    {
        VaultAnswer? answer;
        try
        {
            answer = await response.Content.ReadFromJsonAsync(VaultJson.Default.VaultAnswer, cancellationToken);
        }
        catch (JsonException)
        {
            answer = null; // Of a gateway, or empty.
        }

        if (response.StatusCode == HttpStatusCode.OK)
            return answer ?? throw Unreadable(what);
        var errors = string.Join("; ", answer?.Errors ?? []).ReplaceLineEndings(" ").Trim();
        throw new VaultException(
            $"Vault refused {what} with {(int)response.StatusCode}{(errors.Length > 0 ? $": {errors}" : "")}.",
            response.StatusCode
        );
    }

    private static VaultException Unreadable(string what) =>
        new($"Vault's answer for {what} has not the documented form.", HttpStatusCode.OK);

    private static X509ChainPolicy TrustOnly(string file)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(file);
        }
        catch (Exception exception)
            when (exception
                    is IOException
                        or UnauthorizedAccessException
                        or System.Security.Cryptography.CryptographicException
            )
        {
            throw new SecretsException($"Vault:CaFile {file} cannot be used: {exception.Message}", exception);
        }

        return policy.CustomTrustStore.Count > 0
            ? policy
            : throw new SecretsException($"Vault:CaFile {file} contains no certificate.");
    }
}
