using System.Text.Json.Nodes;
using FunctionsHost.Conformance.Rpc;

namespace FunctionsHost.Conformance.Host;

/// <summary>A function as the worker described it.</summary>
public sealed class LoadedFunction
{
    private readonly RpcFunctionMetadata _metadata;

    public LoadedFunction(RpcFunctionMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        _metadata = metadata;
        Bindings = [.. metadata.RawBindings.Select(binding => JsonNode.Parse(binding)!.AsObject())];
    }

    public string Name => _metadata.Name;

    public string Id => _metadata.FunctionId;

    /// <summary>The function's retry policy; null where it has none.</summary>
    public RpcRetryOptions? Retry => _metadata.RetryOptions;

    /// <summary>All bindings, as JSON objects in the form of function.json.</summary>
    public IReadOnlyList<JsonObject> Bindings { get; }

    /// <summary>The binding that starts the function.</summary>
    public JsonObject Trigger =>
        Bindings.Single(binding => TypeOf(binding).EndsWith("Trigger", StringComparison.Ordinal));

    public string TriggerType => TypeOf(Trigger);

    /// <summary>The name of the parameter that takes what the trigger gives.</summary>
    public string Parameter => Text("name")!;

    /// <summary>Whether one invocation takes several messages.</summary>
    public bool IsBatch => Text("cardinality") == "Many";

    /// <summary>A text of the trigger's binding, or null.</summary>
    public string? Text(string property) => (string?)Trigger[property];

    /// <summary>
    /// The request to load the function: what the worker told, with the bindings as the host understood them.
    /// </summary>
    public FunctionLoadRequest LoadRequest()
    {
        var metadata = new RpcFunctionMetadata
        {
            Name = _metadata.Name,
            Directory = _metadata.Directory,
            ScriptFile = _metadata.ScriptFile,
            EntryPoint = _metadata.EntryPoint,
        };
        foreach (var binding in Bindings)
            metadata.Bindings.Add((string)binding["name"]!, InfoOf(binding));
        return new FunctionLoadRequest { FunctionId = Id, Metadata = metadata };
    }

    private static string TypeOf(JsonObject binding) => (string)binding["type"]!;

    private static BindingInfo InfoOf(JsonObject binding)
    {
        var info = new BindingInfo
        {
            Type = TypeOf(binding),
            Direction = Enum.Parse<BindingInfo.Types.Direction>((string)binding["direction"]!, ignoreCase: true),
        };
        foreach (var (name, value) in binding["properties"] as JsonObject ?? [])
            info.Properties.Add(name, value?.ToString() ?? "");
        return info;
    }
}
