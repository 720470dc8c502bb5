using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace CoffeeBuddy.Scaling.Keda;

/// <summary>What a ScaledObject says about scaling.</summary>
internal sealed record ScaledObject(
    int MinReplicas,
    int MaxReplicas,
    TimeSpan PollingInterval,
    ScalingRules ScaleUp,
    ScalingRules ScaleDown,
    IReadOnlyList<KafkaTrigger> Triggers
)
{
    /// <exception cref="YamlDotNet.Core.YamlException">A field is not known: it could change how KEDA
    /// scales.</exception>
    public static ScaledObject Read(string yaml)
    {
        var spec = new DeserializerBuilder()
            .WithNamingConvention(CamelCaseNamingConvention.Instance)
            .Build()
            .Deserialize<Manifest>(yaml)
            .Spec;
        var behavior = spec.Advanced.HorizontalPodAutoscalerConfig.Behavior;
        return new(
            spec.MinReplicaCount,
            spec.MaxReplicaCount,
            TimeSpan.FromSeconds(spec.PollingInterval),
            ScalingRules.From(behavior.ScaleUp),
            ScalingRules.From(behavior.ScaleDown),
            [
                .. spec.Triggers.Select(trigger =>
                    trigger.Type == "kafka"
                        ? KafkaTrigger.Read(trigger.Metadata, trigger.UseCachedMetrics)
                        : throw new InvalidDataException($"A trigger of type {trigger.Type} is not followed.")
                ),
            ]
        );
    }

    internal sealed class Manifest
    {
        public string ApiVersion { get; set; } = "";
        public string Kind { get; set; } = "";
        public object? Metadata { get; set; }
        public SpecFields Spec { get; set; } = new();
    }

    internal sealed class SpecFields
    {
        public object? ScaleTargetRef { get; set; }
        public int MinReplicaCount { get; set; }
        public int MaxReplicaCount { get; set; }
        public int PollingInterval { get; set; }

        // For a Kafka that cannot be reached, which does not happen here.
        public object? Fallback { get; set; }
        public AdvancedFields Advanced { get; set; } = new();
        public List<TriggerFields> Triggers { get; set; } = [];
    }

    internal sealed class AdvancedFields
    {
        public ConfigFields HorizontalPodAutoscalerConfig { get; set; } = new();
    }

    internal sealed class ConfigFields
    {
        public BehaviorFields Behavior { get; set; } = new();
    }

    internal sealed class BehaviorFields
    {
        public RulesFields ScaleUp { get; set; } = new();
        public RulesFields ScaleDown { get; set; } = new();
    }

    internal sealed class RulesFields
    {
        public int StabilizationWindowSeconds { get; set; }
        public List<PolicyFields> Policies { get; set; } = [];
    }

    internal sealed class PolicyFields
    {
        public string Type { get; set; } = "";
        public int Value { get; set; }
        public int PeriodSeconds { get; set; }
    }

    internal sealed class TriggerFields
    {
        public string Type { get; set; } = "";
        public string Name { get; set; } = "";
        public bool UseCachedMetrics { get; set; }
        public Dictionary<string, string> Metadata { get; set; } = [];
        public object? AuthenticationRef { get; set; }
    }
}

/// <summary>How fast the autoscaler may change the number of replicas in one direction.</summary>
internal sealed record ScalingRules(TimeSpan StabilizationWindow, IReadOnlyList<ScalingPolicy> Policies)
{
    public static ScalingRules From(ScaledObject.RulesFields fields) =>
        fields.Policies.Count == 0
            ? throw new InvalidDataException("A direction has no policies: Kubernetes' defaults are not followed.")
            : new(
                TimeSpan.FromSeconds(fields.StabilizationWindowSeconds),
                [
                    .. fields.Policies.Select(policy => new ScalingPolicy(
                        policy.Type switch
                        {
                            "Percent" => true,
                            "Pods" => false,
                            _ => throw new InvalidDataException($"A policy of type {policy.Type} is not known."),
                        },
                        policy.Value,
                        TimeSpan.FromSeconds(policy.PeriodSeconds)
                    )),
                ]
            );
}

internal sealed record ScalingPolicy(bool IsPercent, int Value, TimeSpan Period);
