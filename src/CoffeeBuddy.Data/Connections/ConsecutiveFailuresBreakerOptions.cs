using System.ComponentModel.DataAnnotations;
using Polly;

namespace CoffeeBuddy.Data.Connections;

/// <summary>
/// Options of a breaker that counts failures in a row. An outcome is a failure, or is ignored, or is a success.
/// </summary>
public sealed class ConsecutiveFailuresBreakerOptions : ResilienceStrategyOptions
{
    public ConsecutiveFailuresBreakerOptions() => Name = "breaker";

    /// <summary>Failures in a row that open the breaker.</summary>
    [Range(1, 100)]
    public int FailuresToOpen { get; set; } = 5;

    /// <summary>How long the breaker stays open before one call may try.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether an exception is a failure.</summary>
    [Required]
    public Func<Exception, bool> ShouldHandle { get; set; } = exception => exception is not OperationCanceledException;

    /// <summary>
    /// Whether an exception says nothing about the called system: it neither counts, nor ends a row of failures, nor
    /// decides a trial. The cancellation of a call by its caller is always ignored.
    /// </summary>
    [Required]
    public Func<Exception, bool> ShouldIgnore { get; set; } = exception => exception is OperationCanceledException;

    /// <summary>Shows the breaker's state; one instance for each breaker.</summary>
    public BreakerStateProvider? StateProvider { get; set; }
}
