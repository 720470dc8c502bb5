using System.Security.Authentication;
using Dapper;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CoffeeBuddy.Data.Connections;

/// <summary>
/// The pool of connections. Its settings depend on whether PostgreSQL is reached directly or through a connection pooler
/// such as PgBouncer. The first connection tells, so the pool is created with it. A changed password is used by new
/// sessions; any other change, such as another user, begins a new pool.
/// </summary>
/// <param name="protocols">The versions of TLS.</param>
internal sealed class ConnectionPool(IOptionsMonitor<DataOptions> settings, SslProtocols protocols) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private DataOptions _options = settings.CurrentValue;
    private TargetSessionAttributes _target = ConnectionSettings.TargetOf(settings.CurrentValue);
    private Task<NpgsqlDataSource>? _source;

    /// <summary>
    /// Whether a session of PostgreSQL may be another one in the next transaction. Known after the first connection.
    /// </summary>
    public bool IsBehindPooler { get; private set; }

    public async Task<NpgsqlConnection> OpenAsync(CancellationToken ct)
    {
        try
        {
            return await OpenAsync(await SourceAsync().WaitAsync(ct), ct);
        }
        catch (ObjectDisposedException)
        {
            // Another request has seen changed settings in between, and has begun a new pool.
            return await OpenAsync(await SourceAsync().WaitAsync(ct), ct);
        }
    }

    /// <summary>Closes the idle connections now and the others when they are returned.</summary>
    public void Clear()
    {
        if (_source is not { IsCompletedSuccessfully: true, Result: var source })
            return;
        // Which host takes changes may be another one now.
        (source as NpgsqlMultiHostDataSource)?.ClearDatabaseStates();
        source.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        if (_source is { } source)
            await RetireAsync(source);
    }

    /// <summary>One attempt for all callers that wait for it; after it failed, the next call begins another.</summary>
    private Task<NpgsqlDataSource> SourceAsync()
    {
        lock (_lock)
        {
            // Read inside the lock: a caller that has waited for it would otherwise return to older settings.
            var options = settings.CurrentValue;
            if (!ReferenceEquals(options, _options))
                Follow(options);
            if (_source is null or { IsFaulted: true } or { IsCanceled: true })
                _source = CreateAsync(options);
            return _source;
        }
    }

    private void Follow(DataOptions options)
    {
        var isSame = ConnectionSettings.IsSamePool(_options, options);
        _options = options;
        _target = ConnectionSettings.TargetOf(options);
        if (isSame || _source is not { } old)
            return;
        _source = null;
        _ = RetireAsync(old);
    }

    /// <summary>Closes the idle connections now and the others when they are returned.</summary>
    private static async Task RetireAsync(Task<NpgsqlDataSource> source)
    {
        await ((Task)source).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (source.IsCompletedSuccessfully)
            await source.Result.DisposeAsync();
    }

    private async Task<NpgsqlDataSource> CreateAsync(DataOptions options)
    {
        var source = Create(options, behindPooler: true);
        try
        {
            IsBehindPooler = await HasPoolerAsync(source, options);
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }

        if (IsBehindPooler)
            return source;
        await source.DisposeAsync();
        return Create(options, behindPooler: false);
    }

    private NpgsqlDataSource Create(DataOptions options, bool behindPooler) =>
        ConnectionSettings.CreateDataSource(options, behindPooler, protocols, () => PasswordOf(options));

    /// <summary>The newest password of the pool's user; for a pool that is being replaced, its own.</summary>
    private string? PasswordOf(DataOptions options)
    {
        var newest = settings.CurrentValue;
        return ConnectionSettings.PasswordOf(ConnectionSettings.IsSamePool(options, newest) ? newest : options);
    }

    private async Task<bool> HasPoolerAsync(NpgsqlDataSource source, DataOptions options)
    {
        await using var connection = await OpenAsync(source, CancellationToken.None);
        // In a transaction, so that a pooler that allows none (pool_mode = statement) refuses it here.
        await using var transaction = await connection.BeginTransactionAsync();
        var process = await connection.ExecuteScalarAsync<int>(
            "SELECT pg_backend_pid()",
            transaction: transaction,
            commandTimeout: (int)Math.Ceiling(options.ConnectTimeout.TotalSeconds)
        );
        // A pooler gives its clients numbers of its own, to know whom a cancellation is for.
        return process != connection.ProcessID;
    }

    private ValueTask<NpgsqlConnection> OpenAsync(NpgsqlDataSource source, CancellationToken ct) =>
        source is NpgsqlMultiHostDataSource hosts
            ? hosts.OpenConnectionAsync(_target, ct)
            : source.OpenConnectionAsync(ct);
}
