namespace CoffeeBuddy.Benchmarks;

/// <summary>One comparison.</summary>
internal abstract class Row(string name)
{
    public string Name => name;

    public abstract Task<IReadOnlyList<Result>> MeasureAsync(Lab lab, CancellationToken stop);
}
