namespace CoffeeBuddy.Chaos;

internal static class Pauses
{
    /// <summary>Waits for this time, or until cancelled. Does not throw.</summary>
    public static async Task AtMostAsync(TimeSpan time, CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(time, cancellation);
        }
        catch (OperationCanceledException)
        {
            // The caller checks the token.
        }
    }
}
