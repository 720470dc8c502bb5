namespace CoffeeBuddy.Chaos;

internal static class Pauses
{
    /// <summary>Waits so long, or until it is cancelled.</summary>
    public static async Task AtMostAsync(TimeSpan time, CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(time, cancellation);
        }
        catch (OperationCanceledException)
        {
            // Whoever waits asks the token next.
        }
    }
}
