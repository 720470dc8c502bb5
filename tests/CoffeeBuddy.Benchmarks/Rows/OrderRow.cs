using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Security;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Sandbox.Processes;
using Microsoft.Extensions.Configuration;
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
    private const int People = 500;
    private const string Orders = "orders";

    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(3);
    private static readonly Drink Latte = new("Latte", "Large", ["Oat milk"]);

    // Numbered ids, so that both can choose a run and a person by a number.
    private const string Names = """
        CREATE OR REPLACE FUNCTION bench_run(number INT) RETURNS UUID LANGUAGE sql IMMUTABLE AS
        $$ SELECT ('00000000-0000-7000-8000-' || lpad(number::text, 12, '0'))::uuid $$;
        CREATE OR REPLACE FUNCTION bench_person(number INT) RETURNS TEXT LANGUAGE sql IMMUTABLE AS
        $$ SELECT 'U' || lpad(number::text, 8, '0') $$;
        """;

    public override async Task<IReadOnlyList<Result>> MeasureAsync(Lab lab, CancellationToken stop)
    {
        var pgbench =
            Executable.Find("pgbench")
            ?? throw new InvalidOperationException("Install pgbench: it is in Debian's package postgresql-contrib.");
        await lab.EmptyAsync(stop);
        await lab.ExecuteAsync(Names, stop);
        await using var services = Services(lab);
        var store = services.GetRequiredService<RunStore>();
        var first = 1;
        await PlaceAsync(lab, store, first, stop);
        var turns = await Turns.TakeAsync(
            () => PlaceAsync(lab, store, first += Runs, stop),
            () => BenchAsync(lab, pgbench, first += Runs, stop)
        );
        return [turns.Ratio(Orders, "/s", Must.AtLeast(0.7))];
    }

    private static ServiceProvider Services(Lab lab)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["ConnectionStrings:CoffeeBuddy"] = lab.Database,
                    ["CoffeeBuddy:Database:MaxPoolSize"] = $"{Connections}",
                }
            )
            .Build();
        var services = new ServiceCollection().AddLogging().AddCoffeeBuddyData(configuration);
        services.AddOptions<TlsOptions>();
        services.AddOptions<CoffeeOptions>();
        return services.BuildServiceProvider();
    }

    private static Task OpenRunsAsync(Lab lab, int first, CancellationToken stop) =>
        lab.ExecuteAsync(
            $"""
            INSERT INTO users (user_id, created_at, updated_at)
            SELECT bench_person(n), now(), now() FROM generate_series(1, {People}) n ON CONFLICT DO NOTHING;
            INSERT INTO coffee_runs (run_id, workspace_id, channel_id, initiator_user_id, created_at, changed_at, empty_since)
            SELECT bench_run(n), 'T0BENCH001', 'C' || lpad(n::text, 8, '0'), bench_person(1), now(), now(), now()
            FROM generate_series({first}, {first + Runs - 1}) n;
            """,
            stop
        );

    private static async Task<IReadOnlyDictionary<string, double>> PlaceAsync(
        Lab lab,
        RunStore store,
        int first,
        CancellationToken stop
    )
    {
        await OpenRunsAsync(lab, first, stop);
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
                var run = Guid.Parse(
                    $"00000000-0000-7000-8000-{Random.Shared.Next(first, first + Runs).ToString("D12", CultureInfo.InvariantCulture)}"
                );
                var person = $"U{Random.Shared.Next(1, People + 1).ToString("D8", CultureInfo.InvariantCulture)}";
                await store.PlaceOrderAsync(new(run, person, DisplayName: null, Latte, Note: null), stop);
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
        await OpenRunsAsync(lab, first, stop);
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
