namespace CoffeeBuddy.Benchmarks;

internal static class Percentiles
{
    /// <param name="values">At least one.</param>
    public static double Of(IEnumerable<double> values, double percent)
    {
        var sorted = values.Order().ToList();
        return sorted[(int)Math.Min(sorted.Count - 1, Math.Ceiling(sorted.Count * percent / 100) - 1)];
    }
}
