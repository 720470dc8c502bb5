using CoffeeBuddy.Benchmarks.Load;
using CoffeeBuddy.Benchmarks.Processes;
using CoffeeBuddy.Sandbox.Processes;
using CoffeeBuddy.Sandbox.Workers;
using Npgsql;
using Support;

namespace CoffeeBuddy.Benchmarks.Rows;

/// <summary>
/// Signed <c>/coffee</c> until the form is open and the command answered, against the same job in Slack's own framework.
/// </summary>
internal sealed class CoffeeRow() : Row("coffee")
{
    private const int Connections = 16;
    private const string Throughput = "throughput";
    private const string Cpu = "CPU a request";
    private const string Memory = "memory";
    private const string Failed = "failed requests";
    private const string P99 = "p99 at half of its throughput";

    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(3);

    public override async Task<IReadOnlyList<Result>> MeasureAsync(Lab lab, CancellationToken stop)
    {
        await lab.EmptyAsync(stop);
        await using var worker = await lab.StartWorkerAsync(WorkerRoles.Http, stop);
        await using var bolt = await StartBoltAsync(lab, stop);
        var requests = new SlackRequests();
        var ours = new HttpLoad(worker.Port, Connections, requests.Coffee);
        var theirs = new HttpLoad(bolt.Port, Connections, requests.Coffee);
        await ours.WarmAsync(worker, stop);
        await theirs.WarmAsync(bolt, stop);
        // The same rate for both. Bolt's, because ours would be too much for it.
        var rate = (await theirs.ClosedAsync(Turn, stop)).Required().PerSecond / 2;
        var turns = await Turns.TakeAsync(
            () => MeasureAsync(worker, ours, rate, stop),
            () => MeasureAsync(bolt, theirs, rate, stop)
        );
        return
        [
            turns.Ratio(Throughput, "/s", Must.AtLeast(5)),
            turns.Ratio(P99, "ms", Must.AtMost(0.3)),
            turns.Ratio(Cpu, "ms", Must.AtMost(0.2)),
            turns.Ratio(Memory, "MB", must: null),
            turns.Ours(Failed, "", Must.AtMost(0)),
        ];
    }

    private static async Task<IReadOnlyDictionary<string, double>> MeasureAsync(
        ServerProcess server,
        HttpLoad load,
        double rate,
        CancellationToken stop
    )
    {
        var before = server.Cpu;
        var closed = (await load.ClosedAsync(Turn, stop)).Required();
        var used = server.Cpu - before;
        var open = (await load.OpenAsync(rate, Turn, stop)).Required();
        return new Dictionary<string, double>
        {
            [Throughput] = closed.PerSecond,
            [Cpu] = used * 1000 / closed.Latencies.Count,
            [P99] = open.Percentile(99),
            [Memory] = server.Memory,
            [Failed] = closed.Failed + open.Failed,
        };
    }

    private static async Task<ServerProcess> StartBoltAsync(Lab lab, CancellationToken stop)
    {
        var folder = await NodeFolder.InstallAsync(Path.Combine("tests", "CoffeeBuddy.Benchmarks", "bolt"));
        var database = new NpgsqlConnectionStringBuilder(lab.Database);
        var port = FreePort.Next();
        return await ServerProcess.StartAsync(
            "bolt",
            Executable.Find("node") ?? throw new InvalidOperationException("Install Node.js 20."),
            [Path.Combine(folder.Path, "coffee.js")],
            new Dictionary<string, string?>
            {
                ["NODE_ENV"] = "production",
                ["PORT"] = $"{port}",
                ["SLACK_SIGNING_SECRET"] = SlackRequests.SigningSecret,
                ["SLACK_BOT_TOKEN"] = SlackRequests.BotToken,
                ["SLACK_API_URL"] = $"http://127.0.0.1:{lab.Slack.Port}/api/",
                ["PGHOST"] = database.Host,
                ["PGPORT"] = $"{database.Port}",
                ["PGUSER"] = database.Username,
                ["PGPASSWORD"] = database.Password,
                ["PGDATABASE"] = database.Database,
            },
            port,
            new Uri($"http://127.0.0.1:{port}/ready"),
            stop
        );
    }
}
