using System.Collections.Concurrent;
using Polly.Telemetry;

namespace CoffeeBuddy.Data.Tests;

/// <summary>Keeps what Polly's strategies report, as pipeline/strategy/event.</summary>
internal sealed class EventRecorder : TelemetryListener
{
    private readonly ConcurrentQueue<(string? Strategy, string Event)> _events = [];

    public override void Write<TResult, TArgs>(in TelemetryEventArguments<TResult, TArgs> args) =>
        _events.Enqueue(
            (args.Source.StrategyName, $"{args.Source.PipelineName}/{args.Source.StrategyName}/{args.Event.EventName}")
        );

    public IEnumerable<string> Of(string strategy) =>
        _events.Where(reported => reported.Strategy == strategy).Select(reported => reported.Event);
}
