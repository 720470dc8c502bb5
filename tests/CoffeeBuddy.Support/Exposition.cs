using System.Globalization;
using System.Text.RegularExpressions;

namespace CoffeeBuddy.Support;

/// <summary>
/// Metrics in Prometheus' text exposition format 0.0.4. A line that is not in this format fails the test.
/// </summary>
public sealed partial class Exposition
{
    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Name, string Labels), double> _samples = [];

    /// <summary>The names of the metrics, without the sample suffixes of histograms.</summary>
    public IEnumerable<string> Names => _types.Keys;

    public IEnumerable<(string Name, string Labels)> Samples => _samples.Keys;

    public static Exposition Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var exposition = new Exposition();
        var helped = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Help().Match(line) is { Success: true } help)
                Assert.True(helped.Add(help.Groups["name"].Value), $"Second HELP: {line}");
            else if (Type().Match(line) is { Success: true } type)
                Assert.True(
                    exposition._types.TryAdd(type.Groups["name"].Value, type.Groups["type"].Value),
                    $"Second TYPE: {line}"
                );
            else
                exposition.Add(
                    Sample().Match(line) is { Success: true } sample
                        ? sample
                        : throw new Xunit.Sdk.XunitException($"Not in the format: {line}")
                );
        }

        Assert.Equal(exposition._types.Keys.Order(StringComparer.Ordinal), helped.Order(StringComparer.Ordinal));
        return exposition;
    }

    /// <summary>The sum of the samples that have these labels; 0 if there is none.</summary>
    /// <param name="labels">In the notation of the format: <c>status="400"</c>.</param>
    public double Value(string name, params string[] labels) =>
        _samples
            .Where(sample =>
                sample.Key.Name == name
                && Array.TrueForAll(
                    labels,
                    label => $",{sample.Key.Labels},".Contains($",{label},", StringComparison.Ordinal)
                )
            )
            .Sum(sample => sample.Value);

    public bool Has(string name, params string[] labels) =>
        _samples.Keys.Any(sample =>
            sample.Name == name
            && Array.TrueForAll(labels, label => $",{sample.Labels},".Contains($",{label},", StringComparison.Ordinal))
        );

    private void Add(Match sample)
    {
        var name = sample.Groups["name"].Value;
        var family = Suffix().Replace(name, "");
        Assert.True(
            _types.ContainsKey(name) || _types.GetValueOrDefault(family) is "histogram" or "summary",
            $"Without TYPE: {sample.Value}"
        );
        var value = sample.Groups["value"].Value switch
        {
            "NaN" => double.NaN,
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            var number => double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture),
        };
        Assert.True(_samples.TryAdd((name, sample.Groups["labels"].Value), value), $"Second sample: {sample.Value}");
    }

    [GeneratedRegex("^# HELP (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) .+$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Help();

    [GeneratedRegex(
        "^# TYPE (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<type>counter|gauge|histogram|summary|untyped)$",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Type();

    [GeneratedRegex(
        """^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*",?)*)\})? (?<value>[-+]?([0-9.eE+-]+|Inf)|NaN)$""",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Sample();

    [GeneratedRegex("_(bucket|sum|count)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Suffix();
}
