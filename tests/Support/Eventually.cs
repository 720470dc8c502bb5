using Xunit;

namespace Support;

/// <summary>Waits for a condition that another thread or process fulfils.</summary>
public static class Eventually
{
    /// <summary>The longest wait. It only bounds a test that fails, so it is long enough for a busy machine.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    /// <exception cref="TimeoutException">The condition is still false after <see cref="Timeout"/>.</exception>
    public static Task TrueAsync(Func<bool> condition, string expectation) =>
        TrueAsync(() => Task.FromResult(condition()), expectation);

    /// <exception cref="TimeoutException">The condition is still false after <see cref="Timeout"/>.</exception>
    public static async Task TrueAsync(Func<Task<bool>> condition, string expectation)
    {
        using var timer = new PeriodicTimer(Interval);
        for (var start = TimeProvider.System.GetTimestamp(); !await condition(); )
        {
            if (TimeProvider.System.GetElapsedTime(start) > Timeout)
                throw new TimeoutException($"Not within {Timeout.TotalSeconds} s: {expectation}.");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
