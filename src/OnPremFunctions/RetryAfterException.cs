namespace OnPremFunctions;

/// <summary>
/// Thrown by a Kafka or timer function to be called again no earlier than <see cref="Delay"/> from now, for example
/// when a service answered with a time to wait.
/// </summary>
/// <remarks>
/// The delay is the longer of <see cref="Delay"/> and the retry policy's, at most <see cref="LongestDelay"/>. For a
/// Kafka record the first <see cref="FreeWaits"/> do not count as retries, so a rate limit alone dead-letters nothing;
/// further ones count unless <see cref="Counts"/> is false. For a timer they always count. On the Azure Functions host
/// it is an ordinary failure.
/// </remarks>
public class RetryAfterException : Exception
{
    /// <summary>How many waits of one record do not count as retries.</summary>
    public const int FreeWaits = 20;

    /// <summary>With the delay of the retry policy.</summary>
    public RetryAfterException()
        : this(TimeSpan.Zero) { }

    /// <summary>With the delay of the retry policy and a message.</summary>
    public RetryAfterException(string message)
        : base(message) { }

    /// <summary>With the delay of the retry policy, a message and the cause.</summary>
    public RetryAfterException(string message, Exception innerException)
        : base(message, innerException) { }

    /// <summary>With a delay, and optionally a message and the cause.</summary>
    public RetryAfterException(TimeSpan delay, string? message = null, Exception? innerException = null)
        : base(message ?? $"Asked to be called again in {delay.TotalSeconds:0.###} s.", innerException) =>
        Delay = delay;

    /// <summary>15 minutes.</summary>
    public static TimeSpan LongestDelay { get; } = TimeSpan.FromMinutes(15);

    /// <summary>The least time until the next call.</summary>
    public TimeSpan Delay { get; }

    /// <summary>
    /// False: this wait never counts as a retry, so the record waits without a limit and is not dead-lettered because
    /// of it. For failures that the record cannot have caused and that end by themselves, such as an unreachable
    /// database.
    /// </summary>
    public bool Counts { get; init; } = true;
}
