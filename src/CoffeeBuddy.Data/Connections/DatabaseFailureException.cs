namespace CoffeeBuddy.Data.Connections;

/// <summary>
/// PostgreSQL did not do the work, and nothing is wrong with the request: it may be repeated after
/// <see cref="RetryAfter"/>.
/// </summary>
/// <param name="retryAfter">When a new attempt makes sense.</param>
public abstract class DatabaseFailureException(string message, TimeSpan retryAfter, Exception? inner)
    : Exception(message, inner)
{
    public TimeSpan RetryAfter { get; } = retryAfter;
}

/// <summary>
/// PostgreSQL is down: it cannot be reached, the connection broke, it is starting or shutting down, it has no
/// connection left, or it is read-only. The circuit breaker counts this; while it is open, every call fails with this
/// exception. Whether a transaction was committed is unknown when its connection broke during the commit.
/// </summary>
public sealed class DatabaseUnavailableException(TimeSpan retryAfter, Exception? inner)
    : DatabaseFailureException("The database is unavailable.", retryAfter, inner);

/// <summary>
/// PostgreSQL is up, but this work did not get its turn: it waited too long for a lock, for a connection of the pool or
/// for a slow statement, or too many others were waiting already. Nothing was changed. The circuit breaker does not
/// count this, so other work goes on.
/// </summary>
public sealed class DatabaseBusyException(TimeSpan retryAfter, Exception? inner)
    : DatabaseFailureException("The database is busy.", retryAfter, inner);
