using System.Diagnostics.CodeAnalysis;

namespace OnPremFunctions.Kafka;

/// <summary>The next records of one key, from their first attempt until all are done. Only ever in one place at a time, so not locked.</summary>
internal sealed class LaneWork(KeyLane lane, List<RecordSlot> records)
{
    /// <summary>What a record that is run alone has at least, so that none pays for another's failures with its own.</summary>
    private const int LeastRetriesAlone = 3;

    private int _retriesAtStart;
    private int _attemptsAtStart;

    public KeyLane Lane => lane;

    /// <summary>Those not done.</summary>
    public List<RecordSlot> Records => records;

    /// <summary>What the next attempt is about: one record when they are run one at a time.</summary>
    public IReadOnlyList<RecordSlot> Current => IsOneByOne ? Records.GetRange(0, 1) : Records;

    /// <summary>Its records are run one at a time to find those that fail.</summary>
    public bool IsOneByOne { get; private set; }

    /// <summary>How often the current records were put off and it counted.</summary>
    public int Retries { get; set; }

    /// <summary>How often they were put off because the function said for how long.</summary>
    public int FreeWaits { get; set; }

    /// <summary>How often a function was called with the current records.</summary>
    public int Attempts { get; set; }

    /// <summary>Why the current record goes to the dead letters; null while it does not.</summary>
    public Exception? GivenUp { get; set; }

    /// <summary>How often the dead-letter handler threw.</summary>
    public int DeadLetterRetries { get; set; }

    /// <summary>From now on one record at a time, each with what is left of the retries, or with a few of its own.</summary>
    /// <param name="mostRetries">-1 is for ever.</param>
    public void RunOneByOne(int mostRetries)
    {
        IsOneByOne = true;
        _retriesAtStart = mostRetries < 0 ? Retries : Math.Min(Retries, Math.Max(0, mostRetries - LeastRetriesAlone));
        _attemptsAtStart = Attempts;
        Retries = _retriesAtStart;
        FreeWaits = 0;
    }

    /// <summary>The current records are done with; those left, if any, start over.</summary>
    public IReadOnlyList<RecordSlot> TakeCurrent()
    {
        var current = Current.ToList();
        Records.RemoveRange(0, current.Count);
        Retries = _retriesAtStart;
        FreeWaits = 0;
        Attempts = _attemptsAtStart;
        GivenUp = null;
        DeadLetterRetries = 0;
        return current;
    }
}

/// <summary>One invocation's worth of work: one key's records, or in a batch several keys'.</summary>
[SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "Interrupted from another thread up to its end; the source holds no timer and no handle."
)]
internal sealed class Dispatch(IReadOnlyList<LaneWork> works)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _interrupt = new();

    public IReadOnlyList<LaneWork> Works => works;

    /// <summary>All its records by partition and offset, so that every key's are in order.</summary>
    public IReadOnlyList<RecordSlot> Records { get; } =
    [
        .. works
            .SelectMany(static work => work.Current)
            .OrderBy(static slot => slot.Record.Partition)
            .ThenBy(static slot => slot.Record.Offset),
    ];

    public CancellationToken Interrupted => _interrupt.Token;

    public Task Ended => _ended.Task;

    /// <summary>Returns at once: what functions do about it is not done on the consumer's thread.</summary>
    public void Interrupt() => _ = _interrupt.CancelAsync();

    public void End() => _ended.SetResult();
}
