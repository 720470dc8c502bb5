using System.Collections;

namespace OnPremFunctions.Invocation;

/// <summary>
/// The log scope of an invocation: <c>FunctionName</c> and <c>InvocationId</c>. No id is created unless a log line uses
/// it.
/// </summary>
internal sealed class InvocationScope(InvocationContext context) : IReadOnlyList<KeyValuePair<string, object?>>
{
    public int Count => 2;

    public KeyValuePair<string, object?> this[int index] =>
        index switch
        {
            0 => new("FunctionName", context.Function.Name),
            1 => new("InvocationId", context.InvocationId),
            _ => throw new ArgumentOutOfRangeException(nameof(index)),
        };

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        yield return this[0];
        yield return this[1];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => $"FunctionName:{context.Function.Name} InvocationId:{context.InvocationId}";
}
