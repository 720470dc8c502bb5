using System.Diagnostics;
using System.Security.Cryptography;

namespace Support;

/// <summary>
/// Time limits that end a test that hangs. They are not checks of speed: a test that passes alone must not reach one
/// when other programs use the machine. They grow with the time that this machine needs for a fixed amount of work.
/// </summary>
public static class Guard
{
    private const int Rounds = 64;
    private const int MostSlowness = 10;

    // Measured on one idle core of a virtual machine that builds this repository.
    private static readonly TimeSpan Reference = TimeSpan.FromMilliseconds(60);

    /// <summary>At least 1. The time of the fixed work on this machine, as a multiple of that on an idle one.</summary>
    public static double Slowness { get; } = Measure();

    /// <summary>For a condition that another process fulfils: 60 s on an idle machine.</summary>
    public static TimeSpan Timeout { get; } = For(TimeSpan.FromSeconds(60));

    public static TimeSpan For(TimeSpan onAnIdleMachine) => onAnIdleMachine * Slowness;

    /// <summary>Hashes 64 MiB on every core at the same time, so that other programs' load counts.</summary>
    private static double Measure()
    {
        var started = Stopwatch.GetTimestamp();
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(Hash)).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return Math.Clamp(Stopwatch.GetElapsedTime(started) / Reference, 1, MostSlowness);
    }

    private static void Hash()
    {
        var data = new byte[1 << 20];
        for (var round = 0; round < Rounds; round++)
            SHA256.HashData(data, data.AsSpan(0, SHA256.HashSizeInBytes));
    }
}
