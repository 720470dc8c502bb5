namespace Microsoft.Azure.Functions.Worker;

/// <summary>One invocation of one function.</summary>
public abstract class FunctionContext
{
    public abstract string InvocationId { get; }

    public abstract string FunctionId { get; }

    public abstract TraceContext TraceContext { get; }

    public abstract BindingContext BindingContext { get; }

    /// <summary>Null where nothing retries the function (HTTP, or a timer without a retry attribute).</summary>
    public abstract RetryContext? RetryContext { get; }

    /// <summary>The invocation's own DI scope.</summary>
    public abstract IServiceProvider InstanceServices { get; set; }

    public abstract FunctionDefinition FunctionDefinition { get; }

    public abstract IDictionary<object, object> Items { get; set; }

    /// <summary>Cancelled when <c>functionTimeout</c> has passed, the client has gone, the partition was lost, or the host gives up draining.</summary>
    public virtual CancellationToken CancellationToken { get; }
}

/// <summary>W3C trace context as it came with the trigger; empty when it did not.</summary>
public abstract class TraceContext
{
    public abstract string TraceParent { get; }

    public abstract string TraceState { get; }
}

public abstract class BindingContext
{
    /// <summary>For HTTP the route's values; for one Kafka record its topic, partition and offset.</summary>
    public abstract IReadOnlyDictionary<string, object?> BindingData { get; }
}

public abstract class RetryContext
{
    /// <summary>0 in the first call.</summary>
    public abstract int RetryCount { get; }

    public abstract int MaxRetryCount { get; }
}
