namespace OnPremFunctions.Hosting;

/// <summary>State that the parts of a host share.</summary>
internal sealed class HostState
{
    private volatile bool _isDraining;

    public JobHostOptions Options { get; set; } = new();

    public IReadOnlyList<FunctionDescriptor> Functions { get; set; } = [];

    /// <summary>Null until the host has started.</summary>
    public IReadOnlyList<ITriggerListener>? Listeners { get; set; }

    public bool IsDraining => _isDraining;

    /// <summary>
    /// Why the host is not ready: it starts, it drains, or a Kafka function has no partitions yet although some are left
    /// for it. Null when it is ready. A broker that fails later does not make it unready.
    /// </summary>
    public string? NotReadyBecause
    {
        get
        {
            if (IsDraining)
                return "draining";
            if (Listeners is null)
                return "starting";

            var waiting = Listeners
                .Where(static listener => listener.NotReadyBecause is not null)
                .Select(static listener => $"{listener.FunctionName} {listener.NotReadyBecause}")
                .ToList();
            return waiting.Count == 0 ? null : string.Join('\n', waiting);
        }
    }

    public void Drain() => _isDraining = true;
}

/// <summary>Calls one function from its Kafka topic or by its schedule.</summary>
internal interface ITriggerListener : IDisposable
{
    string FunctionName { get; }

    /// <summary>What it waits for before it is ready, as the predicate of a sentence; null once it was ready.</summary>
    string? NotReadyBecause { get; }

    /// <summary>False when it has stopped polling.</summary>
    bool IsAlive { get; }

    void Start();

    /// <summary>
    /// Takes no more work and waits for running invocations. <paramref name="cancellationToken"/> cancels these.
    /// </summary>
    Task StopAsync(CancellationToken cancellationToken);
}
