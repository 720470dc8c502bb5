namespace CoffeeBuddy.Core.Orders;

/// <summary>An entry of the menu as people write it in a sentence.</summary>
/// <param name="Entry">In the spelling of the menu.</param>
internal sealed record MenuWords(OrderField Field, string Entry, IReadOnlyList<string> Words)
{
    private const int ShortestPart = 4;

    /// <summary>People say "oat" for "oat milk".</summary>
    private static readonly string[] LeftOut = ["milk", "syrup"];

    public bool Equals(MenuWords? other) => other is not null && Field == other.Field && Entry == other.Entry;

    public override int GetHashCode() => HashCode.Combine(Field, Entry);

    /// <summary>Whether the word is one of several of the entry, or its plural: it may be meant.</summary>
    public bool IsPartly(string word) =>
        word.Length >= ShortestPart
        && Words.Any(own => own.Length >= ShortestPart && (own == word || $"{own}s" == word));

    /// <summary>Whether the word is several of the entry: "lattes".</summary>
    public bool IsPlural(string word) => Words.Count == 1 && word == $"{Words[0]}s";

    /// <returns>The longest first, so that "extra shot" is found before "extra".</returns>
    public static IReadOnlyList<MenuWords> Of(Menu menu)
    {
        var entries = Of(OrderField.DrinkType, menu.Drinks)
            .Concat(Of(OrderField.Size, menu.Sizes))
            .Concat(Of(OrderField.Customizations, menu.Customizations))
            .Where(entry => entry.Words.Count > 0)
            .ToList();
        var taken = entries.Select(entry => string.Join(' ', entry.Words)).ToHashSet();
        var shortened = entries
            .Where(entry =>
                entry is { Field: OrderField.Customizations, Words.Count: > 1 } && LeftOut.Contains(entry.Words[^1])
            )
            .Select(entry => entry with { Words = [.. entry.Words.SkipLast(1)] })
            .GroupBy(entry => string.Join(' ', entry.Words))
            // "Vanilla" is vanilla syrup, unless there is vanilla milk too, or a drink of that name.
            .Where(same => same.Count() == 1 && !taken.Contains(same.Key))
            .SelectMany(same => same);
        return [.. entries.Concat(shortened).OrderByDescending(entry => entry.Words.Count)];
    }

    private static IEnumerable<MenuWords> Of(OrderField field, IEnumerable<string> entries) =>
        entries.Select(entry => new MenuWords(
            field,
            entry,
            [.. ReplyWords.Split(entry).Where(word => word != ReplyWords.Pause)]
        ));
}
