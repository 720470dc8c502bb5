namespace Microsoft.Azure.Functions.Worker;

/// <summary>How often, and after which wait, a function that threw is called again.</summary>
[AttributeUsage(AttributeTargets.Method)]
public abstract class RetryAttribute(int maxRetryCount) : Attribute
{
    /// <summary>Calls after the first; -1 is for ever.</summary>
    public int MaxRetryCount { get; } = maxRetryCount;
}

/// <summary>Waits double from the minimum to the maximum, give or take a fifth. Intervals are <c>hh:mm:ss</c>.</summary>
public sealed class ExponentialBackoffRetryAttribute(int maxRetryCount, string minimumInterval, string maximumInterval)
    : RetryAttribute(maxRetryCount)
{
    public string MinimumInterval { get; } = minimumInterval;

    public string MaximumInterval { get; } = maximumInterval;
}

/// <summary>Every wait is the same. The interval is <c>hh:mm:ss</c>.</summary>
public sealed class FixedDelayRetryAttribute(int maxRetryCount, string delayInterval) : RetryAttribute(maxRetryCount)
{
    public string DelayInterval { get; } = delayInterval;
}
