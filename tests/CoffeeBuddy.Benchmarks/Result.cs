using System.Globalization;

namespace CoffeeBuddy.Benchmarks;

/// <summary>What a value must be.</summary>
/// <param name="IsLimit">True: at most; false: at least.</param>
internal readonly record struct Must(double Value, bool IsLimit)
{
    public static Must AtLeast(double value) => new(value, IsLimit: false);

    public static Must AtMost(double value) => new(value, IsLimit: true);

    public bool Holds(double value) => IsLimit ? value <= Value : value >= Value;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(IsLimit ? "≤" : "≥")} {Value:0.##}");
}

/// <param name="Ours">Median.</param>
/// <param name="Other">Median of what it is compared with; null: nothing.</param>
/// <param name="Value">The median of the ratios of the turns; without another, of our values.</param>
/// <param name="Least">The lowest of the turns.</param>
/// <param name="Most">The highest of the turns.</param>
/// <param name="Must">Null: it is only told.</param>
internal sealed record Result(
    string What,
    string Unit,
    double Ours,
    double? Other,
    double Value,
    double Least,
    double Most,
    Must? Must
)
{
    public bool? Reached => Must?.Holds(Value);

    public static Result Of(string what, string unit, IReadOnlyList<double> ours, Must? must) =>
        new(what, unit, Median(ours), null, Median(ours), ours.Min(), ours.Max(), must);

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        var middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
