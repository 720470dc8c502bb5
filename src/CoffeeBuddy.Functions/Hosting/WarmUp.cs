using System.Diagnostics;
using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Runs;
using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CoffeeBuddy.Functions.Hosting;

/// <summary>
/// Runs the hot paths once before the worker is ready, without storing or sending anything: PostgreSQL connections and
/// statements, Kafka's metadata, Slack payloads and the order form. Without it the first people after a deployment
/// would wait for seconds, and Slack gives up after 3 s.
/// </summary>
public sealed partial class WarmUp(
    RunStore runs,
    IProducer<string, byte[]> producer,
    IOptions<CoffeeOptions> coffee,
    IOptions<DataOptions> data,
    ILogger<WarmUp> logger
) : IHostedService
{
    /// <summary>Connections that are opened before the first request, at most the size of the pool.</summary>
    private const int Connections = 8;

    /// <summary>
    /// Rehearsals on each connection: code is compiled again, optimized, after it has run some times.
    /// </summary>
    private const int Rehearsals = 4;

    private static readonly TimeSpan KafkaTimeout = TimeSpan.FromSeconds(3);

    private static readonly string[] ProducedTopics =
    [
        Topics.Orders,
        Topics.Assignments,
        Topics.Completions,
        Topics.SlackEvents,
        Topics.DeadLetter,
    ];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(
            Task.Run(ReadKafkaMetadata, cancellationToken),
            Task.Run(() => SlackRehearsal.Run(coffee.Value.Menu), cancellationToken),
            RehearseDatabaseAsync(cancellationToken)
        );
        Log.Warm(logger, (int)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task RehearseDatabaseAsync(CancellationToken cancellationToken)
    {
        var connections = Math.Min(Connections, data.Value.MaxPoolSize);
        try
        {
            // At the same time, so that each takes a connection of its own.
            await Task.WhenAll(
                Enumerable.Range(0, connections).Select(_ => Task.Run(RehearseAsync, cancellationToken))
            );
        }
        catch (Exception exception) when (exception is DatabaseFailureException or PostgresException)
        {
            // Away: the worker starts without it, answers 503 where it needs it, and recovers by itself. Not migrated:
            // see SchemaHealth.
        }

        async Task RehearseAsync()
        {
            for (var time = 0; time < Rehearsals; time++)
                await runs.RehearseAsync(cancellationToken);
        }
    }

    private void ReadKafkaMetadata()
    {
        try
        {
            using var client = new DependentAdminClientBuilder(producer.Handle).Build();
            foreach (var topic in ProducedTopics)
                client.GetMetadata(topic, KafkaTimeout);
        }
        catch (KafkaException)
        {
            // Kafka is away: the outbox keeps the events until it is back.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Warmed up in {Milliseconds} ms")]
        public static partial void Warm(ILogger logger, int milliseconds);
    }
}
