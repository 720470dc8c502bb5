namespace CoffeeBuddy.Chaos.Invariants;

/// <summary>Something that must hold whatever went wrong.</summary>
/// <param name="Checked">How many things were looked at.</param>
/// <param name="Breaches">What does not hold, with ids.</param>
/// <param name="Remark">What a reader should know beside the counts.</param>
internal sealed record Invariant(string Name, int Checked, IReadOnlyList<string> Breaches, string Remark = "")
{
    public bool Holds => Breaches.Count == 0;

    /// <summary>Checks each thing; what comes back is a breach.</summary>
    public static Invariant Each<T>(string name, IEnumerable<T> things, Func<T, string?> breach)
    {
        var list = things.ToList();
        return new(name, list.Count, [.. list.Select(breach).OfType<string>()]);
    }
}
