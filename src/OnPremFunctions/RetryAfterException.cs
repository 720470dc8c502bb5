namespace OnPremFunctions;

/// <summary>
/// A Kafka or timer function asks to be called again no earlier than <see cref="Delay"/> from now, as when a service said how long to wait.
/// </summary>
/// <remarks>
/// The wait is the longer of <see cref="Delay"/> and the policy's, at most <see cref="LongestDelay"/>. The first <see cref="FreeWaits"/>
/// of a record's do not count as retries, so that a rate limit alone dead-letters nothing; those after do, so that none waits for ever.
/// </remarks>
public class RetryAfterException : Exception
{
    public const int FreeWaits = 20;

    public RetryAfterException()
        : this(TimeSpan.Zero)
    {
    }

    public RetryAfterException(string message)
        : base(message)
    {
    }

    public RetryAfterException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public RetryAfterException(TimeSpan delay, string? message = null, Exception? innerException = null)
        : base(message ?? $"Asked to be called again in {delay.TotalSeconds:0.###} s.", innerException)
        => Delay = delay;

    public static TimeSpan LongestDelay { get; } = TimeSpan.FromMinutes(15);

    public TimeSpan Delay { get; }
}
