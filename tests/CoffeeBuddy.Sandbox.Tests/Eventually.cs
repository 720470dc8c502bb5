namespace CoffeeBuddy.Sandbox.Tests;

/// <summary>Waits for what happens in another process, bounded.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    public static async Task TrueAsync(Func<bool> condition, string what)
    {
        using var timer = new PeriodicTimer(Interval);
        for (var start = TimeProvider.System.GetTimestamp(); !condition();)
        {
            if (TimeProvider.System.GetElapsedTime(start) > Within)
                throw new TimeoutException($"Not within {Within.TotalSeconds} s: {what}.");
            await timer.WaitForNextTickAsync(Xunit.TestContext.Current.CancellationToken);
        }
    }
}
