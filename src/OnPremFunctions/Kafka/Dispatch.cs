using System.Diagnostics.CodeAnalysis;

namespace OnPremFunctions.Kafka;

/// <summary>The records of one invocation: those of one key, or in a batch of several keys.</summary>
[SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "Other threads may cancel it until it ends; the source holds no timer and no handle."
)]
internal sealed class Dispatch(IReadOnlyList<WorkItem> items)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _interrupt = new();

    public IReadOnlyList<WorkItem> Items => items;

    /// <summary>All records by partition and offset, so that those of each key are in order.</summary>
    public IReadOnlyList<RecordSlot> Records { get; } =
    [
        .. items
            .SelectMany(static item => item.Current)
            .OrderBy(static slot => slot.Record.Partition)
            .ThenBy(static slot => slot.Record.Offset),
    ];

    public CancellationToken Interrupted => _interrupt.Token;

    public Task Ended => _ended.Task;

    /// <summary>
    /// Cancels the invocation. Returns at once: callbacks of the token do not run on the consumer's thread.
    /// </summary>
    public void Interrupt() => _ = _interrupt.CancelAsync();

    public void End() => _ended.SetResult();
}
