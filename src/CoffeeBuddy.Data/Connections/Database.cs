using System.Data;
using CoffeeBuddy.Core.Security;
using Dapper;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Polly;
using Polly.CircuitBreaker;
using Polly.RateLimiting;
using Polly.Registry;
using Polly.Timeout;

namespace CoffeeBuddy.Data.Connections;

/// <summary>
/// The way to PostgreSQL: a pool of connections behind the pipeline of <see cref="DatabaseResilience"/>. A statement
/// that the server refused fails with Npgsql's <see cref="PostgresException"/>.
/// </summary>
/// <remarks>
/// The work may run twice: when its connection breaks, leads to a standby or has an outdated plan, it is repeated once
/// over a new one, unless a commit was under way. So the work keeps no state between runs, and a statement outside a
/// transaction must be one that may be repeated. Cancelling <c>ct</c> ends a call wherever it is, also between two statements of a transaction, which is
/// then rolled back. For a change that is to be carried through although its caller may leave, pass a token that does
/// not end with the caller: <see cref="DataOptions.TotalTimeout"/> bounds the call in any case.
/// </remarks>
public sealed partial class Database : IAsyncDisposable
{
    private readonly ConnectionPool _pool;
    private readonly string _limits;
    private readonly ResiliencePipeline _pipeline;
    private readonly BreakerStateProvider _breaker;
    private readonly ILogger<Database> _logger;
    private volatile string? _refusal;

    public Database(
        IOptionsMonitor<DataOptions> options,
        IOptions<TlsOptions> tls,
        ResiliencePipelineProvider<string> pipelines,
        BreakerStateProvider breaker,
        ILogger<Database> logger
    )
    {
        DapperTypes.Register();
        _pool = new(options, tls.Value.ProtocolsOf(TlsHops.Database));
        _limits = ServerLimits.SetLocal(options.CurrentValue);
        _pipeline = pipelines.GetPipeline(DatabaseResilience.PipelineName);
        _breaker = breaker;
        _logger = logger;
    }

    public BreakerState State => _breaker.State;

    /// <summary>
    /// Why the server refuses every session of this process, such as a wrong password; null: it does not, or cannot be
    /// reached. It is the result of the last attempt to connect.
    /// </summary>
    public string? Refusal => _refusal;

    /// <summary>One connection, no explicit transaction: the statements of one command are one transaction.</summary>
    /// <exception cref="DatabaseUnavailableException">The database is down.</exception>
    /// <exception cref="DatabaseBusyException">The database is up, but the work did not get its turn.</exception>
    public Task<T> RunAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken ct) =>
        ExecuteAsync(new Call<T>(work, isRepeatable: () => true, runId: null), ct);

    /// <summary>As without a run, after waiting in the run's queue: for work that takes the lock of this run.</summary>
    /// <inheritdoc cref="RunAsync{T}(Func{NpgsqlConnection, CancellationToken, Task{T}}, CancellationToken)"/>
    public Task<T> RunAsync<T>(
        Guid runId,
        Func<NpgsqlConnection, CancellationToken, Task<T>> work,
        CancellationToken ct
    ) => ExecuteAsync(new Call<T>(work, isRepeatable: () => true, runId), ct);

    /// <summary>One transaction, read committed; an exception from the work rolls it back.</summary>
    /// <exception cref="DatabaseUnavailableException">The database is down; whether the work was committed may be
    /// unknown.</exception>
    /// <exception cref="DatabaseBusyException">The database is up, but the work did not get its turn.</exception>
    public Task<T> TransactAsync<T>(
        Func<NpgsqlConnection, NpgsqlTransaction, CancellationToken, Task<T>> work,
        CancellationToken ct
    ) => ExecuteAsync(InTransaction(work, runId: null), ct);

    /// <summary>As without a run, after waiting in the run's queue: for work that takes the lock of this run.</summary>
    /// <inheritdoc cref="TransactAsync{T}(Func{NpgsqlConnection, NpgsqlTransaction, CancellationToken, Task{T}}, CancellationToken)"/>
    public Task<T> TransactAsync<T>(
        Guid runId,
        Func<NpgsqlConnection, NpgsqlTransaction, CancellationToken, Task<T>> work,
        CancellationToken ct
    ) => ExecuteAsync(InTransaction(work, runId), ct);

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    private Call<T> InTransaction<T>(
        Func<NpgsqlConnection, NpgsqlTransaction, CancellationToken, Task<T>> work,
        Guid? runId
    )
    {
        var committing = false;
        return new(
            async (connection, token) =>
            {
                await using var transaction = await connection.BeginTransactionAsync(token);
                if (_pool.IsBehindPooler)
                    await connection.ExecuteAsync(
                        new CommandDefinition(_limits, transaction: transaction, cancellationToken: token)
                    );
                var result = await work(connection, transaction, token);
                committing = true;
                await transaction.CommitAsync(token);
                return result;
            },
            isRepeatable: () => !committing,
            runId
        );
    }

    private async Task<T> ExecuteAsync<T>(Call<T> call, CancellationToken ct)
    {
        await ExecuteAsync((Call)call, ct);
        return call.Result;
    }

    private async Task ExecuteAsync(Call call, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var context = ResilienceContextPool.Shared.Get(ct);
        if (call.RunId is { } runId)
            context.Properties.Set(DatabaseResilience.Run, runId);
        try
        {
            await _pipeline.ExecuteAsync(
                static async (context, attempt) =>
                    await attempt.Database.AttemptAsync(attempt.Call, context.CancellationToken),
                context,
                (Database: this, Call: call)
            );
        }
        catch (OutageException outage)
        {
            var cause = outage.InnerException!;
            Log.Unavailable(_logger, cause.GetType().Name, (cause as PostgresException)?.SqlState, cause.Message);
            throw new DatabaseUnavailableException(_breaker.RetryAfter, cause);
        }
        catch (BrokenCircuitException refused)
        {
            throw new DatabaseUnavailableException(refused.RetryAfter ?? _breaker.RetryAfter, inner: null);
        }
        catch (Exception exception)
            when (exception is RateLimiterRejectedException or TimeoutRejectedException
                || (exception is PostgresException refused && DatabaseErrors.IsBusy(refused))
            )
        {
            throw new DatabaseBusyException(DatabaseResilience.BusyRetryAfter, exception);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async Task AttemptAsync(Call call, CancellationToken ct)
    {
        await using var connection = await ConnectAsync(ct);
        try
        {
            await call.RunAsync(connection, ct);
        }
        catch (PostgresException refused) when (DatabaseErrors.IsOutage(refused))
        {
            throw Outage(refused, DatabaseErrors.IsStaleSession(refused), call);
        }
        // A timeout says only that the server was slow. Npgsql breaks the connection when the server does not confirm
        // the cancellation within 2 s; a server that is down is noticed by the attempt to replace that connection.
        catch (Exception exception)
            when (exception is not (PostgresException or OperationCanceledException)
                && connection.State != ConnectionState.Open
            )
        {
            throw Outage(exception, isStale: true, call);
        }
    }

    private async Task<NpgsqlConnection> ConnectAsync(CancellationToken ct)
    {
        try
        {
            var connection = await _pool.OpenAsync(ct);
            _refusal = null;
            return connection;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            _refusal = DatabaseErrors.IsRefusal(exception) ? DatabaseErrors.ReasonOf(exception) : null;
            throw new OutageException(exception, repeatable: false);
        }
    }

    private OutageException Outage(Exception cause, bool isStale, Call call)
    {
        if (isStale)
            _pool.Clear(); // The idle connections are as old as this one.
        return new(cause, repeatable: isStale && call.IsRepeatable);
    }

    /// <summary>
    /// What the pipeline runs. It does not know the type of the result, because Polly's generic code would be compiled
    /// again for each type, most of it while the worker starts.
    /// </summary>
    /// <param name="isRepeatable">Whether the work may be done again, asked after it failed.</param>
    /// <param name="runId">The run in whose queue it waits.</param>
    private abstract class Call(Func<bool> isRepeatable, Guid? runId)
    {
        public bool IsRepeatable => isRepeatable();

        public Guid? RunId => runId;

        public abstract Task RunAsync(NpgsqlConnection connection, CancellationToken ct);
    }

    private sealed class Call<T>(
        Func<NpgsqlConnection, CancellationToken, Task<T>> work,
        Func<bool> isRepeatable,
        Guid? runId
    ) : Call(isRepeatable, runId)
    {
        /// <summary>Of the last attempt.</summary>
        public T Result { get; private set; } = default!;

        public override async Task RunAsync(NpgsqlConnection connection, CancellationToken ct) =>
            Result = await work(connection, ct);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The database is unavailable: {Error} {SqlState} {Text}")]
        public static partial void Unavailable(ILogger logger, string error, string? sqlState, string text);
    }
}
