using Polly;
using Polly.CircuitBreaker;
using Polly.Telemetry;

namespace CoffeeBuddy.Data.Connections;

/// <summary>
/// A Polly strategy that opens after a number of failures in a row. Polly's own breaker decides by the ratio of
/// failures in a time window: there an outage after many successes opens it late, and single failures among successes
/// can open it. Reports the events of Polly's breaker, and OnFailureCounted for each failure.
/// </summary>
internal sealed class ConsecutiveFailuresBreakerStrategy(
    ConsecutiveFailuresController controller,
    ConsecutiveFailuresBreakerOptions options,
    ResilienceStrategyTelemetry telemetry
) : ResilienceStrategy
{
    private static readonly ResilienceEvent FailureCounted = new(ResilienceEventSeverity.Warning, "OnFailureCounted");
    private static readonly ResilienceEvent Opened = new(ResilienceEventSeverity.Error, "OnCircuitOpened");
    private static readonly ResilienceEvent HalfOpened = new(ResilienceEventSeverity.Warning, "OnCircuitHalfOpened");
    private static readonly ResilienceEvent Closed = new(ResilienceEventSeverity.Information, "OnCircuitClosed");

    /// <summary>What an event of the breaker tells listeners.</summary>
    internal readonly record struct BreakerArguments(BreakerState State);

    protected override async ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback,
        ResilienceContext context,
        TState state
    )
    {
        if (!controller.TryEnter(out var permit))
        {
            var refusal = new BrokenCircuitException("The circuit breaker is open.", controller.RetryAfter);
            telemetry.SetTelemetrySource(refusal);
            return Outcome.FromException<TResult>(refusal);
        }

        if (permit.Trial)
            telemetry.Report(HalfOpened, context, new BreakerArguments(BreakerState.HalfOpen));

        Outcome<TResult> outcome;
        try
        {
            outcome = await callback(context, state).ConfigureAwait(context.ContinueOnCapturedContext);
        }
        catch (Exception exception)
        {
            outcome = Outcome.FromException<TResult>(exception);
        }

        Count(permit, outcome, context);
        return outcome;
    }

    private void Count<TResult>(
        ConsecutiveFailuresController.Permit permit,
        Outcome<TResult> outcome,
        ResilienceContext context
    )
    {
        if (outcome.Exception is { } exception)
        {
            if (IsCancelledByCaller(exception, context) || options.ShouldIgnore(exception))
            {
                controller.Abandoned(permit);
                return;
            }

            if (options.ShouldHandle(exception))
            {
                telemetry.Report(FailureCounted, context, outcome, new BreakerArguments(controller.State));
                if (controller.Failed(permit))
                    telemetry.Report(Opened, context, outcome, new BreakerArguments(BreakerState.Open));
                return;
            }
        }

        if (controller.Succeeded(permit))
            telemetry.Report(Closed, context, outcome, new BreakerArguments(BreakerState.Closed));
    }

    private static bool IsCancelledByCaller(Exception exception, ResilienceContext context) =>
        exception is OperationCanceledException && context.CancellationToken.IsCancellationRequested;
}
