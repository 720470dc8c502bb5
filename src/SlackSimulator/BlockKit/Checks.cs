using System.Globalization;
using System.Text.RegularExpressions;

namespace SlackSimulator.BlockKit;

/// <summary>
/// The rules from which the tables of blocks and elements are built. Lengths are counted in Unicode code points, as
/// Slack does.
/// </summary>
internal static class Checks
{
    public static Field Required(string name, Check check) => new(name, true, check);

    public static Field Optional(string name, Check check) => new(name, false, check);

    public static int Length(string text) => text.EnumerateRunes().Count();

    public static Check Anything { get; } = static _ => { };

    public static Check TrueOrFalse { get; } =
        static node =>
        {
            if (node.Value?.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False))
                node.Fail("type", "must provide a boolean");
        };

    public static Check Text(int max, int min = 0) =>
        node =>
        {
            if (node.Text is not { } text)
            {
                node.Fail("type", "must provide a string");
                return;
            }

            var length = Length(text);
            if (length > max)
                node.Fail("max_length", $"must be less than {max + 1} characters");
            if (length < min)
                node.Fail("min_length", $"must be more than {min - 1} characters");
        };

    public static Check Number(int min, int max) =>
        node =>
        {
            if (node.Value is not JsonValue value || !value.TryGetValue<int>(out var number))
                node.Fail("type", "must provide an integer");
            else if (number > max)
                node.Fail("max", $"must be less than {max + 1}");
            else if (number < min)
                node.Fail("min", $"must be more than {min - 1}");
        };

    /// <summary>A point in time as Unix seconds with ten digits.</summary>
    public static Check Instant { get; } =
        static node =>
        {
            if (node.Value is not JsonValue value || !value.TryGetValue<long>(out var seconds))
                node.Fail("type", "must provide an integer");
            else if (seconds is < 1_000_000_000 or > 9_999_999_999)
                node.Fail("format", "must be a timestamp with 10 digits");
        };

    public static Check Matching(string pattern, string message) =>
        node =>
        {
            if (node.Text is not { } text || !Regex.IsMatch(text, pattern, RegexOptions.None, TimeSpan.FromSeconds(1)))
                node.Fail("format", message);
        };

    /// <summary>A decimal number as text, for number inputs.</summary>
    public static Check DecimalText { get; } =
        static node =>
        {
            if (node.Text is not { } text)
                node.Fail("type", "must provide a string");
            else if (!decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out _))
                node.Fail("format", "must be a number");
        };

    public static Check OneOf(params string[] allowed) =>
        node =>
        {
            if (node.Text is not { } text)
                node.Fail("type", "must provide a string");
            else if (!allowed.Contains(text, StringComparer.Ordinal))
                node.Fail("enum", $"must be a valid enum value: {string.Join(", ", allowed)}");
        };

    public static Check Date { get; } =
        static node =>
        {
            if (
                !DateOnly.TryParseExact(
                    node.Text,
                    "yyyy-MM-dd",
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.None,
                    out _
                )
            )
                node.Fail("format", "must be a date in the format YYYY-MM-DD");
        };

    public static Check Time { get; } =
        static node =>
        {
            if (!TimeOnly.TryParseExact(node.Text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
                node.Fail("format", "must be a time in the format HH:mm");
        };

    public static Check Address { get; } =
        static node =>
        {
            Text(3000, 1)(node);
            if (node.Text is { Length: > 0 } text && !Uri.TryCreate(text, UriKind.Absolute, out _))
                node.Fail("format", "must be a valid url");
        };

    public static Check ArrayOf(Check item, int max, int min = 1) =>
        node =>
        {
            if (node.Array is not { } array)
            {
                node.Fail("type", "must provide an array");
                return;
            }

            if (array.Count > max)
                node.Fail("max_items", $"no more than {max} items allowed");
            if (array.Count < min)
                node.Fail("min_items", $"no fewer than {min} items allowed");
            for (var index = 0; index < array.Count; index++)
                item(node[index]);
        };

    /// <summary>An object with these fields and no others.</summary>
    /// <param name="relations">Rules that concern several fields.</param>
    public static Check Object(IReadOnlyList<Field> fields, params Check[] relations) =>
        node =>
        {
            if (node.Object is not { } found)
            {
                node.Fail("type", "must provide an object");
                return;
            }

            foreach (var field in fields)
            {
                if (found.ContainsKey(field.Name))
                    field.Check(node[field.Name]);
                else if (field.Required)
                    node.Fail("required", $"missing required field: {field.Name}");
            }

            foreach (
                var name in found
                    .Select(property => property.Key)
                    .Where(name => fields.All(field => !string.Equals(field.Name, name, StringComparison.Ordinal)))
            )
                node.Fail("unknown_field", $"invalid additional property: {name}");
            foreach (var check in relations)
                check(node);
        };

    /// <summary>
    /// An object whose <c>type</c> is one of <paramref name="allowed"/> and selects its rule from a table.
    /// </summary>
    public static Check Typed(IReadOnlyDictionary<string, Check> rules, IReadOnlyList<string> allowed) =>
        node =>
        {
            if (node.Object is null)
                node.Fail("type", "must provide an object");
            else if (!node.Has("type"))
                node.Fail("required", "missing required field: type");
            else if (node["type"].Text is not { } type)
                node["type"].Fail("type", "must provide a string");
            else if (NotSimulated.Has(type))
                NotSimulated.Fail(node["type"], type);
            else if (!allowed.Contains(type, StringComparer.Ordinal) || !rules.TryGetValue(type, out var rule))
                node["type"].Fail("unsupported_type", $"unsupported type: {type}");
            else
                rule(node);
        };

    public static Check All(params Check[] checks) =>
        node =>
        {
            foreach (var check in checks)
                check(node);
        };
}
