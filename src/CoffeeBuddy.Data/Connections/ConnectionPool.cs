using Dapper;
using Npgsql;

namespace CoffeeBuddy.Data.Connections;

/// <summary>
/// The pool of connections. Its settings depend on whether PostgreSQL is reached directly or through a connection pooler
/// such as PgBouncer. The first connection tells, so the pool is created with it.
/// </summary>
internal sealed class ConnectionPool(DataOptions options) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly TargetSessionAttributes _target = ConnectionSettings.TargetOf(options);
    private Task<NpgsqlDataSource>? _source;

    /// <summary>
    /// Whether a session of PostgreSQL may be another one in the next transaction. Known after the first connection.
    /// </summary>
    public bool IsBehindPooler { get; private set; }

    public async Task<NpgsqlConnection> OpenAsync(CancellationToken ct) =>
        await OpenAsync(await SourceAsync().WaitAsync(ct), ct);

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
        if (_source is not { } source)
            return;
        await ((Task)source).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (source.IsCompletedSuccessfully)
            await source.Result.DisposeAsync();
    }

    /// <summary>One attempt for all callers that wait for it; after it failed, the next call begins another.</summary>
    private Task<NpgsqlDataSource> SourceAsync()
    {
        lock (_lock)
        {
            if (_source is null or { IsFaulted: true } or { IsCanceled: true })
                _source = CreateAsync();
            return _source;
        }
    }

    private async Task<NpgsqlDataSource> CreateAsync()
    {
        var source = ConnectionSettings.CreateDataSource(options, behindPooler: true);
        try
        {
            IsBehindPooler = await HasPoolerAsync(source);
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }

        if (IsBehindPooler)
            return source;
        await source.DisposeAsync();
        return ConnectionSettings.CreateDataSource(options, behindPooler: false);
    }

    private async Task<bool> HasPoolerAsync(NpgsqlDataSource source)
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
