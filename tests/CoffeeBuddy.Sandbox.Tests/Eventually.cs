namespace CoffeeBuddy.Sandbox.Tests;

/// <summary>Waits for what happens in another process, bounded.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    public static async Task TrueAsync(Func<bool> condition, string what, TimeSpan? within = null)
    {
        using var timer = new PeriodicTimer(Interval);
        for (var start = TimeProvider.System.GetTimestamp(); !condition(); )
        {
            if (TimeProvider.System.GetElapsedTime(start) > (within ?? Within))
                throw new TimeoutException($"Not within {(within ?? Within).TotalSeconds} s: {what}.");
            await timer.WaitForNextTickAsync(Xunit.TestContext.Current.CancellationToken);
        }
    }
}
