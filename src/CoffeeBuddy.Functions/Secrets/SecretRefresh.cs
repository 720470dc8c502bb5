using CoffeeBuddy.Functions.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Secrets;

/// <summary>Reads the secrets again while the worker runs, so that a rotation needs no restart.</summary>
public sealed partial class SecretRefresh(
    IReadOnlyList<SecretSource> sources,
    WorkerMetrics metrics,
    TimeProvider time,
    ILogger<SecretRefresh> logger
) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(sources.Select(source => FollowAsync(source, stoppingToken)));

    private async Task FollowAsync(SecretSource source, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(source.Interval, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stopping.IsCancellationRequested)
                await RefreshAsync(source, stopping);
        }
    }

    private async Task RefreshAsync(SecretSource source, CancellationToken stopping)
    {
        try
        {
            var changed = await source.RefreshAsync(stopping);
            metrics.SecretsRead(source.Name, changed.Count > 0 ? "changed" : "unchanged");
            if (changed.Count > 0)
                Log.Changed(logger, source.Name, string.Join(", ", changed));
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            metrics.SecretsRead(source.Name, "failed");
            Log.Failed(logger, source.Name, exception.Message);
        }
        catch (OperationCanceledException)
        {
            // The worker stops.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Settings changed in {Source}: {Settings}")]
        public static partial void Changed(ILogger logger, string source, string settings);

        [LoggerMessage(LogLevel.Error, "The secrets in {Source} cannot be read; those known stay in use: {Reason}")]
        public static partial void Failed(ILogger logger, string source, string reason);
    }
}
