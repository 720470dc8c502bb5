using Prometheus;

namespace OnPremFunctions.Invocation;

/// <summary>The host's metrics, in prometheus-net's default registry.</summary>
internal sealed class FunctionMetrics
{
    /// <summary>Label <c>status</c> of a request whose client got no complete response.</summary>
    private const string Aborted = "aborted";

    private readonly Counter _invocations = Metrics.CreateCounter(
        "functions_invocations_total",
        "Invocations by outcome.",
        "function",
        "outcome"
    );

    private readonly Histogram _duration = Metrics.CreateHistogram(
        "functions_duration_seconds",
        "Duration of invocations, including middleware and writing the response.",
        ["function"],
        new HistogramConfiguration
        {
            Buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
        }
    );

    private readonly Counter _responses = Metrics.CreateCounter(
        "functions_http_responses_total",
        "Responses of HTTP functions by status code; aborted: the connection was closed before the response was complete.",
        "function",
        "status"
    );

    private readonly Gauge _ready = Metrics.CreateGauge(
        "functions_host_ready",
        "1 when /healthz/ready would answer 200 at this scrape, 0 otherwise."
    );

    private readonly Gauge _inFlight = Metrics.CreateGauge(
        "functions_in_flight",
        "Invocations that are running.",
        "function"
    );

    private readonly Counter _retries = Metrics.CreateCounter(
        "functions_retries_total",
        "Invocations that failed and are scheduled to run again.",
        "function"
    );

    private readonly Counter _deadLettered = Metrics.CreateCounter(
        "functions_dead_lettered_total",
        "Kafka records that the dead-letter handler accepted.",
        "function"
    );

    private readonly Counter _failedCommits = Metrics.CreateCounter(
        "kafka_commit_failures_total",
        "Failed offset commits. The next commit includes these offsets; after a crash the records are processed again.",
        "function"
    );

    private readonly Gauge _lag = Metrics.CreateGauge(
        "kafka_consumer_lag",
        "Records not yet processed, for each partition that this process owns.",
        "topic",
        "partition",
        "group"
    );

    static FunctionMetrics() =>
        Metrics.SuppressDefaultMetrics(
            new SuppressDefaultMetricOptions
            {
                SuppressDebugMetrics = true,
                SuppressEventCounters = true,
                SuppressMeters = true,
            }
        );

    public void InvocationStarted(string function) => _inFlight.WithLabels(function).Inc();

    public void InvocationEnded(string function, Outcome outcome, TimeSpan duration)
    {
        _inFlight.WithLabels(function).Dec();
        _duration.WithLabels(function).Observe(duration.TotalSeconds);
        _invocations.WithLabels(function, Label(outcome)).Inc();
    }

    /// <param name="status">Null when the client got no complete response.</param>
    public void Responded(string function, int? status) =>
        _responses.WithLabels(function, status is null ? Aborted : $"{status}").Inc();

    public void HostIs(bool ready) => _ready.Set(ready ? 1 : 0);

    public void Retried(string function) => _retries.WithLabels(function).Inc();

    public void DeadLettered(string function) => _deadLettered.WithLabels(function).Inc();

    public void CommitFailed(string function) => _failedCommits.WithLabels(function).Inc();

    public void Lag(string topic, int partition, string group, long records) =>
        _lag.WithLabels(topic, $"{partition}", group).Set(records);

    /// <summary>This process no longer owns the partition.</summary>
    public void RemoveLag(string topic, int partition, string group) =>
        _lag.RemoveLabelled(topic, $"{partition}", group);

    /// <summary>Creates a function's series at zero, so that rates include its first invocation.</summary>
    public void Initialize(string function)
    {
        _inFlight.WithLabels(function);
        _duration.WithLabels(function);
        _retries.WithLabels(function);
        _deadLettered.WithLabels(function);
        _failedCommits.WithLabels(function);
        foreach (var outcome in Enum.GetValues<Outcome>())
            _invocations.WithLabels(function, Label(outcome));
    }

    /// <summary>The same for the responses of an HTTP function that are expected or that alerts count.</summary>
    public void InitializeResponses(string function)
    {
        foreach (var status in (string[])["200", "500", "503", Aborted])
            _responses.WithLabels(function, status);
    }

    private static string Label(Outcome outcome) =>
        outcome switch
        {
            Outcome.Success => "success",
            Outcome.Failure => "failure",
            Outcome.Rejected => "rejected",
            Outcome.Timeout => "timeout",
            _ => "cancelled",
        };
}
