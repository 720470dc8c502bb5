using System.Diagnostics;
using CoffeeBuddy.Benchmarks.Load;
using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Sandbox.Workers;
using Confluent.Kafka;
using Npgsql;

namespace CoffeeBuddy.Benchmarks.Rows;

/// <summary>
/// From the third order's request to the assignment's message at Slack, against what the way has in any case, each
/// measured alone: a commit, a record written and read, a request to Slack.
/// </summary>
internal sealed class AssignmentRow() : Row("assignment")
{
    private const int WarmUp = 100;
    private const int RunsOfTurn = 40;
    private const string P50 = "p50";

    /// <summary>
    /// How long the cluster in memory waits for a record: unlike Kafka it does not answer earlier when one has come.
    /// </summary>
    private const int FetchWaitMaxMs = 10;

    /// <summary>Slack takes one message a second and channel, and the first orders have led to two.</summary>
    private static readonly TimeSpan AfterFirstOrders = TimeSpan.FromSeconds(5);

    public override async Task<IReadOnlyList<Result>> MeasureAsync(Lab lab, CancellationToken stop)
    {
        await lab.EmptyAsync(stop);
        await StoredRun.OpenAsync(lab, 1, WarmUp + (Turns.Usual * RunsOfTurn), stop);
        await using var http = await lab.StartWorkerAsync(WorkerRoles.Http, stop);
        await using var kafka = await lab.StartWorkerAsync(
            WorkerRoles.Kafka,
            stop,
            new Dictionary<string, string?>
            {
                ["AzureFunctionsJobHost__extensions__kafka__fetchWaitMaxMs"] = $"{FetchWaitMaxMs}",
            }
        );
        using var orders = await HttpConnection.OpenAsync(http.Port, stop);
        await using var parts = await BareParts.StartAsync(lab, stop);
        var next = 1;
        await AssignAsync(lab, orders, next, WarmUp, stop);
        next += WarmUp;
        List<double> all = [];
        var turns = await Turns.TakeAsync(
            async () =>
            {
                var latencies = await AssignAsync(lab, orders, next, RunsOfTurn, stop);
                next += RunsOfTurn;
                all.AddRange(latencies);
                return new Dictionary<string, double> { [P50] = Result.Median(latencies) };
            },
            async () => new Dictionary<string, double> { [P50] = await parts.MeasureAsync(RunsOfTurn, stop) }
        );
        return
        [
            turns.Ratio(P50, "ms", Must.AtMost(2)),
            Result.Of("p99", "ms", [Percentiles.Of(all, 99)], Must.AtMost(250)),
        ];
    }

    /// <returns>Milliseconds from the third order to the message, of each run.</returns>
    private static async Task<List<double>> AssignAsync(
        Lab lab,
        HttpConnection orders,
        int first,
        int count,
        CancellationToken stop
    )
    {
        foreach (var number in Enumerable.Range(first, count))
        {
            await OrderAsync(orders, new(number), person: (3 * number) - 2, stop);
            await OrderAsync(orders, new(number), person: (3 * number) - 1, stop);
        }

        await Task.Delay(AfterFirstOrders, stop);
        List<double> latencies = [];
        foreach (var run in Enumerable.Range(first, count).Select(number => new StoredRun(number)))
        {
            var posted = lab.Slack.PostedAsync(run.Channel, "goes.");
            var started = Stopwatch.GetTimestamp();
            await OrderAsync(orders, run, person: 3 * run.Number, stop);
            var at = await posted.WaitAsync(TimeSpan.FromSeconds(30), stop);
            latencies.Add(Stopwatch.GetElapsedTime(started, at).TotalMilliseconds);
        }
        return latencies;
    }

    private static async Task OrderAsync(HttpConnection orders, StoredRun run, int person, CancellationToken stop)
    {
        if (await orders.ExchangeAsync(SlackRequests.Order(run, person), stop) is var status and not 200)
            throw new InvalidOperationException($"The order was answered with {status}.");
    }

    /// <summary>What is between an order and a message at least, without a worker.</summary>
    private sealed class BareParts : IAsyncDisposable
    {
        private const string Topic = "benchmark.bare";
        private readonly NpgsqlConnection _connection;
        private readonly IProducer<string, byte[]> _producer;
        private readonly IConsumer<string, byte[]> _consumer;
        private readonly HttpClient _slack = new();
        private readonly Uri _post;

        private BareParts(Lab lab)
        {
            _connection = new(lab.Database);
            _post = new($"http://127.0.0.1:{lab.Slack.Port}/api/chat.postMessage");
            _producer = new ProducerBuilder<string, byte[]>(
                new ProducerConfig
                {
                    BootstrapServers = lab.KafkaServers,
                    EnableIdempotence = true,
                    LingerMs = 0,
                }
            ).Build();
            _consumer = new ConsumerBuilder<string, byte[]>(
                new ConsumerConfig
                {
                    BootstrapServers = lab.KafkaServers,
                    GroupId = Topic,
                    FetchWaitMaxMs = FetchWaitMaxMs,
                }
            ).Build();
        }

        public static async Task<BareParts> StartAsync(Lab lab, CancellationToken stop)
        {
            var parts = new BareParts(lab);
            await lab.ExecuteAsync(
                "CREATE TABLE IF NOT EXISTS bare (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, data TEXT)",
                stop
            );
            await parts._connection.OpenAsync(stop);
            lab.Kafka.CreateTopic(Topic, 1);
            parts._consumer.Assign(new TopicPartitionOffset(Topic, 0, Offset.Beginning));
            // Connections, and code that runs for the first time.
            await parts.MeasureAsync(RunsOfTurn, stop);
            return parts;
        }

        /// <returns>The sum of the medians, in milliseconds.</returns>
        public async Task<double> MeasureAsync(int count, CancellationToken stop) =>
            await MedianAsync(count, () => CommitAsync(stop))
            + await MedianAsync(count, () => WriteAndReadAsync(stop))
            + await MedianAsync(count, () => PostAsync(stop));

        public async ValueTask DisposeAsync()
        {
            await _connection.DisposeAsync();
            _producer.Dispose();
            _consumer.Dispose();
            _slack.Dispose();
        }

        private static async Task<double> MedianAsync(int count, Func<Task> part)
        {
            List<double> latencies = [];
            for (var turn = 0; turn < count; turn++)
            {
                var started = Stopwatch.GetTimestamp();
                await part();
                latencies.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }

            return Result.Median(latencies);
        }

        private async Task CommitAsync(CancellationToken stop)
        {
            await using var insert = new NpgsqlCommand("INSERT INTO bare (data) VALUES ('an order')", _connection);
            await insert.ExecuteNonQueryAsync(stop);
        }

        private async Task WriteAndReadAsync(CancellationToken stop)
        {
            var read = Task.Run(() => _consumer.Consume(stop), stop);
            await _producer.ProduceAsync(Topic, new() { Key = EventTypes.OrderPlaced, Value = new byte[150] }, stop);
            await read;
        }

        private async Task PostAsync(CancellationToken stop)
        {
            using var content = new ByteArrayContent(new byte[1000]);
            using var answer = await _slack.PostAsync(_post, content, stop);
            answer.EnsureSuccessStatusCode();
        }
    }
}
