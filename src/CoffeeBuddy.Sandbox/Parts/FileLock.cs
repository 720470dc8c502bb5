namespace CoffeeBuddy.Sandbox.Parts;

/// <summary>One process at a time. The operating system releases it when its holder dies.</summary>
public static class FileLock
{
    // EWOULDBLOCK of Linux and of macOS: .NET hands the operating system's number on.
    private const int HeldOnLinux = 11;
    private const int HeldOnMac = 35;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <exception cref="TimeoutException">Another process held it all the time.</exception>
    /// <exception cref="IOException">The file cannot be opened, whoever holds it.</exception>
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
