using System.Reflection;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OnPremFunctions.Http;
using OnPremFunctions.Invocation;
using OnPremFunctions.Kafka;
using OnPremFunctions.Timers;

namespace OnPremFunctions.Hosting;

/// <summary>
/// Turns function metadata into functions that can be called, and collects everything that is wrong with them.
/// </summary>
internal sealed class FunctionCatalog(
    JobHostOptions options,
    IConfiguration configuration,
    IServiceProviderIsService services,
    IInlineConstraintResolver constraints,
    List<string> faults
)
{
    private readonly SettingResolver _settings = new(configuration);

    /// <returns>The selected functions that have no fault.</returns>
    public IReadOnlyList<FunctionDescriptor> Load(IReadOnlyCollection<IFunctionMetadata> metadata)
    {
        CheckNames(metadata);
        var selected = options.Functions.ToHashSet(StringComparer.OrdinalIgnoreCase);
        return
        [
            .. metadata
                .Where(function => selected.Count == 0 || selected.Contains(function.Name ?? ""))
                .Select(Bind)
                .OfType<FunctionDescriptor>(),
        ];
    }

    private void CheckNames(IReadOnlyCollection<IFunctionMetadata> metadata)
    {
        var byName = metadata
            .GroupBy(static function => function.Name ?? "", StringComparer.OrdinalIgnoreCase)
            .ToDictionary(
                static group => group.Key,
                static group => group.Select(Describe).ToList(),
                StringComparer.OrdinalIgnoreCase
            );
        faults.AddRange(
            byName
                .Where(static pair => pair.Value.Count > 1)
                .Select(static pair =>
                    $"The function name \"{pair.Key}\" is used by {string.Join(" and ", pair.Value)}."
                )
        );
        faults.AddRange(
            options
                .Functions.Where(name => !byName.ContainsKey(name))
                .Select(name =>
                    $"{HostFile.Section}:functions selects \"{name}\", but there is no such function. There are: {string.Join(", ", byName.Keys.Order(StringComparer.Ordinal))}."
                )
        );
    }

    /// <summary>The class's name and the method's, without the namespace.</summary>
    private static string Describe(IFunctionMetadata function) =>
        string.Join('.', (function.EntryPoint ?? "").Split('.', '+').TakeLast(2));

    private FunctionDescriptor? Bind(IFunctionMetadata function)
    {
        var before = faults.Count;
        var name = function.Name ?? "";
        void Fault(string what) => faults.Add($"Function {name} ({Describe(function)}): {what}.");

        if (FunctionMethod.Find(function) is not { } method)
        {
            Fault(
                $"{function.ScriptFile} has no method {function.EntryPoint} with this name; its class must not be nested"
            );
            return null;
        }

        if (string.IsNullOrWhiteSpace(name))
            Fault("it has no name");
        var retry = RetryPolicy.From(AttributeReader.Read<RetryAttribute>(method, Fault).FirstOrDefault(), Fault);
        var trigger = BindTrigger(name, method, retry, Fault);
        if (trigger is KafkaBinding)
            retry = options.Kafka.RetryOf(retry, Fault);
        FunctionSignature.Check(method, trigger, Fault);
        if (!method.IsStatic)
            FunctionSignature.CheckDependencies(method.DeclaringType!, services, Fault);

        return faults.Count > before || trigger is null
            ? null
            : new FunctionDescriptor(function, method, trigger, retry);
    }

    private TriggerBinding? BindTrigger(string name, MethodInfo method, RetryPolicy? retry, Action<string> fault)
    {
        var triggers = (
            from parameter in method.GetParameters()
            from attribute in AttributeReader.Read<TriggerBindingAttribute>(parameter, fault)
            select (parameter, attribute)
        ).ToList();
        if (triggers is not [var (trigger, what)])
        {
            fault($"it has {triggers.Count} triggers, but must have one");
            return null;
        }

        if (what is HttpTriggerAttribute && retry is not null)
            fault("a retry attribute is for Kafka and timer functions; over HTTP the caller retries");

        return what switch
        {
            HttpTriggerAttribute http => HttpBinding.Bind(name, trigger, http, options.RoutePrefix, constraints, fault),
            KafkaTriggerAttribute kafka => KafkaBinding.Bind(trigger, kafka, _settings, fault),
            TimerTriggerAttribute timer => TimerBinding.Bind(trigger, timer, _settings, fault),
            _ => Unknown(what, fault),
        };
    }

    private static TriggerBinding? Unknown(TriggerBindingAttribute trigger, Action<string> fault)
    {
        fault($"this host does not support its {trigger.GetType().Name}");
        return null;
    }
}
