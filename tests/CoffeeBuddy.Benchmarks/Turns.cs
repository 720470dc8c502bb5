namespace CoffeeBuddy.Benchmarks;

/// <summary>
/// Two programs measured by turns, so that what else the machine does meets both. The ratio is taken of each turn.
/// </summary>
internal sealed class Turns
{
    /// <summary>How many turns a row takes, unless each is very short.</summary>
    public const int Usual = 5;

    private readonly List<(
        IReadOnlyDictionary<string, double> Ours,
        IReadOnlyDictionary<string, double> Other
    )> _turns = [];

    /// <param name="ours">Returns values by name.</param>
    /// <param name="other">Returns values of the same names.</param>
    public static async Task<Turns> TakeAsync(
        Func<Task<IReadOnlyDictionary<string, double>>> ours,
        Func<Task<IReadOnlyDictionary<string, double>>> other,
        int count = Usual
    )
    {
        var turns = new Turns();
        for (var turn = 0; turn < count; turn++)
        {
            // Each begins as often as the other.
            var first = await (turn % 2 == 0 ? ours : other)();
            var second = await (turn % 2 == 0 ? other : ours)();
            turns._turns.Add(turn % 2 == 0 ? (first, second) : (second, first));
        }

        return turns;
    }

    /// <summary>The ratio of ours to the other's.</summary>
    public Result Ratio(string name, string unit, Must? must)
    {
        var ratios = _turns.ConvertAll(turn => turn.Ours[name] / turn.Other[name]);
        return new(
            name,
            unit,
            Result.Median(_turns.Select(turn => turn.Ours[name])),
            Result.Median(_turns.Select(turn => turn.Other[name])),
            Result.Median(ratios),
            ratios.Min(),
            ratios.Max(),
            must
        );
    }

    /// <summary>Ours alone.</summary>
    public Result Ours(string name, string unit, Must? must) =>
        Result.Of(name, unit, _turns.ConvertAll(turn => turn.Ours[name]), must);
}
