using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Security;

/// <summary>
/// The issuer's endpoints and keys, read when a request needs them. All requests share one read. See
/// docs/adr/0015-tokens.md.
/// </summary>
public sealed partial class IssuerMetadata(
    IHttpClientFactory clients,
    IOptions<OidcOptions> options,
    TimeProvider time,
    ILogger<IssuerMetadata> logger
)
{
    /// <summary>How long a request waits for an answer of the issuer.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(1);

    /// <summary>How long the issuer is left alone after it gave no answer.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>From this age the keys are read again while requests still use the known ones.</summary>
    private static readonly TimeSpan RefreshAge = TimeSpan.FromMinutes(4);

    /// <summary>From this age the known keys are used only if the issuer does not answer.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    /// <summary>
    /// From this age the known keys are not used. It is Hydra's default lifetime of tokens: later, hardly a token that
    /// they signed is still valid.
    /// </summary>
    private static readonly TimeSpan MaxAgeInOutage = TimeSpan.FromHours(1);

    /// <summary>Minimum time between reads for unknown keys, which anybody can cause.</summary>
    private static readonly TimeSpan UnknownKeyInterval = TimeSpan.FromSeconds(10);

    /// <summary>Limit of requests that wait for such a read at the same time.</summary>
    private const int MaxWaiting = 100;

    private readonly Lock _gate = new();
    private Known? _known;
    private Task _reading = Task.CompletedTask;
    private Task _turn = Task.CompletedTask;
    private long _reads;
    private long _begunAt;
    private long? _failedAt;
    private int _waiting;

    /// <summary>The number of reads begun so far.</summary>
    public long Reads
    {
        get
        {
            lock (_gate)
                return _reads;
        }
    }

    /// <summary>The metadata, at most 5 minutes old while the issuer answers.</summary>
    /// <param name="left">How long the request may still wait.</param>
    /// <exception cref="IssuerUnavailableException">Nothing is known, and the issuer does not answer.</exception>
    public async Task<IssuerDocument> GetAsync(TimeSpan left, CancellationToken cancellationToken)
    {
        Known? known;
        Task reading;
        lock (_gate)
        {
            known = _known;
            if (known is null || AgeOf(known) >= RefreshAge)
                Begin_NeedsLock();
            reading = _reading;
            left = Min(left, OverdueIn_NeedsLock());
        }

        if (known is not null && AgeOf(known) < MaxAge)
            return known.Document;
        await WaitAsync(reading, left, time, cancellationToken);
        lock (_gate)
            known = _known;
        return known is not null && AgeOf(known) < MaxAgeInOutage
            ? known.Document
            : throw IssuerUnavailableException.NoAnswer(Pause);
    }

    /// <summary>
    /// The metadata with this key; without it only if that was read after the request came. A token with a key that is
    /// not known may be signed by a new one, so the request waits for the next read, up to 10 s.
    /// </summary>
    /// <param name="kid">The id of the key.</param>
    /// <param name="readsBefore"><see cref="Reads"/> when the request came.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="IssuerUnavailableException">The issuer does not answer, or too many requests wait.</exception>
    public async Task<IssuerDocument> GetWithKeyAsync(string kid, long readsBefore, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            TimeSpan limit;
            lock (_gate)
            {
                if (_known is { } known && (known.Read > readsBefore || known.Document.HasKey(kid)))
                    return known.Document;
                if (IsPaused_NeedsLock())
                    throw IssuerUnavailableException.NoAnswer(Pause);
                if (_waiting >= MaxWaiting)
                    throw IssuerUnavailableException.TooMany(UnknownKeyInterval);
                (next, limit) = _reading.IsCompleted
                    ? (Turn_NeedsLock(), Timeout.InfiniteTimeSpan)
                    : (_reading, OverdueIn_NeedsLock());
                _waiting++;
            }

            try
            {
                if (!await WaitAsync(next, limit, time, cancellationToken))
                    throw IssuerUnavailableException.NoAnswer(Pause);
            }
            finally
            {
                lock (_gate)
                    _waiting--;
            }
        }
    }

    /// <returns>False when <paramref name="limit"/> was over before the work was done.</returns>
    internal static async Task<bool> WaitAsync(
        Task work,
        TimeSpan limit,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await work.WaitAsync(limit, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private TimeSpan AgeOf(Known known) => time.GetElapsedTime(known.BegunAt);

    private bool IsPaused_NeedsLock() => _failedAt is { } failedAt && time.GetElapsedTime(failedAt) < Pause;

    /// <summary>Nobody waits longer than this for the read under way.</summary>
    private TimeSpan OverdueIn_NeedsLock() => Max(MaxWait - time.GetElapsedTime(_begunAt), TimeSpan.Zero);

    private void Begin_NeedsLock()
    {
        if (!_reading.IsCompleted || IsPaused_NeedsLock())
            return;
        var (read, begunAt) = (++_reads, _begunAt = time.GetTimestamp());
        _reading = Task.Run(() => ReadAsync(read, begunAt));
    }

    /// <summary>Completes when the next read for an unknown key has begun; one for all who wait.</summary>
    private Task Turn_NeedsLock()
    {
        if (_turn.IsCompleted)
            _turn = TakeTurnAsync(Max(UnknownKeyInterval - time.GetElapsedTime(_begunAt), TimeSpan.Zero));
        return _turn;
    }

    private async Task TakeTurnAsync(TimeSpan delay)
    {
        await Task.Delay(delay, time, CancellationToken.None);
        lock (_gate)
            Begin_NeedsLock();
    }

    private async Task ReadAsync(long read, long begunAt)
    {
        try
        {
            var document = await IssuerDocument.ReadAsync(clients.CreateClient(SecurityModule.Issuer), options.Value);
            lock (_gate)
                (_known, _failedAt) = (new Known(document, read, begunAt), null);
        }
        catch (Exception exception)
        {
            // Whatever happened, there is no valid answer: requests must get 503, and not one read each.
            lock (_gate)
                _failedAt = time.GetTimestamp();
            Log.NotRead(logger, exception.Message);
        }
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private sealed record Known(IssuerDocument Document, long Read, long BegunAt);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The OIDC issuer's metadata could not be read: {Reason}")]
        public static partial void NotRead(ILogger logger, string reason);
    }
}
