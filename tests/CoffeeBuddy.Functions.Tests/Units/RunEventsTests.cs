using System.Collections.Concurrent;
using System.Text;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Functions.Notifications;
using CoffeeBuddy.Functions.Triggers.Kafka;
using CoffeeBuddy.Slack.Api;
using Microsoft.Azure.Functions.Worker;
using OnPremFunctions;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>How failures of a batch are retried, and which records can be read.</summary>
public sealed class RunEventsTests
{
    private static readonly Guid First = Guid.Parse("01890000-0000-7000-8000-000000000001");
    private static readonly Guid Second = Guid.Parse("01890000-0000-7000-8000-000000000002");

    private static readonly RunEvents Events = new(TestSeal.With());

    private static readonly MessageBusyException Busy = new(First, "summary");
    private static readonly SlackApiException Limited = new(
        "chat.update",
        "ratelimited",
        SlackErrorKind.RateLimited,
        TimeSpan.FromSeconds(7)
    );
    private static readonly SlackApiException LimitedLonger = new(
        "chat.update",
        "ratelimited",
        SlackErrorKind.RateLimited,
        TimeSpan.FromSeconds(30)
    );
    private static readonly SlackApiException Broken = new("chat.update", "internal_error", SlackErrorKind.Retry);
    private static readonly SlackApiException NotAllowed = new(
        "chat.update",
        "invalid_auth",
        SlackErrorKind.Authentication
    );
    private static readonly SlackApiException Impossible = new(
        "chat.update",
        "channel_not_found",
        SlackErrorKind.Permanent
    );

    [Fact]
    public void The_longest_requested_wait_is_used()
    {
        Assert.Equal(
            TimeSpan.FromSeconds(7),
            Assert.IsType<RetryAfterException>(RetryMiddleware.Translate(Limited)).Delay
        );
        Assert.Equal(
            TimeSpan.FromSeconds(30),
            Assert
                .IsType<RetryAfterException>(
                    RetryMiddleware.Translate(new AggregateException(Limited, Busy, LimitedLonger))
                )
                .Delay
        );
        Assert.Equal(
            TimeSpan.FromMilliseconds(500),
            Assert.IsType<RetryAfterException>(RetryMiddleware.Translate(Busy)).Delay
        );
    }

    [Fact]
    public void A_database_outage_is_retried_without_limit()
    {
        var wait = Assert.IsType<RetryAfterException>(
            RetryMiddleware.Translate(new DatabaseUnavailableException(TimeSpan.FromSeconds(30), null))
        );

        Assert.Equal((TimeSpan.FromSeconds(30), false), (wait.Delay, wait.Counts));
    }

    [Fact]
    public void A_permanent_failure_is_not_retried()
    {
        Assert.Same(
            NotAllowed,
            Assert.IsType<PermanentFailureException>(RetryMiddleware.Translate(NotAllowed)).InnerException
        );
        Assert.IsType<PermanentFailureException>(RetryMiddleware.Translate(Impossible));
    }

    [Fact]
    public void Other_failures_are_retried_by_the_functions_policy()
    {
        Assert.Null(RetryMiddleware.Translate(Broken));
        Assert.Null(RetryMiddleware.Translate(new InvalidOperationException()));
        Assert.Null(RetryMiddleware.Translate(new AggregateException(Limited, NotAllowed)));
    }

    [Fact]
    public async Task A_batch_is_handled_run_by_run_and_a_failing_run_does_not_stop_the_others()
    {
        var handled = new ConcurrentBag<string>();

        var failure = await Assert.ThrowsAsync<SlackApiException>(() =>
            Events.ForEachRunAsync(
                [
                    Event(First, "coffee.run.created"),
                    Event(Second, "coffee.run.created"),
                    Event(First, "coffee.order.placed"),
                ],
                (runId, events, _) =>
                {
                    handled.Add($"{runId}: {string.Join(", ", events.Select(item => item.Type))}");
                    return runId == First ? Task.FromException(Limited) : Task.CompletedTask;
                },
                CancellationToken.None
            )
        );

        Assert.Equal(
            [$"{First}: coffee.run.created, coffee.order.placed", $"{Second}: coffee.run.created"],
            handled.Order(StringComparer.Ordinal)
        );
        Assert.Same(Limited, failure);
    }

    [Fact]
    public async Task The_failures_of_all_runs_are_reported() =>
        Assert.Equal(
            2,
            (
                await Assert.ThrowsAsync<AggregateException>(() =>
                    Events.ForEachRunAsync(
                        [Event(First, "coffee.run.created"), Event(Second, "coffee.run.created")],
                        (_, _, _) => Task.FromException(Limited),
                        CancellationToken.None
                    )
                )
            )
                .InnerExceptions
                .Count
        );

    [Theory]
    [InlineData(null, "{}", "it has no ce_type")]
    [InlineData("coffee.order.brewed", """{"run_id":"01890000-0000-7000-8000-000000000001"}""", "coffee.order.brewed")]
    [InlineData("coffee.order.placed", "", "cannot be read")]
    [InlineData("coffee.order.placed", "null", "cannot be read")]
    [InlineData("coffee.order.placed", "{", "cannot be read")]
    [InlineData("coffee.order.placed", """{"run_id":"7"}""", "cannot be read")]
    [InlineData("coffee.order.placed", "{}", "names no run")]
    public async Task An_unreadable_record_is_a_permanent_failure(string? type, string data, string cause)
    {
        var record = TestSeal.Record(
            "coffee.orders",
            "a-run",
            data,
            type is null ? [] : [("ce_type", Encoding.UTF8.GetBytes(type))]
        );

        var failure = await Assert.ThrowsAsync<PermanentFailureException>(() =>
            Events.ForEachRunAsync([record], (_, _, _) => Task.CompletedTask, CancellationToken.None)
        );

        Assert.Contains(cause, failure.Message, StringComparison.Ordinal);
    }

    private static KafkaRecord Event(Guid runId, string type) =>
        TestSeal.Record(
            "coffee.orders",
            runId.ToString(),
            $$"""{"run_id":"{{runId}}","workspace_id":"T1","channel_id":"C1"}""",
            [("ce_type", Encoding.UTF8.GetBytes(type))]
        );
}
