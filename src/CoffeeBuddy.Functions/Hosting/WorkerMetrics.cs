using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.SocketMode;
using Microsoft.Extensions.Hosting;
using Prometheus;

namespace CoffeeBuddy.Functions.Hosting;

/// <summary>
/// The worker's own metrics, one method for each kind of event. The host serves them at <c>/metrics</c>.
/// </summary>
public sealed class WorkerMetrics : IHostedService
{
    private static readonly double[] Seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10];
    private static readonly double[] Runs = [0, 1, 2, 3, 4, 5, 10];
    private static readonly double[] Waits = [1, 5, 15, 30, 60, 120, 180, 240, 270, 300, 600, 1800];

    private const int MostSlackOutcomes = 60;
    private const int LongestSlackOutcome = 60;

    private readonly HashSet<string> _slackOutcomes = new(StringComparer.Ordinal);
    private readonly Histogram _commands;
    private readonly Counter _orders;
    private readonly Counter _runs;
    private readonly Counter _assignments;
    private readonly Histogram _orderToAssignment;
    private readonly Histogram _spread;
    private readonly Counter _slackCalls;
    private readonly Histogram _slackDuration;
    private readonly Gauge _outboxPending;
    private readonly Gauge _outboxFailed;
    private readonly Counter _refusals;
    private readonly Counter _databaseErrors;
    private readonly Counter _emails;
    private readonly Counter _secrets;
    private readonly Gauge _sockets;
    private readonly Counter _socketsEnded;
    private readonly Counter _envelopes;

    public WorkerMetrics(Database database)
    {
        var metrics = Metrics.WithCustomRegistry(Metrics.DefaultRegistry);
        _commands = metrics.CreateHistogram(
            "coffeebuddy_command_duration_seconds",
            "Time to answer a Slack command or interaction.",
            ["command", "outcome"],
            new HistogramConfiguration { Buckets = Seconds }
        );
        _orders = metrics.CreateCounter("coffeebuddy_orders_total", "Orders by outcome.", ["outcome"]);
        _runs = metrics.CreateCounter(
            "coffeebuddy_runs_total",
            "Runs that were created, completed or cancelled.",
            ["change"]
        );
        _assignments = metrics.CreateCounter("coffeebuddy_assignments_total", "Runners assigned.");
        _orderToAssignment = metrics.CreateHistogram(
            "coffeebuddy_order_to_assignment_seconds",
            "Time from the first order of a run to its assignment.",
            new HistogramConfiguration { Buckets = Waits }
        );
        _spread = metrics.CreateHistogram(
            "coffeebuddy_assignment_spread_runs",
            "The most minus the fewest runs made within the fairness window by the candidates of an assignment.",
            new HistogramConfiguration { Buckets = Runs }
        );
        _slackCalls = metrics.CreateCounter(
            "coffeebuddy_slack_calls_total",
            "Calls of Slack's Web API.",
            ["method", "outcome"]
        );
        _slackDuration = metrics.CreateHistogram(
            "coffeebuddy_slack_call_duration_seconds",
            "Duration of calls of Slack's Web API, without the wait for the rate limiter.",
            ["method"],
            new HistogramConfiguration { Buckets = Seconds }
        );
        _outboxPending = metrics.CreateGauge(
            "coffeebuddy_outbox_pending",
            "Events in the outbox that are not published yet, counted by the last sweep of this worker; 0 in a worker that does not sweep."
        );
        _outboxFailed = metrics.CreateGauge(
            "coffeebuddy_outbox_failed",
            "Events in the outbox that Kafka will never accept, counted by the last sweep of this worker; 0 in a worker that does not sweep."
        );
        _refusals = metrics.CreateCounter(
            "coffeebuddy_requests_refused_total",
            "Requests refused because of an error of the caller.",
            ["function", "status"]
        );
        _databaseErrors = metrics.CreateCounter(
            "coffeebuddy_database_unavailable_total",
            "Requests answered 503 because the database could not be reached.",
            ["function"]
        );
        _emails = metrics.CreateCounter(
            "coffeebuddy_emails_total",
            "E-mails to runners while Slack is away, by outcome.",
            ["outcome"]
        );
        _secrets = metrics.CreateCounter(
            "coffeebuddy_secret_reads_total",
            "Reads of the secrets while the worker runs, by source and outcome; failed: those known stay in use.",
            ["source", "outcome"]
        );
        _sockets = metrics.CreateGauge(
            "coffeebuddy_socket_connections",
            "Socket Mode connections of this worker on which Slack has said hello; 0 in a worker without Socket Mode."
        );
        _socketsEnded = metrics.CreateCounter(
            "coffeebuddy_socket_connections_ended_total",
            "Socket Mode connections that ended or did not open, by reason: Slack's, lost, refused.",
            ["reason"]
        );
        _envelopes = metrics.CreateCounter(
            "coffeebuddy_socket_envelopes_total",
            "Envelopes received over Socket Mode. failed: not acknowledged, Slack repeats events; unanswered: handled, but the connection was gone.",
            ["type", "outcome"]
        );
        var breaker = metrics.CreateGauge(
            "coffeebuddy_database_breaker_state",
            "State of the database's circuit breaker: 0 closed, 1 half-open, 2 open."
        );
        Metrics.DefaultRegistry.AddBeforeCollectCallback(() =>
            breaker.Set(
                database.State switch
                {
                    BreakerState.Closed => 0,
                    BreakerState.HalfOpen => 1,
                    _ => 2,
                }
            )
        );
    }

    /// <summary>
    /// Creates the label values with 0 in every role, so that an alert on an increase sees the first event.
    /// </summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var outcome in Enum.GetNames<OrderOutcome>().Select(name => name.ToLowerInvariant()).Append("invalid"))
            _orders.WithLabels(outcome);
        foreach (var change in (string[])["created", "completed", "cancelled"])
            _runs.WithLabels(change);
        foreach (var outcome in (string[])["sent", "failed", "refused", "unknown", "no_address"])
            _emails.WithLabels(outcome);
        foreach (var source in (string[])["files", "vault"])
        foreach (var outcome in (string[])["changed", "unchanged", "failed"])
            _secrets.WithLabels(source, outcome);
        foreach (var reason in SocketSession.Reasons)
            _socketsEnded.WithLabels(reason);
        foreach (var type in EnvelopeHandler.Types)
        foreach (var outcome in EnvelopeHandler.Outcomes)
            _envelopes.WithLabels(type, outcome);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void CommandAnswered(string command, string outcome, TimeSpan elapsed) =>
        _commands.WithLabels(command, outcome).Observe(elapsed.TotalSeconds);

    public void OrderTaken(string outcome) => _orders.WithLabels(outcome).Inc();

    public void RunChanged(string change) => RunsChanged(change, 1);

    public void RunsChanged(string change, int count) => _runs.WithLabels(change).Inc(count);

    public void RunnerAssigned(TimeSpan? sinceFirstOrder, int spread)
    {
        _assignments.Inc();
        _spread.Observe(spread);
        if (sinceFirstOrder is { } wait)
            _orderToAssignment.Observe(wait.TotalSeconds);
    }

    /// <param name="outcome">Slack's error code, which whoever answers in Slack's place may choose: the metric has a
    /// bounded number of them.</param>
    public void SlackCalled(string method, string outcome, TimeSpan elapsed)
    {
        lock (_slackOutcomes)
        {
            if (_slackOutcomes.Count < MostSlackOutcomes)
                _slackOutcomes.Add(outcome);
            if (!_slackOutcomes.Contains(outcome) || outcome.Length > LongestSlackOutcome)
                outcome = "other";
        }

        _slackCalls.WithLabels(method, outcome).Inc();
        _slackDuration.WithLabels(method).Observe(elapsed.TotalSeconds);
    }

    public void OutboxHolds(long pending, long failed)
    {
        _outboxPending.Set(pending);
        _outboxFailed.Set(failed);
    }

    public void SecretsRead(string source, string outcome) => _secrets.WithLabels(source, outcome).Inc();

    public void SocketConnected() => _sockets.Inc();

    public void SocketDisconnected() => _sockets.Dec();

    public void SocketEnded(string reason) => _socketsEnded.WithLabels(reason).Inc();

    public void EnvelopeHandled(string type, string outcome) => _envelopes.WithLabels(type, outcome).Inc();

    public void Emailed(string outcome) => _emails.WithLabels(outcome).Inc();

    public void RequestRefused(string function, int status) => _refusals.WithLabels(function, status.ToString()).Inc();

    public void DatabaseUnavailable(string function) => _databaseErrors.WithLabels(function).Inc();
}
