using SlackSimulator.Json;

namespace SlackSimulator.BlockKit;

/// <summary>The violations found so far in a message or view.</summary>
internal sealed class Findings(Surface surface)
{
    public Surface Surface { get; } = surface;

    public List<Violation> Violations { get; } = [];

    /// <summary>The block_ids found so far, which must be unique.</summary>
    public HashSet<string> BlockIds { get; } = new(StringComparer.Ordinal);

    /// <summary>The number of elements with <c>focus_on_load</c>. A view may have one.</summary>
    public int Focused { get; set; }
}

/// <summary>A value in the payload with its JSON pointer.</summary>
internal readonly record struct Node(JsonNode? Value, string Pointer, Findings Findings)
{
    public string? Text => Value.Text();

    public JsonObject? Object => Value as JsonObject;

    public JsonArray? Array => Value as JsonArray;

    public Node this[string name] => new(Object?[name], $"{Pointer}/{name}", Findings);

    public Node this[int index] => new(Array?[index], $"{Pointer}/{index}", Findings);

    public bool Has(string name) => Object?.ContainsKey(name) ?? false;

    public void Fail(string rule, string message) => Findings.Violations.Add(new Violation(Pointer, rule, message));
}

/// <summary>A rule: checks a value and records violations.</summary>
internal delegate void Check(Node node);

/// <summary>A property of an object and its rule.</summary>
internal sealed record Field(string Name, bool Required, Check Check);
