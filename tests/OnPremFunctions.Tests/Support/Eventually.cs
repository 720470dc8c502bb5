using System.Diagnostics;

namespace OnPremFunctions.Tests.Support;

/// <summary>Waits for a condition, and fails with its description after 60 s.</summary>
internal static class Eventually
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    public static async Task TrueAsync(Func<bool> condition, string what) =>
        await TrueAsync(() => Task.FromResult(condition()), what);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        var started = Stopwatch.GetTimestamp();
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > _patience)
                Assert.Fail($"Never happened within {_patience.TotalSeconds} s: {what}");
            await ticks.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
