namespace CoffeeBuddy.Data.Connections;

/// <summary>
/// PostgreSQL cannot be used right now: it cannot be reached, does not answer in time, is shutting down, has no connection
/// left, or the circuit breaker is open. Nothing is wrong with the request; it may be repeated.
/// </summary>
/// <param name="retryAfter">When a new attempt makes sense.</param>
public sealed class DatabaseUnavailableException(TimeSpan retryAfter, Exception? inner)
    : Exception("The database is unavailable.", inner)
{
    public TimeSpan RetryAfter { get; } = retryAfter;
}
