namespace CoffeeBuddy.Chaos.Invariants;

/// <summary>A condition that must hold in spite of the faults.</summary>
/// <param name="Checked">Number of things that were checked.</param>
/// <param name="Breaches">Descriptions of what breaks it, with ids.</param>
/// <param name="Remark">A note for the report.</param>
internal sealed record Invariant(string Name, int Checked, IReadOnlyList<string> Breaches, string Remark = "")
{
    public bool Holds => Breaches.Count == 0;

    /// <summary>Checks each thing. The function returns null, or the description of a breach.</summary>
    public static Invariant Each<T>(string name, IEnumerable<T> things, Func<T, string?> breach)
    {
        var list = things.ToList();
        return new(name, list.Count, [.. list.Select(breach).OfType<string>()]);
    }
}
