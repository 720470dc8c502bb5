using System.Collections.Immutable;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using OnPremFunctions.Invocation;

namespace OnPremFunctions.Hosting;

/// <summary>A function that was found to be right: its trigger's settings are resolved and its call is compiled.</summary>
internal sealed class FunctionDescriptor(
    string name,
    MethodInfo method,
    TriggerBinding trigger,
    RetryPolicy? retry,
    FunctionInvoker invoker
) : FunctionDefinition
{
    public override string Id => name;

    public override string Name => name;

    public override string EntryPoint { get; } = $"{method.DeclaringType!.FullName}.{method.Name}";

    public override string PathToAssembly { get; } = method.DeclaringType!.Assembly.Location;

    public override ImmutableArray<FunctionParameter> Parameters { get; } =
    [
        .. method
            .GetParameters()
            .Select(static parameter => new FunctionParameter(parameter.Name!, parameter.ParameterType)),
    ];

    public override IImmutableDictionary<string, BindingMetadata> InputBindings { get; } =
        ImmutableDictionary<string, BindingMetadata>.Empty.Add(trigger.Name, trigger);

    /// <summary>What is created for each invocation; null for a static method.</summary>
    public Type? Class { get; } = method.IsStatic ? null : method.DeclaringType;

    public TriggerBinding Trigger => trigger;

    /// <summary>What the method's retry attribute says; null without one.</summary>
    public RetryPolicy? Retry => retry;

    public FunctionInvoker Invoker => invoker;
}

/// <summary>What calls a function.</summary>
internal abstract class TriggerBinding(string parameterName) : BindingMetadata
{
    public override string Name => parameterName;

    public override BindingDirection Direction => BindingDirection.In;
}
