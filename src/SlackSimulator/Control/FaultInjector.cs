namespace SlackSimulator.Control;

/// <summary>The ways in which a call can fail.</summary>
public enum FaultKind
{
    /// <summary>Answers 429 with <c>Retry-After</c>. The call has no effect.</summary>
    RateLimited,

    /// <summary>Answers with an HTTP status, 500 by default. The call has no effect.</summary>
    Error,

    /// <summary>Answers 200 with <c>ok: false</c> and one of Slack's error codes. The call has no effect.</summary>
    Code,

    /// <summary>Waits, then executes the call as usual.</summary>
    Slow,

    /// <summary>Drops the connection. The call has no effect.</summary>
    Reset,

    /// <summary>Executes the call, then drops the connection instead of answering.</summary>
    LostAnswer,

    /// <summary>Executes the call, then waits before it answers.</summary>
    SlowAnswer,
}

/// <summary>
/// A fault to inject into calls of the Web API, into uses of a <c>response_url</c>, or into the delivery of events.
/// </summary>
/// <param name="Method">
/// A method name such as <c>chat.postMessage</c>, <c>*</c> for every Web API method, <c>response_url</c>,
/// <c>webhook</c>, or <c>events</c>. For <c>webhook</c> only <see cref="FaultKind.RateLimited"/> and
/// <see cref="FaultKind.Error"/> have an effect. For <c>events</c> only <see cref="FaultKind.LostAnswer"/> has one: the
/// app's answer is ignored, so the event is sent again.
/// </param>
/// <param name="Kind">What happens to the call.</param>
/// <param name="Status">The HTTP status of <see cref="FaultKind.Error"/>.</param>
/// <param name="Code">Slack's error code of <see cref="FaultKind.Code"/>.</param>
/// <param name="Ms">The wait, in milliseconds, of <see cref="FaultKind.Slow"/> and
/// <see cref="FaultKind.SlowAnswer"/>.</param>
/// <param name="RetryAfter">The <c>Retry-After</c> header, in seconds, of <see cref="FaultKind.RateLimited"/>.</param>
/// <param name="Count">The number of calls it affects; null affects calls until the fault is cleared.</param>
/// <param name="Probability">The share of matching calls it affects, 0 to 1.</param>
/// <param name="Channel">Affects only calls whose <c>channel</c> argument is this id; null affects any call.</param>
/// <param name="User">Affects only calls about this person: their id is the <c>user</c>, <c>users</c> or <c>user_id</c>
/// argument; null affects any call.</param>
public sealed record Fault(
    string Method,
    FaultKind Kind,
    int Status = 500,
    string Code = "internal_error",
    int Ms = 1000,
    int RetryAfter = 1,
    int? Count = null,
    double Probability = 1,
    string? Channel = null,
    string? User = null
);

/// <summary>The faults to inject. The first fault that matches a call is used. Thread-safe.</summary>
public sealed class FaultInjector
{
    private readonly Lock _gate = new();
    private readonly List<Fault> _faults = [];
    private Random _random = new(1);

    /// <summary>Called after a change of the list, also when a fault with a count was used.</summary>
    internal Action Changed { get; set; } = static () => { };

    /// <summary>The faults as they are now, with the remaining counts.</summary>
    public IReadOnlyList<Fault> Current
    {
        get
        {
            lock (_gate)
                return [.. _faults];
        }
    }

    /// <summary>Replaces all faults; an empty list clears them.</summary>
    /// <param name="faults">The new faults, in the order in which they are tried.</param>
    /// <param name="seed">Seeds the random choice for <see cref="Fault.Probability"/>, so that a run can be
    /// repeated.</param>
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

    /// <summary>The fault for a call, or null; reduces its count.</summary>
    /// <param name="channel">The call's <c>channel</c> argument.</param>
    /// <param name="user">The person whom the call is about.</param>
    internal Fault? Take(string method, string? channel = null, string? user = null)
    {
        var met = Find(method, channel, user);
        if (met is { Count: not null })
            Changed();
        return met;
    }

    private Fault? Find(string method, string? channel, string? user)
    {
        lock (_gate)
        {
            for (var index = 0; index < _faults.Count; index++)
            {
                var fault = _faults[index];
                if (!Fits(fault, method, channel, user) || _random.NextDouble() >= fault.Probability)
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

    // "*" stands for every Web API method only.
    private static bool Fits(Fault fault, string method, string? channel, string? user) =>
        (
            string.Equals(fault.Method, method, StringComparison.Ordinal)
            || (fault.Method is "*" && method is not ("events" or "response_url" or "webhook"))
        )
        && (fault.Channel is null || string.Equals(fault.Channel, channel, StringComparison.Ordinal))
        && (fault.User is null || string.Equals(fault.User, user, StringComparison.Ordinal));

    [System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Security",
        "CA5394",
        Justification = "A seed makes a run repeatable; the numbers are not used for secrets."
    )]
    private static Random SeededRandom(int seed) => new(seed);
}
