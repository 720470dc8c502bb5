namespace CoffeeBuddy.Data.Connections;

/// <summary>The state of a circuit breaker.</summary>
public enum BreakerState
{
    /// <summary>Calls are made.</summary>
    Closed,

    /// <summary>Calls are refused.</summary>
    Open,

    /// <summary>One call may try; the others are refused until it has ended.</summary>
    HalfOpen,
}
