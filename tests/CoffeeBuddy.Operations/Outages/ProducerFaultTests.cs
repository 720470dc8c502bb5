using CoffeeBuddy.Operations.Support;
using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Sandbox.Workers;
using Confluent.Kafka;
using MockKafka;

namespace CoffeeBuddy.Operations.Outages;

/// <summary>Kafka refuses what the worker's producer sends. The worker goes on, and every event is published.</summary>
[Collection(typeof(SharesWholeOffice))]
public sealed class ProducerFaultTests(WholeOffice office)
{
    private string Channel => office.Channel("producer");

    [Fact]
    public async Task After_a_fatal_error_of_its_producer_the_same_worker_publishes_again()
    {
        var worker = await office.Worker.Id;
        // A lost answer, and then a broker that does not know the producer any more.
        office.Sandbox.Kafka.FailNext(
            MockKafkaCluster.Request.Produce,
            ErrorCode.Local_Transport,
            ErrorCode.UnknownProducerId
        );

        var before = await OpenAndCancelAsync();
        await Eventually.TrueAsync(
            () => office.Log().LinesOf("The Kafka producer fails: ").Count > 0,
            "the producer has failed"
        );
        var after = await OpenAndCancelAsync();

        foreach (var run in (string[])[before, after])
            Assert.NotEmpty(await office.Topics.ReadAsync("coffee.orders", run, expected: 1));
        await PublishedAsync();
        Assert.Equal((false, worker), (office.Worker.HasExited, await office.Worker.Id));
    }

    [Fact]
    public async Task An_event_of_a_batch_that_is_too_large_is_published_alone()
    {
        office.Sandbox.Kafka.FailNext(MockKafkaCluster.Request.Produce, ErrorCode.MsgSizeTooLarge);

        var run = await OpenAndCancelAsync();

        Assert.NotEmpty(await office.Topics.ReadAsync("coffee.orders", run, expected: 1));
        await PublishedAsync();
        Assert.Equal(0, await office.Rows.CountAsync("outbox WHERE failed_at IS NOT NULL"));
    }

    [Fact]
    public async Task An_event_that_Kafka_will_never_accept_is_set_aside_and_later_events_of_its_key_are_published()
    {
        var key = Guid.NewGuid().ToString();
        var tooLarge = await AddAsync(key, "2000000");
        var small = await AddAsync(key, "10");
        try
        {
            await Eventually.TrueAsync(
                async () =>
                    await office.Rows.CountAsync(
                        "outbox WHERE event_id = @tooLarge AND failed_at IS NOT NULL",
                        new { tooLarge }
                    ) == 1,
                "the large event is set aside"
            );
            Assert.Equal(
                [small.ToString()],
                (await office.Topics.ReadAsync("slack.events", key, expected: 1)).Select(record => record.EventId)
            );
            await Eventually.TrueAsync(
                async () => (await office.MetricsAsync(WorkerRoles.Timer)).Value("coffeebuddy_outbox_failed") == 1,
                "a metric counts it"
            );
            await PublishedAsync();
            var line = Assert.Single(office.Log(WorkerRoles.Timer).LinesOf(tooLarge.ToString()));
            Assert.Equal("Error", (string?)line["LogLevel"]);
            Assert.Contains(key, (string?)line["Message"], StringComparison.Ordinal);
        }
        finally
        {
            await office.Rows.ExecuteAsync("DELETE FROM outbox WHERE failed_at IS NOT NULL");
        }
    }

    [Fact]
    public async Task A_worker_that_may_not_write_is_not_ready_and_recovers_when_it_may()
    {
        office.Sandbox.Kafka.FailNext(
            MockKafkaCluster.Request.InitProducerId,
            [.. Enumerable.Repeat(ErrorCode.ClusterAuthorizationFailed, 100)]
        );
        try
        {
            await using var worker = await office.Sandbox.StartReplicaAsync(
                WorkerRoles.Http,
                "/healthz/live",
                TestContext.Current.CancellationToken
            );
            await SaysAsync(worker, "IdempotentWrite");
            Assert.Contains(
                worker.LastLines,
                line => line.Contains("it lacks something in Kafka: ", StringComparison.Ordinal)
            );
            office.Sandbox.Kafka.ClearFailures(MockKafkaCluster.Request.InitProducerId);

            await worker.ReadyAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, await worker.StopAsync());
        }
        finally
        {
            office.Sandbox.Kafka.ClearFailures(MockKafkaCluster.Request.InitProducerId);
        }
    }

    [Theory]
    [InlineData(ErrorCode.UnknownTopicOrPart, "The topic coffee.completions does not exist.")]
    [InlineData(ErrorCode.TopicAuthorizationFailed, "The topic coffee.completions cannot be used: ")]
    public async Task A_worker_without_a_topic_is_not_ready_until_it_can_use_it(ErrorCode error, string reason)
    {
        office.Sandbox.Kafka.SetTopicError("coffee.completions", error);
        try
        {
            await using var worker = await office.Sandbox.StartReplicaAsync(
                WorkerRoles.Timer,
                "/healthz/live",
                TestContext.Current.CancellationToken
            );
            await SaysAsync(worker, reason);
            office.Sandbox.Kafka.SetTopicError("coffee.completions", ErrorCode.NoError);

            await worker.ReadyAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            office.Sandbox.Kafka.SetTopicError("coffee.completions", ErrorCode.NoError);
        }
    }

    [Fact]
    public async Task A_worker_whose_password_is_wrong_is_not_ready_and_logs_it_once()
    {
        using var broker = new RefusingBroker();
        var environment = office.Environment();
        foreach (var (name, value) in broker.Settings)
            environment[name] = value;

        await using var worker = await WorkerProcess.StartAsync(
            new("Worker", new SandboxOptions().Worker) { Environment = environment, ReadyPath = "/healthz/live" },
            TestContext.Current.CancellationToken
        );
        await SaysAsync(worker, RefusingBroker.Reason);
        // Each function's consumer and the producer are refused again and again.
        await Eventually.TrueAsync(() => broker.Refusals > 20, "the brokers refused many logins");

        Assert.Single(
            worker.LastLines,
            line => line.Contains("The connection to Kafka fails: ", StringComparison.Ordinal)
        );
        Assert.Equal(0, await worker.StopAsync());
    }

    [Fact]
    public async Task A_dead_letter_is_written_when_its_missing_topic_exists_at_last()
    {
        var key = Guid.NewGuid().ToString();
        await office.Sandbox.StopWorkerAsync(WorkerRoles.Kafka);
        office.Sandbox.Kafka.SetTopicError("coffee.deadletter", ErrorCode.UnknownTopicOrPart);
        try
        {
            // A new worker, because one that has written to the topic goes on writing without asking for it.
            await using var worker = await office.Sandbox.StartReplicaAsync(
                WorkerRoles.Kafka,
                "/healthz/live",
                TestContext.Current.CancellationToken
            );
            await office.Topics.WriteAsync("coffee.orders", key, "no event", ("ce_type", "coffee.order.placed"));
            await Eventually.TrueAsync(
                () =>
                    worker.LastLines.Any(line =>
                        line.Contains("The dead-letter handler failed", StringComparison.Ordinal)
                    ),
                "the dead letter was not written"
            );

            office.Sandbox.Kafka.SetTopicError("coffee.deadletter", ErrorCode.NoError);

            Assert.NotEmpty(await office.Topics.ReadAsync("coffee.deadletter", key, expected: 1));
        }
        finally
        {
            office.Sandbox.Kafka.SetTopicError("coffee.deadletter", ErrorCode.NoError);
            await office.Sandbox.StartWorkerAsync(WorkerRoles.Kafka, TestContext.Current.CancellationToken);
        }
    }

    private static Task SaysAsync(WorkerProcess worker, string reason) =>
        Eventually.TrueAsync(
            async () =>
            {
                using var answer = await worker.Management.GetAsync(
                    "healthz/ready",
                    TestContext.Current.CancellationToken
                );
                var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                return !answer.IsSuccessStatusCode && body.Contains(reason, StringComparison.Ordinal);
            },
            $"the worker is not ready and says {reason}"
        );

    /// <returns>The run's id, which is the key of its events.</returns>
    private async Task<string> OpenAndCancelAsync()
    {
        var person = office.Act("Noor");
        var run = await office.Api.OpenRunAsync(office.Service(), person.Id, Channel);
        (await office.Api.PatchAsync($"runs/{run}/cancel", office.Service(), new { user_id = person.Id })).Is(200);
        return run;
    }

    private Task<Guid> AddAsync(string key, string length) =>
        office.Rows.GetAsync<Guid>(
            $$"""
            INSERT INTO outbox (event_id, topic, message_key, event_type, data, created_at)
            VALUES (gen_random_uuid(), 'slack.events', @key, 'slack.test', '{"filler":"' || repeat('x', {{length}}) || '"}', now())
            RETURNING event_id
            """,
            new { key }
        )!;

    private Task PublishedAsync() =>
        Eventually.TrueAsync(
            async () => await office.Rows.CountAsync("outbox WHERE published_at IS NULL AND failed_at IS NULL") == 0,
            "every event is published"
        );
}
