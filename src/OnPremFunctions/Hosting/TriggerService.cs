using Microsoft.Extensions.Hosting;
using OnPremFunctions.Kafka;
using OnPremFunctions.Timers;

namespace OnPremFunctions.Hosting;

/// <summary>
/// Starts Kafka and timers after all other services, and drains them before any other service stops. While they drain,
/// Kestrel still answers probes (not ready) and scrapes, and the services that functions use still run.
/// </summary>
internal sealed class TriggerService(
    HostState state,
    KafkaListenerFactory kafka,
    TimerListenerFactory timers,
    IHostApplicationLifetime lifetime
) : IHostedLifecycleService, IAsyncDisposable
{
    private bool _isStopped;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(state.Drain);
        state.Listeners = [.. kafka.Create(state), .. timers.Create(state)];
        foreach (var listener in state.Listeners)
            listener.Start();
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        _isStopped = true;
        state.Drain();
        return Task.WhenAll(state.Listeners?.Select(listener => listener.StopAsync(cancellationToken)) ?? []);
    }

    /// <summary>A host that is disposed without being stopped cancels running invocations.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_isStopped)
            await StoppingAsync(new CancellationToken(canceled: true));
        foreach (var listener in state.Listeners ?? [])
            listener.Dispose();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
