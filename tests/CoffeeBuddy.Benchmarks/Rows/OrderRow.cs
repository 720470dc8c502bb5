using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Sandbox.Processes;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CoffeeBuddy.Benchmarks.Rows;

/// <summary>
/// Orders placed with their audit row and event, by the store alone, against <c>pgbench</c> with the same statements,
/// prepared, over as many connections.
/// </summary>
internal sealed partial class OrderRow() : Row("order")
{
    private const int Connections = 8;
    private const int Runs = 200;
    private const string Orders = "orders";

    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(3);
    private static readonly Drink Latte = new("Latte", "Large", ["Oat milk"]);

    public override async Task<IReadOnlyList<Result>> MeasureAsync(Lab lab, CancellationToken stop)
    {
        var pgbench =
            Executable.Find("pgbench")
            ?? throw new InvalidOperationException("Install pgbench: it is in Debian's package postgresql-contrib.");
        await lab.EmptyAsync(stop);
        await using var services = StoreServices.Of(lab, Connections);
        var store = services.GetRequiredService<RunStore>();
        var first = 1;
        await PlaceAsync(lab, store, first, stop);
        var turns = await Turns.TakeAsync(
            () => PlaceAsync(lab, store, first += Runs, stop),
            () => BenchAsync(lab, pgbench, first += Runs, stop)
        );
        return [turns.Ratio(Orders, "/s", Must.AtLeast(0.7))];
    }

    private static async Task<IReadOnlyDictionary<string, double>> PlaceAsync(
        Lab lab,
        RunStore store,
        int first,
        CancellationToken stop
    )
    {
        await StoredRun.OpenAsync(lab, first, Runs, stop);
        var started = Stopwatch.GetTimestamp();
        var placed = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(PlaceManyAsync, stop)));
        return new Dictionary<string, double>
        {
            [Orders] = placed.Sum() / Stopwatch.GetElapsedTime(started).TotalSeconds,
        };

        async Task<int> PlaceManyAsync()
        {
            var count = 0;
            for (; Stopwatch.GetElapsedTime(started) < Turn; count++)
            {
                var run = new StoredRun(Random.Shared.Next(first, first + Runs));
                var person = StoredRun.Person(Random.Shared.Next(1, StoredRun.People + 1));
                await store.PlaceOrderAsync(new(run.Id, person, DisplayName: null, Latte, Note: null), stop);
            }

            return count;
        }
    }

    private static async Task<IReadOnlyDictionary<string, double>> BenchAsync(
        Lab lab,
        string pgbench,
        int first,
        CancellationToken stop
    )
    {
        await StoredRun.OpenAsync(lab, first, Runs, stop);
        var database = new NpgsqlConnectionStringBuilder(lab.Database);
        string[] arguments =
        [
            "--no-vacuum",
            "--protocol=prepared",
            $"--client={Connections}",
            "--jobs=1",
            $"--time={Turn.TotalSeconds:0}",
            $"--define=base={first}",
            $"--file={Path.Combine(AppContext.BaseDirectory, "Rows", "order.sql")}",
            $"--host={database.Host}",
            $"--port={database.Port}",
            $"--username={database.Username}",
            database.Database!,
        ];
        var start = new ProcessStartInfo(pgbench, arguments) { UseShellExecute = false, RedirectStandardOutput = true };
        start.Environment["PGPASSWORD"] = database.Password;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop);
        return PerSecond().Match(output) is { Success: true } tps && process.ExitCode == 0
            ? new Dictionary<string, double>
            {
                [Orders] = double.Parse(tps.Groups["tps"].Value, CultureInfo.InvariantCulture),
            }
            : throw new InvalidOperationException($"pgbench failed: {output}");
    }

    [GeneratedRegex(@"tps = (?<tps>[\d.]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PerSecond();
}
