using System.Collections.Concurrent;
using Prometheus;

namespace OnPremFunctions.Invocation;

/// <summary>The host's metrics, in prometheus-net's default registry.</summary>
internal sealed class FunctionMetrics
{
    /// <summary>Label <c>status</c> of a request whose client got no complete response.</summary>
    private const string Aborted = "aborted";

    /// <summary>Nothing reads exemplars, and each would look up the trace.</summary>
    private static readonly ExemplarBehavior _noExemplars = new()
    {
        DefaultExemplarProvider = static (_, _) => Exemplar.None,
    };

    private readonly Counter _invocations = Metrics.CreateCounter(
        "functions_invocations_total",
        "Invocations by outcome.",
        ["function", "outcome"],
        new CounterConfiguration { ExemplarBehavior = _noExemplars }
    );

    private readonly Histogram _duration = Metrics.CreateHistogram(
        "functions_duration_seconds",
        "Duration of invocations, including middleware and writing the response.",
        ["function"],
        new HistogramConfiguration
        {
            ExemplarBehavior = _noExemplars,
            Buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
        }
    );

    private readonly Counter _responses = Metrics.CreateCounter(
        "functions_http_responses_total",
        "Responses of HTTP functions by status code; aborted: the connection was closed before the response was complete.",
        ["function", "status"],
        new CounterConfiguration { ExemplarBehavior = _noExemplars }
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

    // Finding a series by its labels takes longer than counting.
    private readonly ConcurrentDictionary<string, Series> _series = new(StringComparer.Ordinal);

    static FunctionMetrics() =>
        Metrics.SuppressDefaultMetrics(
            new SuppressDefaultMetricOptions
            {
                SuppressDebugMetrics = true,
                SuppressEventCounters = true,
                SuppressMeters = true,
            }
        );

    public void InvocationStarted(string function) => Of(function).InFlight.Inc();

    public void InvocationEnded(string function, Outcome outcome, TimeSpan duration)
    {
        var series = Of(function);
        series.InFlight.Dec();
        series.Duration.Observe(duration.TotalSeconds);
        series.Outcomes[(int)outcome].Inc();
    }

    /// <param name="status">Null when the client got no complete response.</param>
    public void Responded(string function, int? status) =>
        Of(function)
            .Responses.GetOrAdd(
                status ?? 0,
                static (status, of) =>
                    of.Metrics._responses.WithLabels(of.Function, status == 0 ? Aborted : $"{status}"),
                (Metrics: this, Function: function)
            )
            .Inc();

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
        Of(function);
        _retries.WithLabels(function);
        _deadLettered.WithLabels(function);
        _failedCommits.WithLabels(function);
    }

    /// <summary>The same for the responses of an HTTP function that are expected or that alerts count.</summary>
    public void InitializeResponses(string function)
    {
        foreach (var status in (string[])["200", "500", "503", Aborted])
            _responses.WithLabels(function, status);
    }

    private Series Of(string function) =>
        _series.GetOrAdd(
            function,
            static (function, metrics) =>
                new(
                    metrics._inFlight.WithLabels(function),
                    metrics._duration.WithLabels(function),
                    [
                        .. Enum.GetValues<Outcome>()
                            .Select(outcome => metrics._invocations.WithLabels(function, Label(outcome))),
                    ],
                    []
                ),
            this
        );

    private static string Label(Outcome outcome) =>
        outcome switch
        {
            Outcome.Success => "success",
            Outcome.Failure => "failure",
            Outcome.Rejected => "rejected",
            Outcome.Timeout => "timeout",
            _ => "cancelled",
        };

    /// <summary>What each invocation of a function counts.</summary>
    /// <param name="Outcomes">By the value of <see cref="Outcome"/>.</param>
    /// <param name="Responses">By status code; 0: aborted.</param>
    private sealed record Series(
        Gauge.Child InFlight,
        Histogram.Child Duration,
        IReadOnlyList<Counter.Child> Outcomes,
        ConcurrentDictionary<int, Counter.Child> Responses
    );
}
