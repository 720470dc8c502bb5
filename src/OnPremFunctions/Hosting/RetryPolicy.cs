using Microsoft.Azure.Functions.Worker;

namespace OnPremFunctions.Hosting;

/// <summary>
/// The number of retries after the first call (-1 means no limit) and the bounds of the delays between calls.
/// </summary>
internal sealed record RetryPolicy(int MaxRetryCount, TimeSpan Minimum, TimeSpan Maximum)
{
    /// <summary>For a Kafka function without a retry attribute.</summary>
    public static RetryPolicy KafkaDefault { get; } = new(5, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));

    /// <summary>For the dead-letter handler, which is called until it succeeds.</summary>
    public static RetryPolicy Forever { get; } = KafkaDefault with { MaxRetryCount = -1 };

    public bool Allows(int retry) => MaxRetryCount < 0 || retry < MaxRetryCount;

    /// <summary>
    /// The delay before retry <paramref name="retry"/> (from 0): doubles each time, with 20 % jitter so that retries do
    /// not coincide.
    /// </summary>
    public TimeSpan DelayBefore(int retry)
    {
        if (Minimum == Maximum)
            return Minimum;

        var doubled = Math.Min(Minimum.TotalMilliseconds * Math.Pow(2, Math.Min(retry, 60)), Maximum.TotalMilliseconds);
        var spread = doubled * (0.8 + (0.4 * Random.Shared.NextDouble()));
        return TimeSpan.FromMilliseconds(Math.Clamp(spread, Minimum.TotalMilliseconds, Maximum.TotalMilliseconds));
    }

    public static RetryPolicy? From(RetryAttribute? attribute, Action<string> fault)
    {
        if (attribute is { MaxRetryCount: < -1 })
            fault($"its retry count is {attribute.MaxRetryCount}, but must be -1 (no limit), 0 or more");

        return attribute switch
        {
            null => null,
            FixedDelayRetryAttribute @fixed when Interval(@fixed.DelayInterval, fault) is var interval => new(
                @fixed.MaxRetryCount,
                interval,
                interval
            ),
            ExponentialBackoffRetryAttribute growing => Between(
                growing.MaxRetryCount,
                growing.MinimumInterval,
                growing.MaximumInterval,
                fault
            ),
            _ => Unknown(attribute, fault),
        };
    }

    private static RetryPolicy Between(int retries, string minimum, string maximum, Action<string> fault)
    {
        var least = Interval(minimum, fault);
        var most = Interval(maximum, fault);
        if (least > most)
            fault($"its shortest retry interval \"{minimum}\" is longer than its longest \"{maximum}\"");
        return new RetryPolicy(retries, least, most);
    }

    private static TimeSpan Interval(string text, Action<string> fault)
    {
        if (Durations.TryParse(text, out var interval) && interval > TimeSpan.Zero && interval <= TimeSpan.FromDays(1))
            return interval;

        fault($"its retry interval \"{text}\" is not hh:mm:ss, above 00:00:00 and at most a day");
        return TimeSpan.FromSeconds(1);
    }

    private static RetryPolicy? Unknown(RetryAttribute attribute, Action<string> fault)
    {
        fault($"{attribute.GetType().Name} is not a retry attribute that this host knows");
        return null;
    }
}
