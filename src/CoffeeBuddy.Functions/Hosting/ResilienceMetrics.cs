using Polly.Telemetry;
using Prometheus;

namespace CoffeeBuddy.Functions.Hosting;

/// <summary>Counts what the resilience pipelines do: retries, timeouts, changes of circuit breakers.</summary>
public sealed class ResilienceMetrics : TelemetryListener
{
    private static readonly Counter Events = Metrics.CreateCounter(
        "coffeebuddy_resilience_events_total",
        "Events of resilience pipelines, such as OnRetry, OnTimeout and OnCircuitOpened.",
        ["pipeline", "strategy", "event"]
    );

    // Polly reports these for every call, also when nothing went wrong.
    private static readonly string[] OfEveryCall = ["PipelineExecuting", "PipelineExecuted", "ExecutionAttempt"];

    public override void Write<TResult, TArgs>(in TelemetryEventArguments<TResult, TArgs> args)
    {
        var name = args.Event.EventName;
        if (!OfEveryCall.Contains(name))
            Events.WithLabels(args.Source.PipelineName ?? "", args.Source.StrategyName ?? "", name).Inc();
    }
}
