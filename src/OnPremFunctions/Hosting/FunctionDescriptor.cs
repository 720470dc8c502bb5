using System.Collections.Immutable;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using OnPremFunctions.Invocation;

namespace OnPremFunctions.Hosting;

/// <summary>A function without faults: the settings of its trigger are resolved and its call is compiled.</summary>
internal sealed class FunctionDescriptor(
    IFunctionMetadata metadata,
    MethodInfo method,
    TriggerBinding trigger,
    RetryPolicy? retry
) : FunctionDefinition
{
    public override string Id { get; } = metadata.FunctionId!;

    public override string Name { get; } = metadata.Name!;

    public override string EntryPoint { get; } = metadata.EntryPoint!;

    public override string PathToAssembly { get; } = method.DeclaringType!.Assembly.Location;

    public override ImmutableArray<FunctionParameter> Parameters { get; } =
    [
        .. method
            .GetParameters()
            .Select(static parameter => new FunctionParameter(parameter.Name!, parameter.ParameterType)),
    ];

    public override IImmutableDictionary<string, BindingMetadata> InputBindings { get; } =
        ImmutableDictionary<string, BindingMetadata>.Empty.Add(trigger.Name, trigger);

    /// <summary>Empty: this host has no output bindings.</summary>
    public override IImmutableDictionary<string, BindingMetadata> OutputBindings =>
        ImmutableDictionary<string, BindingMetadata>.Empty;

    /// <summary>The class that is created for each invocation; null for a static method.</summary>
    public Type? Class { get; } = method.IsStatic ? null : method.DeclaringType;

    public TriggerBinding Trigger => trigger;

    /// <summary>The policy of the method's retry attribute; null without one.</summary>
    public RetryPolicy? Retry => retry;

    public FunctionInvoker Invoker { get; } = FunctionInvoker.Compile(method, trigger.Name);
}

/// <summary>The parameter that a function is called with, and the settings of its trigger.</summary>
internal abstract class TriggerBinding(string parameterName) : BindingMetadata
{
    public override string Name => parameterName;

    public override BindingDirection Direction => BindingDirection.In;
}
