namespace OnPremFunctions.Hosting;

/// <summary>What the parts of a running host tell each other.</summary>
internal sealed class HostState
{
    private volatile bool _isDraining;

    public JobHostOptions Options { get; set; } = new();

    public IReadOnlyList<FunctionDescriptor> Functions { get; set; } = [];

    /// <summary>Null until the host has started.</summary>
    public IReadOnlyList<ITriggerListener>? Listeners { get; set; }

    public bool IsDraining => _isDraining;

    public void Drain() => _isDraining = true;
}

/// <summary>Calls one function when its Kafka topic or its clock says so.</summary>
internal interface ITriggerListener : IDisposable
{
    string FunctionName { get; }

    /// <summary>Has taken up its work once, so that what it depends on was there.</summary>
    bool IsReady { get; }

    /// <summary>Still looks for work.</summary>
    bool IsAlive { get; }

    void Start();

    /// <summary>Takes nothing new and returns when what runs has ended; <paramref name="cancellationToken"/> interrupts what runs.</summary>
    Task StopAsync(CancellationToken cancellationToken);
}
