using System.Globalization;
using SlackSimulator.Json;
using static SlackSimulator.BlockKit.Checks;

namespace SlackSimulator.BlockKit;

/// <summary>The rules that concern several fields of an element.</summary>
internal static class ElementRelations
{
    public static void FocusedOnce(Node node)
    {
        TrueOrFalse(node);
        if (node.Value.IsTrue() && ++node.Findings.Focused > 1)
            node.Fail("focus", "focus_on_load may be set on one element only");
    }

    public static void OptionsOnce(Node node)
    {
        if (node.Has("options") == node.Has("option_groups"))
            node.Fail("required", "must provide either options or option_groups");
    }

    public static void LengthsInOrder(Node node)
    {
        var min =
            (int?)(node["min_length"].Value is JsonValue low && low.TryGetValue<int>(out var least) ? least : null)
            ?? 0;
        var max =
            (int?)(node["max_length"].Value is JsonValue high && high.TryGetValue<int>(out var most) ? most : null)
            ?? 3000;
        if (min > max)
            node["min_length"].Fail("max", "must not be greater than max_length");
        if (node["initial_value"].Text is { } initial && Length(initial) > max && max < 3000)
            node["initial_value"].Fail("max_length", $"must be less than {max + 1} characters");
    }

    public static void NumbersInOrder(Node node)
    {
        var (min, max) = (Decimal(node["min_value"]), Decimal(node["max_value"]));
        if (min > max)
            node["min_value"].Fail("max", "must not be greater than max_value");
        else if (Decimal(node["initial_value"]) is { } initial && (initial < min || initial > max))
            node["initial_value"].Fail("range", "must be between min_value and max_value");
    }

    private static decimal? Decimal(Node node) =>
        decimal.TryParse(node.Text, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The initial option must be one of the options.</summary>
    public static void InitialOffered(Node node)
    {
        var offered = Options.Of(node.Object!);
        if (node["initial_option"].Object is { } one && !Options.Contains(offered, one))
            node["initial_option"].Fail("initial_option", "must be one of the options");
        if (node["initial_options"].Array is not { } many)
            return;
        for (var index = 0; index < many.Count; index++)
        {
            if (many[index] is JsonObject option && !Options.Contains(offered, option))
                node["initial_options"][index].Fail("initial_option", "must be one of the options");
        }
    }
}
