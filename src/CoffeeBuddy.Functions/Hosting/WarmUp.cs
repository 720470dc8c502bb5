using System.Diagnostics;
using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Inbox;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Security;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CoffeeBuddy.Functions.Hosting;

/// <summary>
/// Runs the hot paths of Slack requests once before the worker is ready, without storing or sending anything:
/// PostgreSQL connections and statements, Kafka's metadata, Slack payloads and the order form. Without it the first
/// people after a deployment would wait for seconds, and Slack gives up after 3 s. A role without Slack requests has
/// nobody who waits: it skips this.
/// </summary>
/// <param name="services">
/// The services are taken from it in the background, because creating them takes time.
/// </param>
public sealed partial class WarmUp(
    IServiceProvider services,
    IConfiguration configuration,
    IOptions<AuthenticationTable> authentication,
    IHostApplicationLifetime lifetime,
    ILogger<WarmUp> logger
) : IHostedLifecycleService
{
    private static readonly TimeSpan KafkaTimeout = TimeSpan.FromSeconds(3);

    private Task _run = Task.CompletedTask;

    /// <summary>Begins in the background, beside the start of the other services.</summary>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        _run = Task.Run(() => RunAsync(lifetime.ApplicationStopping), cancellationToken);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => _run.WaitAsync(cancellationToken);

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>No list of selected functions means all of them.</summary>
    private bool ServesSlack =>
        configuration.GetSection("AzureFunctionsJobHost:functions").Get<string[]>() is not { Length: > 0 } selected
        || Array.Exists(selected, function => authentication.Value.Of(function) is SlackSignedAttribute);

    private async Task RunAsync(CancellationToken stopping)
    {
        if (!ServesSlack)
            return;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(
            Task.Run(() => RehearseDatabaseAsync(stopping), stopping),
            Task.Run(ReadKafkaMetadata, stopping),
            Task.Run(
                () => SlackRehearsal.Run(services.GetRequiredService<IOptions<CoffeeOptions>>().Value.Menu),
                stopping
            )
        );
        Log.Warm(logger, (int)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    private async Task RehearseDatabaseAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(
                services.GetRequiredService<RunStore>().RehearseAsync(cancellationToken),
                services.GetRequiredService<ProcessedEvents>().RehearseAsync(cancellationToken)
            );
        }
        catch (Exception exception) when (exception is DatabaseFailureException or PostgresException)
        {
            // Away: the worker starts without it, answers 503 where it needs it, and recovers by itself. Not migrated:
            // see SchemaHealth.
        }
    }

    private void ReadKafkaMetadata()
    {
        try
        {
            services.GetRequiredService<EventProducer>().ReadMetadata(Topics.All, KafkaTimeout);
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
