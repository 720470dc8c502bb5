using Dapper;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CoffeeBuddy.Data.Connections;

/// <summary>
/// The way to PostgreSQL: a pool of connections behind a circuit breaker. Whatever says that the database is not there
/// arrives as <see cref="DatabaseUnavailableException"/>; what the database refused arrives as it is.
/// </summary>
/// <remarks>
/// Work may run twice: a pooled connection that broke under it is replaced once, unless its commit was under way. So
/// work keeps nothing between runs, and a statement outside a transaction is one that may be repeated.
/// </remarks>
public sealed partial class Database : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly CircuitBreaker _breaker;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly ILogger<Database> _logger;

    public Database(IOptions<DataOptions> options, TimeProvider time, ILogger<Database> logger)
    {
        DapperTypes.Register();
        _source = options.Value.CreateDataSource();
        _breaker = new CircuitBreaker(options.Value.FailuresToOpen, options.Value.OpenFor, time);
        _timeout = options.Value.CommandTimeout;
        _time = time;
        _logger = logger;
    }

    public BreakerState State => _breaker.State;

    /// <summary>One connection, no explicit transaction: what one command sends is one transaction.</summary>
    /// <exception cref="DatabaseUnavailableException">The database cannot be used right now.</exception>
    public Task<T> RunAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken ct) =>
        GuardAsync(work, repeatable: () => true, ct);

    /// <summary>One transaction, read committed; an exception from the work rolls it back.</summary>
    /// <exception cref="DatabaseUnavailableException">The database cannot be used right now; whether the work was committed may be unknown.</exception>
    public Task<T> TransactAsync<T>(
        Func<NpgsqlConnection, NpgsqlTransaction, CancellationToken, Task<T>> work,
        CancellationToken ct
    )
    {
        var committing = false;
        return GuardAsync(
            async (connection, token) =>
            {
                await using var transaction = await connection.BeginTransactionAsync(token);
                var result = await work(connection, transaction, token);
                committing = true;
                await transaction.CommitAsync(token);
                return result;
            },
            repeatable: () => !committing,
            ct
        );
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private async Task<T> GuardAsync<T>(
        Func<NpgsqlConnection, CancellationToken, Task<T>> work,
        Func<bool> repeatable,
        CancellationToken ct
    )
    {
        ct.ThrowIfCancellationRequested();
        if (!_breaker.TryEnter(out var permit))
            throw new DatabaseUnavailableException(_breaker.RetryAfter, inner: null);

        using var timeout = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            var result = await AttemptAsync(work, repeatable, either.Token);
            _breaker.Succeeded(permit);
            return result;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            _breaker.Abandoned(permit);
            throw;
        }
        catch (Exception exception)
            when (DatabaseErrors.IsUnavailable(exception)
                || (exception is OperationCanceledException && timeout.IsCancellationRequested)
            )
        {
            Log.Unavailable(
                _logger,
                exception.GetType().Name,
                (exception as PostgresException)?.SqlState,
                exception.Message
            );
            if (_breaker.Failed(permit))
                Log.BreakerOpened(_logger, _breaker.RetryAfter.TotalSeconds);
            throw new DatabaseUnavailableException(_breaker.RetryAfter, exception);
        }
        catch (PostgresException)
        {
            _breaker.Succeeded(permit); // It answered, if only to refuse.
            throw;
        }
        catch
        {
            _breaker.Abandoned(permit);
            throw;
        }
    }

    private async Task<T> AttemptAsync<T>(
        Func<NpgsqlConnection, CancellationToken, Task<T>> work,
        Func<bool> repeatable,
        CancellationToken ct
    )
    {
        for (var first = true; ; first = false)
        {
            await using var connection = await _source.OpenConnectionAsync(ct);
            try
            {
                return await work(connection, ct);
            }
            catch (NpgsqlException exception)
                when (first && repeatable() && DatabaseErrors.IsBrokenConnection(exception))
            {
                _source.Clear(); // The other idle connections are as old as this one.
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The database is unavailable: {Error} {SqlState} {Text}")]
        public static partial void Unavailable(ILogger logger, string error, string? sqlState, string text);

        [LoggerMessage(2, LogLevel.Error, "The circuit breaker of the database is open for {Seconds} s")]
        public static partial void BreakerOpened(ILogger logger, double seconds);
    }
}
