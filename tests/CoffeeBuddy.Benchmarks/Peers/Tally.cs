using System.Diagnostics;
using System.Globalization;

namespace CoffeeBuddy.Benchmarks.Peers;

/// <summary>Where records are read, and how many of them are for warming up and for measuring.</summary>
internal sealed record Reading(string Servers, string Topic, string Group, int WarmUp, int Measured)
{
    public Reading(IReadOnlyList<string> args)
        : this(args[0], args[1], args[2], Number(args[3]), Number(args[4])) { }

    public IReadOnlyList<string> Arguments =>
        [Servers, Topic, Group, WarmUp.ToString(CultureInfo.InvariantCulture), $"{Measured}"];

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>Counts records and measures from the last one for warming up to the last one of all.</summary>
internal sealed class Tally(Reading reading)
{
    private int _count;
    private long _started;
    private TimeSpan _cpu;

    /// <returns>True once: all records were counted, and the result is written to stdout.</returns>
    public bool Add(int records)
    {
        var before = Interlocked.Add(ref _count, records) - records;
        if (before < reading.WarmUp && before + records >= reading.WarmUp)
            (_started, _cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var all = reading.WarmUp + reading.Measured;
        if (before >= all || before + records < all)
            return false;
        var seconds = Stopwatch.GetElapsedTime(_started).TotalSeconds;
        var cpu = (Environment.CpuUsage.TotalTime - _cpu).TotalMicroseconds / reading.Measured;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{reading.Measured / seconds} {cpu}"));
        return true;
    }
}
