namespace CoffeeBuddy.Data.Connections;

/// <summary>
/// Shows the state of the breaker that was built with it (see
/// <see cref="ConsecutiveFailuresBreakerOptions.StateProvider"/>).
/// </summary>
public sealed class BreakerStateProvider
{
    private ConsecutiveFailuresController? _controller;

    /// <summary>Closed until the breaker is built.</summary>
    public BreakerState State => _controller?.State ?? BreakerState.Closed;

    /// <summary>When the breaker next lets a call through; 1 s where it does already.</summary>
    public TimeSpan RetryAfter => _controller?.RetryAfter ?? ConsecutiveFailuresController.MinimumRetryAfter;

    /// <exception cref="InvalidOperationException">It shows another breaker already.</exception>
    internal void Initialize(ConsecutiveFailuresController controller)
    {
        if (Interlocked.CompareExchange(ref _controller, controller, comparand: null) is not null)
            throw new InvalidOperationException("A state provider belongs to one breaker.");
    }
}
