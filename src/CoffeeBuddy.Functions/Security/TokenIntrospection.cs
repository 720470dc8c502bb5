using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Security;

/// <summary>
/// Asks the issuer about opaque tokens (RFC 7662). The result is cached, and the number of questions is bounded, since
/// anybody can send tokens.
/// </summary>
public sealed partial class TokenIntrospection(
    IHttpClientFactory clients,
    IOptionsMonitor<OidcOptions> options,
    TimeProvider time,
    ILogger<TokenIntrospection> logger
) : IDisposable
{
    /// <summary>
    /// How long an answer is cached, which is also how long a revoked token may still be accepted.
    /// </summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    private const int MaxCached = 10_000;

    /// <summary>Limit of questions at the same time.</summary>
    private const int MaxConcurrent = 16;

    /// <summary>The part of them that may be about tokens that were not valid before.</summary>
    private const int MaxConcurrentUnknown = 12;

    /// <summary>
    /// Limit of tokens in <see cref="Window"/> that turn out as not valid, or are answered with an error. Then only
    /// tokens that were valid before are asked about.
    /// </summary>
    private const int MaxRefused = 50;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _slots = new(MaxConcurrent);
    private readonly SemaphoreSlim _unknownSlots = new(MaxConcurrentUnknown);
    private readonly Dictionary<string, Task<Answer>> _asking = new(StringComparer.Ordinal);
    private readonly MemoryCache _answers = new(new MemoryCacheOptions { SizeLimit = MaxCached });

    // Apart from the answers: that a token was valid before is not forgotten when the issuer fails.
    private readonly MemoryCache _failures = new(new MemoryCacheOptions { SizeLimit = MaxCached });
    private long? _silentAt;
    private long? _windowAt;
    private int _refused;

    /// <param name="token">The token.</param>
    /// <param name="issuer">The metadata of the issuer.</param>
    /// <param name="left">How long the request may still wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidTokenException">The token is not valid, or there is no endpoint.</exception>
    /// <exception cref="IssuerUnavailableException">The issuer does not answer, or is asked too much.</exception>
    public async Task<Caller> IntrospectAsync(
        string token,
        IssuerDocument issuer,
        TimeSpan left,
        CancellationToken cancellationToken
    )
    {
        if (issuer.IntrospectionEndpoint is null)
            throw new InvalidTokenException("opaque tokens are not accepted");
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        if (!_answers.TryGetValue(hash, out Answer? answer) || time.GetUtcNow() >= answer!.Until)
        {
            if (_failures.TryGetValue(hash, out DateTimeOffset askAgainAt) && time.GetUtcNow() < askAgainAt)
                throw IssuerUnavailableException.NoAnswer(IssuerMetadata.Pause);
            var asking = AskOnce(token, hash, wasValid: answer?.Caller is not null, issuer);
            if (!await IssuerMetadata.WaitAsync(asking, left, time, cancellationToken))
                throw IssuerUnavailableException.NoAnswer(IssuerMetadata.Pause);
            answer = await asking;
        }

        return answer.Caller ?? throw new InvalidTokenException(answer.Reason);
    }

    public void Dispose()
    {
        _answers.Dispose();
        _failures.Dispose();
        _slots.Dispose();
        _unknownSlots.Dispose();
    }

    /// <summary>Requests with the same token share one question.</summary>
    private Task<Answer> AskOnce(string token, string hash, bool wasValid, IssuerDocument issuer)
    {
        lock (_gate)
        {
            if (_asking.TryGetValue(hash, out var asking))
                return asking;
            RefuseIfNotAsked_NeedsLock(wasValid);
            return _asking[hash] = Task.Run(() => AskInTurnAsync(token, hash, wasValid, issuer));
        }
    }

    private async Task<Answer> AskInTurnAsync(string token, string hash, bool wasValid, IssuerDocument issuer)
    {
        try
        {
            using var slot = await TakeSlotAsync(wasValid);
            lock (_gate)
                RefuseIfNotAsked_NeedsLock(wasValid);
            return Remember(hash, Read(await AskAsync(token, hash, issuer.IntrospectionEndpoint!), issuer));
        }
        finally
        {
            lock (_gate)
                _asking.Remove(hash);
        }
    }

    /// <summary>Unknown tokens leave places free for those that were valid before.</summary>
    private async Task<Slots> TakeSlotAsync(bool wasValid)
    {
        using var limit = new CancellationTokenSource(IssuerMetadata.MaxWait, time);
        var taken = new Slots();
        try
        {
            if (!wasValid)
                await taken.AddAsync(_unknownSlots, limit.Token);
            await taken.AddAsync(_slots, limit.Token);
            return taken;
        }
        catch (OperationCanceledException)
        {
            taken.Dispose();
            throw IssuerUnavailableException.TooMany(IssuerMetadata.Pause);
        }
    }

    private async Task<JsonElement> AskAsync(string token, string hash, Uri endpoint)
    {
        var client = options.CurrentValue;
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint)
        {
            Content = new FormUrlEncodedContent([new("token", token)]),
        };
        var basic =
            $"{Uri.EscapeDataString(client.IntrospectionClientId!)}:{Uri.EscapeDataString(client.IntrospectionClientSecret!)}";
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes(basic))
        );
        try
        {
            using var response = await clients.CreateClient(SecurityModule.Issuer).SendAsync(request);
            response.EnsureSuccessStatusCode();
            return TokenJson.Parse(await response.Content.ReadAsByteArrayAsync());
        }
        catch (Exception exception)
        {
            NoteFailure(hash, concernsAll: ConcernsAllTokens(exception));
            Log.NotAsked(logger, exception.Message);
            throw IssuerUnavailableException.NoAnswer(IssuerMetadata.Pause);
        }
    }

    private Answer Read(JsonElement claims, IssuerDocument issuer)
    {
        var now = time.GetUtcNow();
        try
        {
            if (!claims.TryGetProperty("active", out var active) || active.ValueKind != JsonValueKind.True)
                throw new InvalidTokenException("it is not active");
            CheckUse(claims);
            AccessTokenClaims.Check(claims, issuer.Issuer, options.CurrentValue.Audience, now);
            var expires = AccessTokenClaims.ExpiresAt(claims);
            return new Answer(Caller.From(claims, options.CurrentValue.UserIdClaim), expires)
            {
                Until = expires < now + Lifetime ? expires : now + Lifetime,
            };
        }
        catch (InvalidTokenException invalid)
        {
            return new Answer(null, now + Lifetime) { Until = now + Lifetime, Reason = invalid.Message };
        }
    }

    /// <summary>
    /// Hydra reports refresh tokens as active too; <c>token_use</c> tells them apart, and <c>token_type</c> is the
    /// standard's name for it (RFC 7662, 2.2). One of them must say that it is an access token, and neither otherwise.
    /// </summary>
    private static void CheckUse(JsonElement claims)
    {
        var (hasUse, hasType) = (
            claims.TryGetProperty("token_use", out var use),
            claims.TryGetProperty("token_type", out var type)
        );
        var isAccessToken =
            (hasUse || hasType)
            && (!hasUse || use.ValueKind == JsonValueKind.String && use.ValueEquals("access_token"))
            && (
                !hasType
                || type.ValueKind == JsonValueKind.String
                    && string.Equals(type.GetString(), "Bearer", StringComparison.OrdinalIgnoreCase)
            );
        if (!isAccessToken)
            throw new InvalidTokenException("it is no bearer access token");
    }

    private Answer Remember(string hash, Answer answer)
    {
        var now = time.GetUtcNow();
        lock (_gate)
            if (answer.Caller is null)
                _refused = RefusedInWindow_NeedsLock() + 1;
        if (answer.Until > now)
            _answers.Set(
                hash,
                answer,
                new MemoryCacheEntryOptions
                {
                    Size = 1,
                    AbsoluteExpirationRelativeToNow = answer.KeptUntil - now,
                    Priority = answer.Caller is null ? CacheItemPriority.Low : CacheItemPriority.Normal,
                }
            );
        return answer;
    }

    /// <summary>
    /// Silence, a refusal of this client and too many questions concern all tokens. Any other error can be caused by one.
    /// </summary>
    private static bool ConcernsAllTokens(Exception exception) =>
        exception switch
        {
            HttpRequestException { StatusCode: { } status } => status
                is HttpStatusCode.Unauthorized
                    or HttpStatusCode.Forbidden
                    or HttpStatusCode.TooManyRequests,
            JsonException => false,
            _ => true,
        };

    private void NoteFailure(string hash, bool concernsAll)
    {
        lock (_gate)
        {
            if (concernsAll)
                _silentAt = time.GetTimestamp();
            else
                _refused = RefusedInWindow_NeedsLock() + 1;
        }

        _failures.Set(
            hash,
            time.GetUtcNow() + IssuerMetadata.Pause,
            new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = IssuerMetadata.Pause }
        );
    }

    private int RefusedInWindow_NeedsLock()
    {
        if (_windowAt is not { } begunAt || time.GetElapsedTime(begunAt) >= Window)
            (_windowAt, _refused) = (time.GetTimestamp(), 0);
        return _refused;
    }

    private void RefuseIfNotAsked_NeedsLock(bool wasValid)
    {
        if (_silentAt is { } silentAt && time.GetElapsedTime(silentAt) < IssuerMetadata.Pause)
            throw IssuerUnavailableException.NoAnswer(IssuerMetadata.Pause);
        if (!wasValid && RefusedInWindow_NeedsLock() >= MaxRefused)
            throw IssuerUnavailableException.TooMany(Window);
    }

    private sealed class Slots : IDisposable
    {
        private readonly List<SemaphoreSlim> _taken = [];

        public async Task AddAsync(SemaphoreSlim slots, CancellationToken cancellationToken)
        {
            await slots.WaitAsync(cancellationToken);
            _taken.Add(slots);
        }

        public void Dispose() => _taken.ForEach(slots => slots.Release());
    }

    /// <param name="Caller">Null: the token is not valid.</param>
    /// <param name="KeptUntil">How long it is remembered that the token was valid.</param>
    private sealed record Answer(Caller? Caller, DateTimeOffset KeptUntil)
    {
        /// <summary>When the issuer must be asked again; never after the token expires.</summary>
        public required DateTimeOffset Until { get; init; }

        public string Reason { get; init; } = "";
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The OIDC issuer gave no answer about a token: {Reason}")]
        public static partial void NotAsked(ILogger logger, string reason);
    }
}
