using SlackSimulator.Json;

namespace SlackSimulator.BlockKit;

/// <summary>What was found so far in one message or view.</summary>
internal sealed class Findings(Surface surface)
{
    public Surface Surface { get; } = surface;

    public List<Violation> Violations { get; } = [];

    /// <summary>Block ids seen, to refuse the second of the same.</summary>
    public HashSet<string> BlockIds { get; } = new(StringComparer.Ordinal);

    /// <summary>Elements with <c>focus_on_load</c>; a view may have one.</summary>
    public int Focused { get; set; }
}

/// <summary>A place in the payload being checked.</summary>
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

/// <summary>One rule: looks at a place and records what is wrong there.</summary>
internal delegate void Check(Node node);

/// <summary>A property of an object.</summary>
internal sealed record Field(string Name, bool Required, Check Check);
