using CoffeeBuddy.Data.Connections;

namespace Polly;

/// <summary>Adds the breaker that counts failures in a row.</summary>
public static class ConsecutiveFailuresBreakerExtensions
{
    /// <summary>
    /// Adds a breaker that opens after a number of failures in a row. An open breaker refuses a call with
    /// <see cref="CircuitBreaker.BrokenCircuitException"/>.
    /// </summary>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">The options are invalid.</exception>
    public static TBuilder AddConsecutiveFailuresBreaker<TBuilder>(
        this TBuilder builder,
        ConsecutiveFailuresBreakerOptions options
    )
        where TBuilder : ResiliencePipelineBuilderBase =>
        builder.AddStrategy(
            context =>
            {
                var controller = new ConsecutiveFailuresController(
                    options.FailuresToOpen,
                    options.BreakDuration,
                    context.TimeProvider
                );
                options.StateProvider?.Initialize(controller);
                return new ConsecutiveFailuresBreakerStrategy(controller, options, context.Telemetry);
            },
            options
        );
}
