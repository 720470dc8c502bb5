namespace CoffeeBuddy.Data.Connections;

/// <summary>
/// Inside the pipeline: a failure that says that PostgreSQL is down. The breaker counts it.
/// </summary>
/// <param name="repeatable">Whether the work may be done again at once, over a new connection.</param>
internal sealed class OutageException(Exception cause, bool repeatable) : Exception(cause.Message, cause)
{
    public bool Repeatable { get; } = repeatable;
}
