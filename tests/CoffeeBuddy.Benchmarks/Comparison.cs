using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace CoffeeBuddy.Benchmarks;

/// <summary>Measures the rows one after the other, and tells their results.</summary>
internal static class Comparison
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <returns>0 when every row reaches what it must, else 1.</returns>
    public static async Task<int> RunAsync(
        IReadOnlyList<Row> rows,
        FileInfo json,
        TextWriter output,
        CancellationToken stop
    )
    {
        var started = Stopwatch.GetTimestamp();
        await using var lab = await Lab.StartAsync(stop);
        List<Result> results = [];
        await output.WriteLineAsync("| row | ours | other | ratio or value | spread | must be | reached |");
        await output.WriteLineAsync("|---|---|---|---|---|---|---|");
        foreach (var row in rows)
        {
            foreach (var result in await row.MeasureAsync(lab, stop))
            {
                results.Add(result);
                await output.WriteLineAsync(LineOf(row, result));
            }
        }

        await output.WriteLineAsync($"\nTook {Stopwatch.GetElapsedTime(started).TotalMinutes:0.0} min.");
        json.Directory!.Create();
        await File.WriteAllTextAsync(json.FullName, JsonSerializer.Serialize(results, Indented), stop);
        return results.TrueForAll(result => result.Reached != false) ? 0 : 1;
    }

    private static string LineOf(Row row, Result result) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"| {row.Name}: {result.What} | {result.Ours:0.###} {result.Unit} | {Other(result)} | {result.Value:0.00} | {result.Least:0.00}–{result.Most:0.00} | {result.Must?.ToString() ?? ""} | {Reached(result)} |"
        );

    private static string Other(Result result) =>
        result.Other is { } other ? string.Create(CultureInfo.InvariantCulture, $"{other:0.###}") : "";

    private static string Reached(Result result) =>
        result.Reached switch
        {
            true => "yes",
            false => "NO",
            null => "",
        };
}
