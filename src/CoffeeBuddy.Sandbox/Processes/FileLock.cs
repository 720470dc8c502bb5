namespace CoffeeBuddy.Sandbox.Processes;

/// <summary>A lock between processes. The operating system releases it when its holder ends.</summary>
public static class FileLock
{
    // EWOULDBLOCK on Linux and macOS: HResult is the operating system's error number.
    private const int HeldOnLinux = 11;
    private const int HeldOnMac = 35;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <exception cref="TimeoutException">Another process held the lock for this time.</exception>
    /// <exception cref="IOException">The file cannot be opened for another reason.</exception>
    public static async Task<IAsyncDisposable> TakeAsync(string path, TimeSpan within, CancellationToken cancellation)
    {
        var clock = TimeProvider.System;
        for (var start = clock.GetTimestamp(); ; )
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (IsHeld(e) && clock.GetElapsedTime(start) < within)
            {
                await Task.Delay(Pause, cancellation);
            }
            catch (IOException e) when (IsHeld(e))
            {
                throw new TimeoutException($"Another process held {path} for {within.TotalSeconds:0} s.", e);
            }
        }
    }

    private static bool IsHeld(IOException e) => e.HResult is HeldOnLinux or HeldOnMac;
}
