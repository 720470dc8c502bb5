using OnPremFunctions.Tests.Support;

namespace OnPremFunctions.Tests.Kafka;

public sealed class BatchTests : KafkaTest
{
    private readonly TaskCompletionSource _gate = new();

    [Fact]
    public async Task A_burst_for_one_key_becomes_one_invocation()
    {
        Inbox.Handle = call => call.Values is ["first"] ? _gate.Task : Task.CompletedTask;
        await using var host = await StartAsync(
            KafkaFunctions.Many,
            new() { ["maxBatchSize"] = "5", ["maxInFlightPerPartition"] = "8" }
        );
        var burst = await QueueBehindFirstAsync(
            host,
            [.. Enumerable.Range(0, 7).Select(static number => ("a", $"{number}"))]
        );

        _gate.SetResult();
        await DoneAsync(burst);

        Assert.Equal(["first", "0,1,2,3,4", "5,6"], Inbox.Calls.Select(static call => string.Join(',', call.Values)));
    }

    [Fact]
    public async Task A_failed_batch_is_split_and_only_the_poison_record_is_dead_lettered()
    {
        Inbox.Handle = call =>
            call.Values is ["first"] ? _gate.Task
            : call.Values.Contains("poison") ? throw new InvalidOperationException("never")
            : Task.CompletedTask;
        await using var host = await StartAsync(
            KafkaFunctions.Many,
            new() { ["maxConcurrency"] = "1", ["maxInFlightPerPartition"] = "7" }
        );
        var queued = await QueueBehindFirstAsync(
            host,
            [("a", "a1"), ("b", "b1"), ("b", "poison"), ("a", "a2"), ("b", "b2"), ("c", "c1")]
        );

        _gate.SetResult();
        await DoneAsync([.. queued.Except(["poison"])]);

        Assert.Equal(["poison"], DeadLetters.Values);
        Assert.Equal(queued, Inbox.Calls.ElementAt(1).Values);
        var split = Inbox
            .Calls.Skip(2)
            .ToLookup(static call => call.Keys[0], static call => string.Join(',', call.Values));
        Assert.Equal(["a1,a2"], split["a"]);
        Assert.Equal(["c1"], split["c"]);
        // Three times together, then one by one with separate retries.
        Assert.Equal(
            ["b1,poison,b2", "b1,poison,b2", "b1,poison,b2", "b1", "poison", "poison", "poison", "b2"],
            split["b"]
        );
        await Eventually.TrueAsync(() => Committed() == 7, "everything is committed");
    }

    [Fact]
    public async Task A_record_split_from_a_poison_record_has_retries_of_its_own()
    {
        var failed = new HashSet<string>(StringComparer.Ordinal);
        Inbox.Handle = call =>
            call.Values is ["first"] ? _gate.Task
            : call.Values.Contains("poison") || (call.Values is ["a1" or "a2"] && failed.Add(call.Values[0]))
                ? throw new InvalidOperationException("not now")
            : Task.CompletedTask;
        await using var host = await StartAsync(KafkaFunctions.Many, new() { ["maxInFlightPerPartition"] = "4" });
        await QueueBehindFirstAsync(host, [("a", "a1"), ("a", "poison"), ("a", "a2")]);

        _gate.SetResult();
        await DoneAsync("a1", "a2");

        Assert.Equal(["a1", "a2"], failed.Order(StringComparer.Ordinal));
        Assert.Equal(["poison"], DeadLetters.Values);
    }

    [Fact]
    public async Task A_permanent_failure_of_several_records_dead_letters_only_those_that_fail_alone()
    {
        Inbox.Handle = call =>
            call.Values is ["first"] ? _gate.Task
            : call.Values.Contains("poison") ? throw new PermanentFailureException()
            : Task.CompletedTask;
        await using var host = await StartAsync(KafkaFunctions.Many, new() { ["maxInFlightPerPartition"] = "4" });
        await QueueBehindFirstAsync(host, [("a", "a1"), ("a", "poison"), ("a", "a2")]);

        _gate.SetResult();
        await DoneAsync("a1", "a2");

        Assert.Equal(["poison"], DeadLetters.Values);
        Assert.Equal(
            ["first", "a1,poison,a2", "a1", "poison", "a2"],
            Inbox.Calls.Select(static call => string.Join(',', call.Values))
        );
    }

    [Fact]
    public async Task RetryAfter_of_a_batch_delays_only_the_key_that_throws_it_alone()
    {
        Inbox.Handle = call =>
            call.Values is ["first"] ? _gate.Task
            : call.Values.Contains("limited") ? throw new RetryAfterException(TimeSpan.FromMinutes(10))
            : Task.CompletedTask;
        await using var host = await StartAsync(
            KafkaFunctions.Many,
            new() { ["maxConcurrency"] = "1", ["maxInFlightPerPartition"] = "4" }
        );
        var queued = await QueueBehindFirstAsync(host, [("b", "b1"), ("c", "limited"), ("d", "d1")]);

        _gate.SetResult();
        await DoneAsync("b1", "d1");
        await Eventually.TrueAsync(() => Inbox.Calls.Count == 5, "the limited key was called on its own");

        Assert.Equal(queued, Inbox.Calls.ElementAt(1).Values);
        Assert.Equal(
            ["b1", "d1", "limited"],
            Inbox.Calls.Skip(2).Select(static call => Assert.Single(call.Values)).Order(StringComparer.Ordinal)
        );
        Assert.DoesNotContain("limited", Inbox.Done);
    }

    /// <summary>
    /// Starts the function with a record of key a, and waits until these records are fetched behind it.
    /// </summary>
    private async Task<string[]> QueueBehindFirstAsync(TestHost host, (string Key, string Value)[] records)
    {
        await ProduceAsync(("a", "first"));
        await Eventually.TrueAsync(() => Inbox.Calls.Count == 1, "the first record's function runs");
        foreach (var record in records)
            await ProduceAsync((record.Key, record.Value));
        await Eventually.TrueAsync(
            () => host.Logs.Lines.Any(static line => line.Text.Contains("pauses", StringComparison.Ordinal)),
            "the window is full, so all are fetched"
        );
        return [.. records.Select(static record => record.Value)];
    }
}
