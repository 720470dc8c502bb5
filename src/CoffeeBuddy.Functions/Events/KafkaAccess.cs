using System.Text.Json;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Events;

/// <summary>Finds out what the worker lacks in Kafka: a login, topics, permissions.</summary>
public sealed class KafkaAccess(IOptionsMonitor<KafkaOptions> options)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    /// <returns>What is missing, a sentence each; null when Kafka does not answer.</returns>
    public async Task<IReadOnlyList<string>?> FaultsAsync(IReadOnlyList<string> topics)
    {
        var describing = Task.Run(() => DescribeAsync(topics));
        var writing = await TryWriteAsync();
        var described = await describing;
        if (writing is { Length: > 0 })
            return [writing, .. described ?? []];
        return writing is null ? null : described;
    }

    /// <summary>Logs in and asks for a producer id, as the idempotent producer does.</summary>
    /// <returns>What refuses that; empty when nothing does; null when Kafka does not answer.</returns>
    private async Task<string?> TryWriteAsync()
    {
        var result = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var config = new ProducerConfig { EnableIdempotence = true, StatisticsIntervalMs = 50 };
        options.CurrentValue.Configure(config);
        using var producer = new ProducerBuilder<Null, Null>(config)
            .SetLogHandler((_, _) => { })
            .SetErrorHandler(
                (_, error) =>
                {
                    if (error.Code is ErrorCode.Local_Authentication or ErrorCode.Local_Ssl)
                        result.TrySetResult($"Kafka refuses the login: {error.Reason}");
                    else if (error.IsFatal)
                        result.TrySetResult($"The cluster needs the permission IdempotentWrite: {error.Reason}");
                }
            )
            .SetStatisticsHandler(
                (_, statistics) =>
                {
                    if (HasProducerId(statistics))
                        result.TrySetResult("");
                }
            )
            .Build();
        try
        {
            return await result.Task.WaitAsync(Timeout);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private static bool HasProducerId(string statistics)
    {
        using var json = JsonDocument.Parse(statistics);
        return json.RootElement.TryGetProperty("eos", out var idempotence)
            && idempotence.GetProperty("idemp_state").ValueEquals("Assigned");
    }

    private async Task<IReadOnlyList<string>?> DescribeAsync(IReadOnlyList<string> topics)
    {
        // Through a consumer's connection: a separate admin client would create a missing topic.
        var config = new ConsumerConfig { GroupId = "coffeebuddy-access-check" };
        options.CurrentValue.Configure(config);
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(config)
            .SetLogHandler((_, _) => { })
            .SetErrorHandler((_, _) => { })
            .Build();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        try
        {
            var faults = topics
                .Select(topic => Fault(topic, admin.GetMetadata(topic, Timeout).Topics.Single().Error))
                .OfType<string>()
                .ToList();
            return faults.Count > 0 || options.CurrentValue.SecurityProtocol == SecurityProtocol.Plaintext
                ? faults
                : await DeniedAsync(admin, topics);
        }
        catch (KafkaException)
        {
            return null;
        }
    }

    private static string? Fault(string topic, Error error) =>
        error.Code switch
        {
            ErrorCode.NoError or ErrorCode.LeaderNotAvailable => null,
            ErrorCode.UnknownTopicOrPart => $"The topic {topic} does not exist.",
            _ => $"The topic {topic} cannot be used: {error.Reason}.",
        };

    /// <summary>
    /// The topics that this login may describe and not write to. Brokers that know no permissions name none.
    /// </summary>
    private static async Task<IReadOnlyList<string>> DeniedAsync(IAdminClient admin, IReadOnlyList<string> topics)
    {
        var described = await admin.DescribeTopicsAsync(
            TopicCollection.OfTopicNames(topics),
            new DescribeTopicsOptions { IncludeAuthorizedOperations = true, RequestTimeout = Timeout }
        );
        return
        [
            .. described
                .TopicDescriptions.Where(topic =>
                    topic.AuthorizedOperations is { Count: > 0 } allowed && !allowed.Contains(AclOperation.Write)
                )
                .Select(topic => $"The topic {topic.Name} needs the permission Write."),
        ];
    }
}
