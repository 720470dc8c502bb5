using System.Diagnostics;

namespace OnPremFunctions.Invocation;

/// <summary>
/// Starts the span of an invocation as a child of the trigger's trace, so that log lines have its trace id.
/// </summary>
internal static class InvocationActivity
{
    public const string SourceName = "OnPremFunctions";
    private static readonly ActivitySource _source = new(SourceName);

    public static Activity? Start(InvocationContext context)
    {
        // ASP.NET Core has started the request's span from its traceparent. A second span is needed only for listeners.
        if (context.HttpContext is not null && Activity.Current is not null)
            return _source.StartActivity(context.Function.Name);

        var parent = context.TraceContext.TraceParent;
        var state = context.TraceContext.TraceState;
        var kind = context.HttpContext is null ? ActivityKind.Consumer : ActivityKind.Server;
        if (!ActivityContext.TryParse(parent, state, isRemote: true, out var remote))
            remote = default;
        return _source.StartActivity(context.Function.Name, kind, remote)
            ?? StartWithoutListener(context.Function.Name, remote, state);
    }

    private static Activity StartWithoutListener(string name, ActivityContext remote, string state)
    {
        var activity = new Activity(name);
        if (remote.TraceId != default)
            activity.SetParentId(remote.TraceId, remote.SpanId, remote.TraceFlags);
        if (state.Length > 0)
            activity.TraceStateString = state;
        return activity.Start();
    }
}
