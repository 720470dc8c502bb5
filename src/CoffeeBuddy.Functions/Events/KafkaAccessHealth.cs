using CoffeeBuddy.Core.Events;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Events;

/// <summary>
/// Not ready while the worker lacks a topic or a permission in Kafka, so that a rollout stops. Ready while Kafka is
/// away: the outbox keeps the events. Checked from the start until nothing is missing, and then no more.
/// </summary>
public sealed partial class KafkaAccessHealth(KafkaAccess access, TimeProvider time, ILogger<KafkaAccessHealth> logger)
    : BackgroundService,
        IHostedLifecycleService,
        IHealthCheck
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _isChecked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? _missing;

    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    ) => Task.FromResult(_missing is null ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy(_missing));

    /// <summary>The start ends with the first check, which runs beside the start of everything else.</summary>
    public Task StartedAsync(CancellationToken cancellationToken) => _isChecked.Task.WaitAsync(cancellationToken);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var faults = await access.FaultsAsync(Topics.All);
            var missing = faults is { Count: > 0 } ? string.Join(' ', faults) : null;
            if (missing is not null && missing != _missing)
                Log.Missing(logger, missing);
            _missing = missing;
            _isChecked.TrySetResult();
            if (faults is { Count: 0 })
                return;
            await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The worker is not ready, because it lacks something in Kafka: {Missing}")]
        public static partial void Missing(ILogger logger, string missing);
    }
}
