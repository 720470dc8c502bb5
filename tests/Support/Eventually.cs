using Xunit;

namespace Support;

/// <summary>Waits for a condition that another thread or process fulfils.</summary>
public static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <exception cref="TimeoutException">The condition is still false after <see cref="Guard.Timeout"/>.</exception>
    public static Task TrueAsync(Func<bool> condition, string expectation) =>
        TrueAsync(() => Task.FromResult(condition()), expectation);

    /// <exception cref="TimeoutException">The condition is still false after <see cref="Guard.Timeout"/>.</exception>
    public static async Task TrueAsync(Func<Task<bool>> condition, string expectation)
    {
        using var timer = new PeriodicTimer(Interval);
        for (var start = TimeProvider.System.GetTimestamp(); !await condition(); )
        {
            if (TimeProvider.System.GetElapsedTime(start) > Guard.Timeout)
                throw new TimeoutException($"Not within {Guard.Timeout.TotalSeconds:0} s: {expectation}.");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
