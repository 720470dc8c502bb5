using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OnPremFunctions.Hosting;

namespace OnPremFunctions.Invocation;

/// <summary>One invocation. What few functions ask for is made when asked for.</summary>
internal sealed class InvocationContext(FunctionDescriptor function, object triggerValue, W3CTrace trace)
    : FunctionContext
{
    private string? _invocationId;
    private IDictionary<object, object>? _items;
    private CancellationToken _cancellation;

    public FunctionDescriptor Function => function;

    public object TriggerValue => triggerValue;

    public HttpContext? HttpContext { get; init; }

    public RetryContext? Retry { get; init; }

    public IReadOnlyDictionary<string, object?> BindingData { get; init; } = ImmutableDictionary<string, object?>.Empty;

    /// <summary>What an HTTP function returned, written when the middleware is through.</summary>
    public IResult? Result { get; set; }

    public override string InvocationId => _invocationId ??= Guid.CreateVersion7().ToString();

    public override string FunctionId => function.Id;

    public override TraceContext TraceContext => trace;

    public override BindingContext BindingContext => field ??= new Bindings(BindingData);

    public override RetryContext? RetryContext => Retry;

    public override IServiceProvider InstanceServices { get; set; } = null!;

    public override FunctionDefinition FunctionDefinition => function;

    public override IDictionary<object, object> Items
    {
        get => _items ??= new Dictionary<object, object>();
        set => _items = value;
    }

    public override CancellationToken CancellationToken => _cancellation;

    public void CancelWith(CancellationToken token) => _cancellation = token;

    private sealed class Bindings(IReadOnlyDictionary<string, object?> data) : BindingContext
    {
        public override IReadOnlyDictionary<string, object?> BindingData => data;
    }
}

internal sealed class RetryState(int count, int most) : RetryContext
{
    public override int RetryCount => count;

    public override int MaxRetryCount => most;
}

internal sealed class W3CTrace(string? parent, string? state) : TraceContext
{
    public static W3CTrace None { get; } = new(null, null);

    public override string TraceParent => parent ?? "";

    public override string TraceState => state ?? "";
}
