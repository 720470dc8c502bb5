namespace CoffeeBuddy.Chaos.People;

public enum Outcome
{
    /// <summary>Answered with success.</summary>
    Promised,

    /// <summary>
    /// No answer, or an error that leaves the result open: Slack showed "We had some trouble connecting".
    /// </summary>
    Unknown,

    /// <summary>Answered with a refusal.</summary>
    Refused,
}

/// <summary>A submitted order. The name of its drink is unique and identifies it.</summary>
public sealed record PromisedOrder(
    Guid RunId,
    string Person,
    string Channel,
    string Drink,
    Outcome Outcome,
    DateTimeOffset Sent,
    DateTimeOffset Answered
);

/// <summary>A cancellation by /coffee-cancel that was answered with success.</summary>
public sealed record PromisedCancel(string Person, string Channel, DateTimeOffset Sent, DateTimeOffset Answered);

/// <summary>What a person has said in a run's thread.</summary>
public sealed record Reply(string Person, string Channel, string Thread, string Text);

/// <summary>The answers that people got.</summary>
internal sealed class PromiseBook
{
    private readonly Lock _gate = new();
    private readonly List<PromisedOrder> _orders = [];
    private readonly List<PromisedCancel> _cancels = [];
    private readonly List<Reply> _replies = [];
    private readonly SortedDictionary<string, int> _operations = new(StringComparer.Ordinal);
    private int _drinks;

    public IReadOnlyList<PromisedOrder> Orders
    {
        get
        {
            lock (_gate)
                return [.. _orders];
        }
    }

    public IReadOnlyList<PromisedCancel> Cancels
    {
        get
        {
            lock (_gate)
                return [.. _cancels];
        }
    }

    public IReadOnlyList<Reply> Replies
    {
        get
        {
            lock (_gate)
                return [.. _replies];
        }
    }

    /// <summary>Number of actions by kind and answer.</summary>
    public IReadOnlyDictionary<string, int> Operations
    {
        get
        {
            lock (_gate)
                return new SortedDictionary<string, int>(_operations, StringComparer.Ordinal);
        }
    }

    public string NextDrink() => $"Brew {Interlocked.Increment(ref _drinks):D6}";

    public void Add(PromisedOrder order)
    {
        lock (_gate)
            _orders.Add(order);
    }

    public void Add(PromisedCancel cancel)
    {
        lock (_gate)
            _cancels.Add(cancel);
    }

    public void Add(Reply reply)
    {
        lock (_gate)
            _replies.Add(reply);
    }

    public void Count(string operation, string outcome)
    {
        lock (_gate)
            _operations[$"{operation}: {outcome}"] = _operations.GetValueOrDefault($"{operation}: {outcome}") + 1;
    }
}
