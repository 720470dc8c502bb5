using System.Diagnostics.CodeAnalysis;

namespace CoffeeBuddy.Chaos;

/// <summary>Chance that a seed repeats. Each person and the schedule of faults have dice of their own, so that none disturbs another's.</summary>
[SuppressMessage("Security", "CA5394", Justification = "A seed makes a run repeatable; nothing secret comes of it.")]
internal sealed class Dice(int seed, int owner)
{
    private readonly Random _random = new(unchecked((seed * 7919) + owner));

    /// <summary>From 0 to below <paramref name="below"/>.</summary>
    public int Below(int below) => _random.Next(below);

    public bool Chance(double share) => _random.NextDouble() < share;

    public T Pick<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    /// <summary>One of them, each as often as its weight says.</summary>
    public T Pick<T>(IReadOnlyList<T> items, Func<T, int> weight)
    {
        var left = _random.Next(items.Sum(weight));
        return items.First(item => (left -= weight(item)) < 0);
    }

    public TimeSpan Between(double fromSeconds, double toSeconds) =>
        TimeSpan.FromSeconds(fromSeconds + (_random.NextDouble() * (toSeconds - fromSeconds)));
}
