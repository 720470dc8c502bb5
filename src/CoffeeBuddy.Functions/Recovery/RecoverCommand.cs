using System.CommandLine;
using System.Globalization;
using CoffeeBuddy.Data.Recovery;
using CoffeeBuddy.Functions.Hosting;
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
        var recover = new Command(
            "recover",
            "After a restore of the database: bring the runs up to what Kafka knows, and replay Kafka since the backup."
        )
        {
            since,
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
                access => RecoverAsync(access, Read(parsed.GetValue(since))!.Value)
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

    private static async Task<int> RecoverAsync(OperatorAccess access, DateTimeOffset backupAt)
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
}
