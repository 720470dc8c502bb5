using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OnPremFunctions.Tests.Support;

namespace OnPremFunctions.Tests.Kafka;

public sealed class RetryTests : KafkaTest
{
    [Fact]
    public async Task A_failed_record_is_retried()
    {
        Inbox.Handle = static call =>
            call.Retry < 2 ? throw new InvalidOperationException("not yet") : Task.CompletedTask;
        await using var host = await StartAsync(KafkaFunctions.One);

        await ProduceAsync(("a", "a1"));
        await DoneAsync("a1");

        Assert.Equal([0, 1, 2], Inbox.Calls.Select(static call => call.Retry));
        await Eventually.TrueAsync(() => Committed() == 1, "the record is committed");
        Assert.Empty(DeadLetters.Letters);
    }

    [Fact]
    public async Task Other_keys_are_processed_while_one_waits_and_each_key_stays_in_order()
    {
        var fail = true;
        Inbox.Handle = call =>
            Volatile.Read(ref fail) && call.Values is ["a1"]
                ? throw new InvalidOperationException("not yet")
                : Task.CompletedTask;
        await using var host = await StartAsync(KafkaFunctions.Endless);

        await ProduceAsync(("a", "a1"));
        await ProduceAsync(("a", "a2"), ("b", "b1"));
        await ProduceAsync(("b", "b2"), (null, "no key"));
        await DoneAsync("b1", "b2", "no key");
        Assert.DoesNotContain(Inbox.Calls, static call => call.Values is ["a2"]);
        Assert.Equal(0, Committed());
        Volatile.Write(ref fail, false);
        await DoneAsync("a1", "a2");

        Assert.Equal(["a1", "a2"], Inbox.Done.Where(static value => value.StartsWith('a')));
        Assert.Equal(["b1", "b2"], Inbox.Done.Where(static value => value.StartsWith('b')));
        await Eventually.TrueAsync(() => Committed() == 5, "everything is committed");
    }

    [Fact]
    public async Task A_record_without_retries_left_is_dead_lettered_with_its_cause()
    {
        Inbox.Handle = static call =>
            call.Values is ["bad"] ? throw new InvalidOperationException("never") : Task.CompletedTask;
        await using var host = await StartAsync(KafkaFunctions.One);
        var before = await host.MetricAsync("""functions_dead_lettered_total{function="One"}""");

        await ProduceAsync(("a", "bad"));
        await ProduceAsync(("a", "good"));
        await DoneAsync("good");

        var letter = Assert.Single(DeadLetters.Letters);
        Assert.Equal(
            ("One", Group, 4, "never", 0L),
            (letter.FunctionName, letter.ConsumerGroup, letter.Attempts, letter.Exception.Message, letter.Record.Offset)
        );
        Assert.Equal(Bytes("bad"), letter.Record.Value);
        Assert.True(await host.MetricAsync("""functions_dead_lettered_total{function="One"}""") > before);
        await Eventually.TrueAsync(() => Committed() == 2, "both records are committed");
    }

    [Fact]
    public async Task A_permanent_failure_is_dead_lettered_without_retry()
    {
        Inbox.Handle = static _ => throw new PermanentFailureException("unreadable");
        await using var host = await StartAsync(KafkaFunctions.Endless);

        await ProduceAsync(("a", "bad"));
        await Eventually.TrueAsync(() => DeadLetters.Letters.Count == 1, "the record is dead-lettered");

        Assert.Single(Inbox.Calls);
        Assert.Equal(1, DeadLetters.Letters.Single().Attempts);
    }

    [Fact]
    public async Task A_dead_letter_handler_that_throws_is_called_again_before_the_record_is_done()
    {
        Inbox.Handle = static call =>
            call.Values is ["bad"] ? throw new PermanentFailureException() : Task.CompletedTask;
        DeadLetters.FailuresFirst = 1;
        await using var host = await StartAsync(KafkaFunctions.One);

        await ProduceAsync(("a", "bad"));
        await ProduceAsync(("a", "good"));
        await Eventually.TrueAsync(() => DeadLetters.Calls == 1, "the handler has thrown");
        Assert.Empty(Inbox.Done);
        await DoneAsync("good");

        Assert.Equal(2, DeadLetters.Calls);
        Assert.Equal(["bad"], DeadLetters.Values);
    }

    [Fact]
    public async Task Without_a_dead_letter_handler_a_record_is_retried_without_limit()
    {
        Inbox.Handle = call => Inbox.Calls.Count <= 8 ? throw new PermanentFailureException() : Task.CompletedTask;
        await using var host = await StartAsync(KafkaFunctions.One, withDeadLetters: false);

        await ProduceAsync(("a", "a1"));
        await DoneAsync("a1");

        Assert.Equal(9, Inbox.Calls.Count);
        Assert.Contains(
            host.Logs.Lines,
            static line => line.Text.Contains("no dead-letter handler is registered", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task RetryAfter_does_not_count_as_a_retry_the_first_20_times()
    {
        Inbox.Handle = static call =>
            call.Values is ["limited"]
                ? throw new RetryAfterException(TimeSpan.FromMilliseconds(1))
                : Task.CompletedTask;
        await using var host = await StartAsync(KafkaFunctions.One);

        await ProduceAsync(("a", "limited"));
        await ProduceAsync(("a", "next"));
        await DoneAsync("next");

        Assert.Equal(1 + RetryAfterException.FreeWaits + 3, Assert.Single(DeadLetters.Letters).Attempts);
    }

    [Fact]
    public async Task RetryAfter_with_Counts_false_never_leads_to_a_dead_letter()
    {
        const int Waits = 50;
        Inbox.Handle = call =>
            Inbox.Calls.Count <= Waits
                ? throw new RetryAfterException(TimeSpan.FromMilliseconds(1), "the database is away") { Counts = false }
                : Task.CompletedTask;
        await using var host = await StartAsync(KafkaFunctions.One);

        await ProduceAsync(("a", "a1"));
        await DoneAsync("a1");

        Assert.Equal(Waits + 1, Inbox.Calls.Count);
        Assert.All(Inbox.Calls, static call => Assert.Equal(0, call.Retry));
        Assert.Empty(DeadLetters.Letters);
    }

    [Fact]
    public async Task RetryAfter_with_a_negative_delay_uses_the_policys_delay()
    {
        Inbox.Handle = call =>
            Inbox.Calls.Count == 1 ? throw new RetryAfterException(TimeSpan.FromHours(-1)) : Task.CompletedTask;
        await using var host = await StartAsync(KafkaFunctions.One);

        await ProduceAsync(("a", "a1"));
        await DoneAsync("a1");

        Assert.Contains(
            host.Logs.Lines,
            static line => line.Text.EndsWith("in 00:00:00.0200000", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("One failed")]
    [InlineData("will retry")]
    public async Task A_key_is_processed_further_when_the_logger_throws(string line)
    {
        Inbox.Handle = static call =>
            call.Context.RetryContext!.RetryCount == 0 && call.Values is ["a1"]
                ? throw new InvalidOperationException("not yet")
                : Task.CompletedTask;
        using var log = new ThrowingLog(line);
        await using var host = await StartAsync(
            KafkaFunctions.One,
            configure: builder => builder.Logging.AddProvider(log)
        );

        await ProduceAsync(("a", "a1"));
        await ProduceAsync(("a", "a2"));
        await DoneAsync("a1", "a2");

        Assert.Contains(
            host.Logs.Lines,
            static line => line.Text.StartsWith("The host failed while it ran One", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task RetryAfter_delays_the_next_call()
    {
        var time = new FakeTimeProvider();
        Inbox.Handle = call =>
            Inbox.Calls.Count == 1 ? throw new RetryAfterException(TimeSpan.FromSeconds(30)) : Task.CompletedTask;
        await using var host = await StartAsync(
            KafkaFunctions.One,
            configure: builder => builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time))
        );

        await ProduceAsync(("a", "a1"));
        await Eventually.TrueAsync(
            () => host.Logs.Lines.Any(static line => line.Text.EndsWith("in 00:00:30", StringComparison.Ordinal)),
            "the function waits for 30 s"
        );
        await Eventually.TrueAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return Inbox.Done.Contains("a1");
            },
            "a1 is done"
        );

        Assert.True(time.GetUtcNow() - time.Start >= TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_record_whose_function_timed_out_is_retried_also_when_the_function_returned()
    {
        Inbox.Handle = async call =>
        {
            if (call.Retry == 0)
                await Task.Delay(Timeout.InfiniteTimeSpan, call.Context.CancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        };
        await using var host = await StartAsync(KafkaFunctions.One, timeout: "00:00:00.2");

        await ProduceAsync(("a", "a1"));
        await Eventually.TrueAsync(() => Inbox.Done.Count == 2, "the function has returned twice");

        Assert.Equal([0, 1], Inbox.Calls.Select(static call => call.Retry));
    }

    [Fact]
    public async Task A_function_without_a_retry_attribute_has_the_default_policy()
    {
        Inbox.Handle = static call =>
            call.Retry == 0 ? throw new InvalidOperationException("not yet") : Task.CompletedTask;
        await using var host = await StartAsync(KafkaFunctions.Plain);

        await ProduceAsync(("a", "a1"));
        await DoneAsync("a1");

        Assert.Equal([5, 5], Inbox.Calls.Select(static call => call.Context.RetryContext!.MaxRetryCount));
    }

    /// <summary>Throws for the first line that contains the text, as with a full disk.</summary>
    private sealed class ThrowingLog(string text) : ILoggerProvider, ILogger
    {
        private int _throws = 1;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (
                formatter(state, exception).Contains(text, StringComparison.Ordinal)
                && Interlocked.Exchange(ref _throws, 0) == 1
            )
                throw new IOException("no space left on device");
        }

        public void Dispose() { }
    }
}
