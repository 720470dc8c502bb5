namespace CoffeeBuddy.Scaling;

/// <summary>The sums at the end, and whether they are as they must be.</summary>
internal sealed class Verdict(TextWriter output)
{
    private const int MostExamples = 10;

    public bool Holds { get; private set; } = true;

    public Task SayAsync(string what, string value) => output.WriteLineAsync($"| {what} | {value} |");

    public async Task CheckAsync(string what, int count, int most, string? bad = null, string? good = null)
    {
        var holds = count <= most;
        Holds &= holds;
        await SayAsync(what, $"{(holds ? good : bad) ?? $"{count}"}{(holds ? "" : " (FAILED)")}");
    }

    public async Task CheckAsync(string what, IReadOnlyCollection<string> found, int most)
    {
        await CheckAsync(what, found.Count, most);
        if (found.Count > most)
        {
            foreach (var example in found.Take(MostExamples))
                await Console.Error.WriteLineAsync($"  {what}: {example}");
        }
    }
}
