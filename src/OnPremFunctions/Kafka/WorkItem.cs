namespace OnPremFunctions.Kafka;

/// <summary>
/// The next records of one key, from the first attempt until all are done. Used by one thread at a time, so not locked.
/// </summary>
internal sealed class WorkItem(KeyQueue queue, List<RecordSlot> records)
{
    /// <summary>Minimum number of retries for each record after several records were split.</summary>
    private const int LeastRetriesAlone = 3;

    private int _retriesAtStart;
    private int _attemptsAtStart;

    public KeyQueue Queue => queue;

    /// <summary>The records that are not done.</summary>
    public List<RecordSlot> Records => records;

    /// <summary>The records of the next attempt: all, or the first when they are split.</summary>
    public IReadOnlyList<RecordSlot> Current => IsOneByOne ? Records.GetRange(0, 1) : Records;

    /// <summary>True when the records run one at a time, to find those that fail.</summary>
    public bool IsOneByOne { get; private set; }

    /// <summary>Retries of the current records that count against the policy.</summary>
    public int Retries { get; set; }

    /// <summary>Waits that the function asked for and that do not count as retries.</summary>
    public int FreeWaits { get; set; }

    /// <summary>Calls of the function with the current records.</summary>
    public int Attempts { get; set; }

    /// <summary>The failure for which the current record is to be dead-lettered; null when it is not.</summary>
    public Exception? GivenUp { get; set; }

    /// <summary>Failed calls of the dead-letter handler.</summary>
    public int DeadLetterRetries { get; set; }

    /// <summary>
    /// Splits the records: each runs alone, with the remaining retries but at least <see cref="LeastRetriesAlone"/>.
    /// </summary>
    /// <param name="mostRetries">-1 means no limit.</param>
    public void RunOneByOne(int mostRetries)
    {
        IsOneByOne = true;
        _retriesAtStart = mostRetries < 0 ? Retries : Math.Min(Retries, Math.Max(0, mostRetries - LeastRetriesAlone));
        _attemptsAtStart = Attempts;
        Retries = _retriesAtStart;
        FreeWaits = 0;
    }

    /// <summary>Removes the current records and resets the counts for those that remain.</summary>
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
