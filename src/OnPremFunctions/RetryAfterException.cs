namespace OnPremFunctions;

/// <summary>
/// A Kafka or timer function asks to be called again no earlier than <see cref="Delay"/> from now, as when a service said how long to wait.
/// </summary>
/// <remarks>
/// The wait is the longer of <see cref="Delay"/> and the policy's, at most <see cref="LongestDelay"/>. For a record, the first
/// <see cref="FreeWaits"/> do not count as retries, so that a rate limit alone dead-letters nothing; those after do, unless
/// <see cref="Counts"/> is false. A timer's always count: its next occurrence comes anyway.
/// </remarks>
public class RetryAfterException : Exception
{
    public const int FreeWaits = 20;

    public RetryAfterException()
        : this(TimeSpan.Zero) { }

    public RetryAfterException(string message)
        : base(message) { }

    public RetryAfterException(string message, Exception innerException)
        : base(message, innerException) { }

    public RetryAfterException(TimeSpan delay, string? message = null, Exception? innerException = null)
        : base(message ?? $"Asked to be called again in {delay.TotalSeconds:0.###} s.", innerException) =>
        Delay = delay;

    public static TimeSpan LongestDelay { get; } = TimeSpan.FromMinutes(15);

    public TimeSpan Delay { get; }

    /// <summary>
    /// False: this wait never counts as a retry, however many there were, so the record is not dead-lettered because of it and waits for as
    /// long as it takes. For what is nobody's fault and ends by itself, as a database that is away; not for what the record may have caused.
    /// </summary>
    public bool Counts { get; init; } = true;
}
