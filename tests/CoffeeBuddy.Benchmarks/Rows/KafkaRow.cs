using System.Diagnostics;
using System.Globalization;
using CoffeeBuddy.Benchmarks.Peers;
using CoffeeBuddy.Sandbox.Processes;
using Confluent.Kafka;

namespace CoffeeBuddy.Benchmarks.Rows;

/// <summary>A function that counts records against a loop that does, with the same commits.</summary>
internal sealed class KafkaRow(bool batched) : Row(batched ? "kafka-batch" : "kafka")
{
    private const int WarmUp = 30_000;
    private const int Measured = 60_000;
    private const int Keys = 1_000;
    private const int Partitions = 12;

    public override async Task<IReadOnlyList<Result>> MeasureAsync(Lab lab, CancellationToken stop)
    {
        var topic = $"benchmark.{Name}";
        lab.Kafka.CreateTopic(topic, Partitions);
        Fill(lab.KafkaServers, topic);
        var function = batched ? PeerCommand.BatchFunction : PeerCommand.SingleFunction;
        var turns = await Turns.TakeAsync(
            () => ReadAsync(lab, topic, function, stop),
            () => ReadAsync(lab, topic, PeerCommand.Loop, stop)
        );
        return [turns.Ratio("records", "/s", Must.AtLeast(0.8)), turns.Ratio("CPU a record", "µs", must: null)];
    }

    private static void Fill(string servers, string topic)
    {
        using var producer = new ProducerBuilder<string, byte[]>(
            new ProducerConfig
            {
                BootstrapServers = servers,
                LingerMs = 20,
                QueueBufferingMaxMessages = 200_000,
            }
        ).Build();
        var value = new byte[150];
        for (var number = 0; number < WarmUp + Measured; number++)
            producer.Produce(topic, new() { Key = $"key-{number % Keys}", Value = value });
        producer.Flush();
    }

    /// <summary>All records of the topic, in a process and a group of their own.</summary>
    private static async Task<IReadOnlyDictionary<string, double>> ReadAsync(
        Lab lab,
        string topic,
        string peer,
        CancellationToken stop
    )
    {
        var reading = new Reading(lab.KafkaServers, topic, $"{peer}-{Guid.NewGuid():N}", WarmUp, Measured);
        var start = new ProcessStartInfo(
            Executable.Dotnet,
            [typeof(KafkaRow).Assembly.Location, "serve", peer, .. reading.Arguments]
        )
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop);
        var line = output.Split('\n').LastOrDefault(text => text.Length > 0 && char.IsAsciiDigit(text[0]));
        var values =
            line?.Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToList()
            ?? throw new InvalidOperationException($"{peer} told no result: {output}");
        return new Dictionary<string, double> { ["records"] = values[0], ["CPU a record"] = values[1] };
    }
}
