namespace CoffeeBuddy.Sandbox.Parts;

/// <summary>One process at a time. The operating system releases it when its holder dies.</summary>
public static class FileLock
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <exception cref="TimeoutException">Another process held it all the time.</exception>
    public static async Task<IAsyncDisposable> TakeAsync(string path, TimeSpan within, CancellationToken cancellation)
    {
        var clock = TimeProvider.System;
        for (var start = clock.GetTimestamp(); ;)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (clock.GetElapsedTime(start) < within)
            {
                await Task.Delay(Pause, cancellation);
            }
            catch (IOException e)
            {
                throw new TimeoutException($"Another process held {path} for {within.TotalSeconds:0} s.", e);
            }
        }
    }
}
