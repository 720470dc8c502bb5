namespace OnPremFunctions.Invocation;

internal enum Outcome
{
    Success,

    /// <summary>The function, a middleware or writing the response threw.</summary>
    Failure,

    /// <summary>The caller was at fault, and was told so.</summary>
    Rejected,

    /// <summary><c>functionTimeout</c> passed, whatever the function then did.</summary>
    Timeout,

    /// <summary>The client went, the partition was lost, or the host gave up draining.</summary>
    Cancelled,
}

/// <summary>How an invocation ended.</summary>
/// <param name="Error">What was thrown, or says what happened; null on success.</param>
/// <param name="Threw">False also where it came to its end too late.</param>
internal readonly record struct InvocationResult(Outcome Outcome, Exception? Error, bool Threw)
{
    public bool Succeeded => Outcome == Outcome.Success;
}
