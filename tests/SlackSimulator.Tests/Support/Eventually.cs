namespace SlackSimulator.Tests.Support;

/// <summary>Waits for a condition, at most ten seconds.</summary>
internal static class Eventually
{
    public static async Task TrueAsync(Func<bool> condition, string what)
    {
        var end = TimeProvider.System.GetTimestamp() + (10 * TimeProvider.System.TimestampFrequency);
        while (!condition())
        {
            if (TimeProvider.System.GetTimestamp() > end)
                Assert.Fail($"There were not {what} within ten seconds.");
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
