using System.Reflection;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OnPremFunctions.Http;
using OnPremFunctions.Invocation;
using OnPremFunctions.Kafka;
using OnPremFunctions.Timers;

namespace OnPremFunctions.Hosting;

/// <summary>Finds the functions, keeps the selected ones, and collects everything that is wrong with them.</summary>
internal sealed class FunctionCatalog(
    JobHostOptions options,
    IConfiguration configuration,
    IServiceProviderIsService services,
    IInlineConstraintResolver constraints,
    List<string> faults
)
{
    private readonly SettingResolver _settings = new(configuration);

    public IReadOnlyList<FunctionDescriptor> Load(IEnumerable<Type> types)
    {
        var found = types.SelectMany(FunctionsOf).ToList();
        foreach (
            var same in found
                .GroupBy(static function => function.Name, StringComparer.OrdinalIgnoreCase)
                .Where(static group => group.Skip(1).Any())
        )
            faults.Add(
                $"The function name \"{same.Key}\" is used by {string.Join(" and ", same.Select(static function => Describe(function.Method)))}."
            );

        var names = found.Select(static function => function.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        faults.AddRange(
            options
                .Functions.Where(name => !names.Contains(name))
                .Select(name =>
                    $"{HostFile.Section}:functions selects \"{name}\", but there is no such function. There are: {string.Join(", ", names.Order(StringComparer.Ordinal))}."
                )
        );

        var selected = options.Functions.ToHashSet(StringComparer.OrdinalIgnoreCase);
        return
        [
            .. found
                .Where(function => selected.Count == 0 || selected.Contains(function.Name))
                .Select(Bind)
                .OfType<FunctionDescriptor>(),
        ];
    }

    private static IEnumerable<(string Name, MethodInfo Method)> FunctionsOf(Type type) =>
        from method in type.GetMethods(
            BindingFlags.Instance
                | BindingFlags.Static
                | BindingFlags.Public
                | BindingFlags.NonPublic
                | BindingFlags.DeclaredOnly
        )
        let attribute = method.GetCustomAttribute<FunctionAttribute>()
        where attribute is not null
        select (attribute.Name, method);

    private static string Describe(MethodInfo method) => $"{method.DeclaringType!.Name}.{method.Name}";

    private FunctionDescriptor? Bind((string Name, MethodInfo Method) function)
    {
        var before = faults.Count;
        var (name, method) = function;
        void Fault(string what) => faults.Add($"Function {name} ({Describe(method)}): {what}.");

        if (string.IsNullOrWhiteSpace(name))
            Fault("it has no name");
        var retry = RetryPolicy.From(method.GetCustomAttribute<RetryAttribute>(), Fault);
        var trigger = BindTrigger(name, method, retry, Fault);
        if (trigger is KafkaBinding)
            retry = options.Kafka.RetryOf(retry, Fault);
        FunctionSignature.Check(method, trigger, Fault);
        if (!method.IsStatic)
            FunctionSignature.CheckDependencies(method.DeclaringType!, services, Fault);

        return faults.Count > before || trigger is null
            ? null
            : new FunctionDescriptor(name, method, trigger, retry, FunctionInvoker.Compile(method, trigger.Name));
    }

    private TriggerBinding? BindTrigger(string name, MethodInfo method, RetryPolicy? retry, Action<string> fault)
    {
        var triggers = (
            from parameter in method.GetParameters()
            from attribute in parameter.GetCustomAttributes()
            where attribute is HttpTriggerAttribute or KafkaTriggerAttribute or TimerTriggerAttribute
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
            _ => null,
        };
    }
}
