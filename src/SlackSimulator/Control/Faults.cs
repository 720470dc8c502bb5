namespace SlackSimulator.Control;

public enum FaultKind
{
    /// <summary>429 with <c>Retry-After</c>.</summary>
    RateLimited,

    /// <summary>An HTTP status, 5xx by default.</summary>
    Error,

    /// <summary>200 with <c>ok: false</c> and an error code of Slack's.</summary>
    Code,

    /// <summary>Waits, then goes on as usual.</summary>
    Slow,

    /// <summary>Drops the connection, does nothing.</summary>
    Reset,

    /// <summary>Does what was asked, then drops the connection.</summary>
    LostAnswer,

    /// <summary>Does what was asked, then waits before it answers.</summary>
    SlowAnswer,
}

/// <summary>What is to go wrong with calls of the Web API (or <c>response_url</c>, or delivered <c>events</c>).</summary>
/// <param name="Method">Method name, or <c>*</c> for every one.</param>
/// <param name="Status">HTTP status of <see cref="FaultKind.Error"/>.</param>
/// <param name="Code">Error code of <see cref="FaultKind.Code"/>.</param>
/// <param name="Ms">Milliseconds of <see cref="FaultKind.Slow"/> and <see cref="FaultKind.SlowAnswer"/>.</param>
/// <param name="RetryAfter">Seconds of <see cref="FaultKind.RateLimited"/>.</param>
/// <param name="Count">How many calls it meets; null means until cleared.</param>
/// <param name="Probability">0 to 1, the share of calls it meets.</param>
/// <param name="Channel">The id of the channel that the calls are about; null means any call.</param>
public sealed record Fault(
    string Method,
    FaultKind Kind,
    int Status = 500,
    string Code = "internal_error",
    int Ms = 1000,
    int RetryAfter = 1,
    int? Count = null,
    double Probability = 1,
    string? Channel = null
);

/// <summary>The faults in force. The first that fits a call is taken; chance comes from a seed, so that a run can be repeated.</summary>
public sealed class FaultBook
{
    private readonly Lock _gate = new();
    private readonly List<Fault> _faults = [];
    private Random _random = new(1);

    /// <summary>Called after a change, also when a counted fault was met.</summary>
    internal Action Changed { get; set; } = static () => { };

    public IReadOnlyList<Fault> Current
    {
        get
        {
            lock (_gate)
                return [.. _faults];
        }
    }

    /// <summary>Replaces every fault; an empty list clears.</summary>
    public void Set(IEnumerable<Fault> faults, int seed = 1)
    {
        lock (_gate)
        {
            _faults.Clear();
            _faults.AddRange(faults);
            _random = SeededRandom(seed);
        }

        Changed();
    }

    /// <param name="channel">What the call names as its channel.</param>
    internal Fault? Take(string method, string? channel = null)
    {
        var met = Find(method, channel);
        if (met is { Count: not null })
            Changed();
        return met;
    }

    private Fault? Find(string method, string? channel)
    {
        lock (_gate)
        {
            for (var index = 0; index < _faults.Count; index++)
            {
                var fault = _faults[index];
                if (!Fits(fault, method, channel) || _random.NextDouble() >= fault.Probability)
                    continue;
                if (fault.Count is { } count)
                {
                    if (count <= 1)
                        _faults.RemoveAt(index);
                    else
                        _faults[index] = fault with { Count = count - 1 };
                }

                return fault;
            }

            return null;
        }
    }

    // "*" is the Web API: what is sent to the app has to be named.
    private static bool Fits(Fault fault, string method, string? channel) =>
        (
            string.Equals(fault.Method, method, StringComparison.Ordinal)
            || (fault.Method is "*" && method is not ("events" or "response_url"))
        ) && (fault.Channel is null || string.Equals(fault.Channel, channel, StringComparison.Ordinal));

    [System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Security",
        "CA5394",
        Justification = "A seed makes a run repeatable; nothing secret comes of it."
    )]
    private static Random SeededRandom(int seed) => new(seed);
}
