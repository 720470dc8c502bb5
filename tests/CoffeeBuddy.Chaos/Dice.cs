using System.Diagnostics.CodeAnalysis;

namespace CoffeeBuddy.Chaos;

/// <summary>
/// Random numbers from a seed. Each person and the schedule have their own instance, so that they do not influence each
/// other.
/// </summary>
[SuppressMessage("Security", "CA5394", Justification = "The numbers must be repeatable and are not secret.")]
internal sealed class Dice(int seed, int owner)
{
    private readonly Random _random = new(unchecked((seed * 7919) + owner));

    /// <summary>From 0 to <paramref name="below"/> - 1.</summary>
    public int Below(int below) => _random.Next(below);

    public bool Chance(double share) => _random.NextDouble() < share;

    public T Pick<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    /// <summary>One of the items, with a probability in proportion to its weight.</summary>
    public T Pick<T>(IReadOnlyList<T> items, Func<T, int> weight)
    {
        var left = _random.Next(items.Sum(weight));
        return items.First(item => (left -= weight(item)) < 0);
    }

    public TimeSpan Between(double fromSeconds, double toSeconds) =>
        TimeSpan.FromSeconds(fromSeconds + (_random.NextDouble() * (toSeconds - fromSeconds)));
}
