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

    /// <summary>
    /// Why the host should get no traffic: it drains, or not every Kafka function has joined its group once. A broker that goes later changes
    /// nothing here. Null when it is ready.
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
                .Where(static listener => !listener.IsReady)
                .Select(static listener => listener.FunctionName)
                .ToList();
            return waiting.Count == 0 ? null : $"not yet in their consumer groups: {string.Join(", ", waiting)}";
        }
    }

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
