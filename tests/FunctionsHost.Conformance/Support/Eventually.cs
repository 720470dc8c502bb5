using CoffeeBuddy.Sandbox.Workers;

namespace FunctionsHost.Conformance.Support;

/// <summary>Waits for what happens in another process, bounded; generous, because build machines are slow.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        using var timer = new PeriodicTimer(Interval);
        for (var start = TimeProvider.System.GetTimestamp(); !await condition(); )
        {
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
                throw new TimeoutException($"Not within {Patience.TotalSeconds} s: {what}.");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
