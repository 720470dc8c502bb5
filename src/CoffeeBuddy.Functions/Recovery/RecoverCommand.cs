using System.CommandLine;
using System.Globalization;
using CoffeeBuddy.Data.Recovery;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Hosting;
using Confluent.Kafka;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;

namespace CoffeeBuddy.Functions.Recovery;

/// <summary>
/// <c>CoffeeBuddy.Functions recover --since TIME</c>: after a restore of the database, does again what Kafka still
/// knows about the runs, and lets the workers process all records since the backup again. Safe to repeat.
/// </summary>
internal static class RecoverCommand
{
    /// <summary>Largest assumed difference between the clocks of the backup and of the workers.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    /// <summary>For a day's events, one after the other.</summary>
    private static readonly TimeSpan LongestWork = TimeSpan.FromMinutes(1);

    public static Command Create()
    {
        var since = new Option<string>("--since")
        {
            Description = "Time of the backup in UTC, such as 2026-01-31T02:17:00Z.",
            Required = true,
        };
        var skipRefused = new Option<bool>("--skip-refused")
        {
            Description =
                "Ignore records whose signature is missing or wrong. Without it nothing is done if there are any.",
        };
        var recover = new Command(
            "recover",
            "After a restore of the database: bring the runs up to what Kafka knows, and replay Kafka since the backup."
        )
        {
            since,
            skipRefused,
        };
        recover.Validators.Add(result =>
        {
            if (Read(result.GetValue(since)) is null)
                result.AddError("--since must be a time in UTC that has passed, such as 2026-01-31T02:17:00Z.");
        });
        recover.SetAction(parsed =>
            OperatorCommand.RunAsync(
                "what happened since the backup is there",
                "it is the restored database",
                LongestWork,
                access => RecoverAsync(access, Read(parsed.GetValue(since))!.Value, parsed.GetValue(skipRefused))
            )
        );
        return recover;
    }

    private static DateTimeOffset? Read(string? text) =>
        DateTimeOffset.TryParseExact(
            text,
            "yyyy-MM-dd'T'HH:mm:ss'Z'",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var time
        )
        && time < TimeProvider.System.GetUtcNow()
            ? time
            : null;

    private static async Task<int> RecoverAsync(OperatorAccess access, DateTimeOffset backupAt, bool skipRefused)
    {
        var prefix = access.Configuration["Kafka:ConsumerGroup"]!;
        var topics = FunctionTriggers
            .Of<KafkaTriggerAttribute>()
            .Select(trigger => new ReplayedTopic(
                access.Kafka,
                trigger.Topic,
                trigger.ConsumerGroup!.Replace("%Kafka:ConsumerGroup%", prefix, StringComparison.Ordinal)
            ))
            .ToList();
        try
        {
            // All groups at once: joining one takes seconds.
            var read = await Task.WhenAll(topics.Select(topic => Task.Run(() => topic.Read(backupAt - ClockSkew))));
            var records = read.SelectMany(records => records).ToList();
            // A key that is missing here would silently lose the runs of its records.
            if (!skipRefused && Refusal(records, access.Seal) is { } refusal)
                return OperatorCommand.Fail(refusal);
            var recovered = await new RecoveryStore(access.Database, TimeProvider.System).RecoverAsync(
                records.Select(record => ReplayedTopic.ReadEvent(record, access.Seal)).OfType<KeptEvent>(),
                backupAt,
                CancellationToken.None
            );
            foreach (var topic in topics)
                topic.Rewind();
            Console.WriteLine(
                $"{recovered.Created} runs were opened again without orders, {recovered.Assigned} got their runner, {recovered.Closed} were closed; {recovered.Active} are active."
            );
            Console.WriteLine($"The workers will process {records.Count} records again. Start them now.");
            return 0;
        }
        finally
        {
            topics.ForEach(topic => topic.Dispose());
        }
    }

    /// <returns>Null when all records are signed as required.</returns>
    private static string? Refusal(IEnumerable<ConsumeResult<byte[]?, byte[]?>> records, RecordSeal seal)
    {
        var refused = records
            .Select(record => (record.TopicPartitionOffset, Fault: ReplayedTopic.FaultOf(record, seal)))
            .Where(record => record.Fault is not null)
            .ToList();
        if (refused.Count == 0)
            return null;
        var (first, fault) = refused[0];
        return $"{refused.Count} records since the backup are refused, the first at {first.Topic} {first.Partition.Value}@{first.Offset.Value}: {fault} "
            + "Set Kafka__AcceptedRecordKey or Kafka__UnsignedUntil if workers wrote them, otherwise repeat this with --skip-refused. Nothing was done.";
    }
}
