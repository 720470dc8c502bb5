using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OnPremFunctions.Hosting;

namespace OnPremFunctions.Invocation;

/// <summary>One invocation. Members that few functions use are created on first use.</summary>
internal sealed class InvocationContext(FunctionDescriptor function, object triggerValue, W3CTrace trace)
    : FunctionContext
{
    /// <summary>The item that Microsoft's <c>GetHttpContext()</c> reads.</summary>
    private const string HttpContextItem = "HttpRequestContext";

    private string? _invocationId;
    private IDictionary<object, object>? _items;
    private CancellationToken _cancellation;

    public FunctionDescriptor Function => function;

    public object TriggerValue => triggerValue;

    public HttpContext? HttpContext { get; init; }

    public RetryState? Retry { get; init; }

    public IReadOnlyDictionary<string, object?> BindingData { get; init; } = ImmutableDictionary<string, object?>.Empty;

    /// <summary>The result of an HTTP function. It is written when all middleware has returned.</summary>
    public IResult? Result { get; set; }

    public override string InvocationId => _invocationId ??= Guid.CreateVersion7().ToString();

    public override string FunctionId => function.Id;

    public override TraceContext TraceContext => trace;

    public override BindingContext BindingContext => field ??= new Bindings(BindingData);

    /// <summary>Null when nothing retries the function; Microsoft's type does not say so.</summary>
    public override RetryContext RetryContext => Retry!;

    public override IServiceProvider InstanceServices { get; set; } = null!;

    public override FunctionDefinition FunctionDefinition => function;

    public override IDictionary<object, object> Items
    {
        get => _items ??= NewItems();
        set => _items = value;
    }

    public override IInvocationFeatures Features => field ??= new InvocationFeatures();

    public override CancellationToken CancellationToken => _cancellation;

    public void CancelWith(CancellationToken token) => _cancellation = token;

    private Dictionary<object, object> NewItems()
    {
        Dictionary<object, object> items = [];
        if (HttpContext is not null)
            items[HttpContextItem] = HttpContext;
        return items;
    }

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

/// <summary>W3C trace context; both values are empty when the trigger had none.</summary>
internal sealed class W3CTrace(string? parent, string? state) : TraceContext
{
    public static W3CTrace None { get; } = new(null, null);

    public override string TraceParent => parent ?? "";

    public override string TraceState => state ?? "";
}
