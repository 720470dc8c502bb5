using System.Text.Json;

namespace CoffeeBuddy.Benchmarks.Micro;

/// <summary>How many bytes each hot part may allocate in a call: <c>allocations.json</c>, which is committed.</summary>
internal static class AllocationBaseline
{
    /// <summary>Room for what the runtime allocates meanwhile.</summary>
    private const double Tolerance = 1.02;

    private static readonly string Path = System.IO.Path.Combine(
        Repository.Root,
        "tests",
        "CoffeeBuddy.Benchmarks",
        "Micro",
        "allocations.json"
    );

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static int Write(IReadOnlyDictionary<string, long> allocations)
    {
        File.WriteAllText(Path, $"{JsonSerializer.Serialize(allocations, Indented)}\n");
        return 0;
    }

    /// <returns>0: none allocates more than its baseline. A part without a baseline counts as one that does.</returns>
    public static int Check(IReadOnlyDictionary<string, long> allocations, TextWriter output)
    {
        var baseline = JsonSerializer.Deserialize<Dictionary<string, long>>(File.ReadAllText(Path))!;
        var regressed = false;
        foreach (var (name, bytes) in allocations)
        {
            var known = baseline.TryGetValue(name, out var allowed);
            var isMore = !known || bytes > allowed * Tolerance;
            regressed |= isMore;
            output.WriteLine(
                $"{name}: {bytes} bytes, {(known ? $"baseline {allowed}" : "no baseline")}{(isMore ? " MORE" : "")}"
            );
        }

        foreach (var name in baseline.Keys.Except(allocations.Keys))
        {
            regressed = true;
            output.WriteLine($"{name}: not measured any more");
        }

        if (regressed)
            output.WriteLine(
                "If this is meant: DOTNET_TieredCompilation=0 dotnet run -c Release --project tests/CoffeeBuddy.Benchmarks -- micro --write"
            );
        return regressed ? 1 : 0;
    }
}
