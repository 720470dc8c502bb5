namespace OnPremFunctions.Invocation;

internal enum Outcome
{
    Success,

    /// <summary>The function or a middleware threw, or the response could not be written.</summary>
    Failure,

    /// <summary>The request was invalid, and the response says so.</summary>
    Rejected,

    /// <summary><c>functionTimeout</c> passed, whether or not the function returned afterwards.</summary>
    Timeout,

    /// <summary>The client disconnected, the partition was lost, or the drain time was over.</summary>
    Cancelled,
}

/// <summary>How an invocation ended.</summary>
/// <param name="Error">The exception, or one that describes a timeout or cancellation; null on success.</param>
/// <param name="Threw">False when the function returned, also when it returned after its timeout.</param>
internal readonly record struct InvocationResult(Outcome Outcome, Exception? Error, bool Threw)
{
    public bool Succeeded => Outcome == Outcome.Success;
}
