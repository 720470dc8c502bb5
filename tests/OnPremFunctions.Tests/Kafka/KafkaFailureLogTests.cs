using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OnPremFunctions.Tests.Support;

namespace OnPremFunctions.Tests.Kafka;

public sealed class KafkaFailureLogTests : KafkaTest
{
    private readonly FakeTimeProvider _time = new();
    private readonly LogCapture _lines = new();

    [Fact]
    public void A_failure_is_logged_at_its_start_once_a_minute_and_at_its_end()
    {
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(_lines));
        var log = new KafkaFailureLog(_time, loggers.CreateLogger<KafkaFailureLog>());
        for (var second = 0; second < 150; second++)
        {
            log.Failed("One", new Error(ErrorCode.Local_Transport, "refused"));
            log.Failed("Two", new Error(ErrorCode.Local_AllBrokersDown, "all down"));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        log.Works(KafkaFailureLog.Connection);
        log.Works(KafkaFailureLog.Connection);

        Assert.Equal(
            [
                "The connection to Kafka fails: refused",
                "The connection to Kafka has failed for 00:01:00, 120 errors since the last line: refused",
                "The connection to Kafka has failed for 00:02:00, 120 errors since the last line: refused",
                "The connection to Kafka works again after 00:02:30",
            ],
            _lines.Lines.Select(static line => line.Text)
        );
    }

    [Fact]
    public void A_failure_that_comes_and_goes_is_logged_once_a_minute()
    {
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(_lines));
        var log = new KafkaFailureLog(_time, loggers.CreateLogger<KafkaFailureLog>());
        for (var second = 0; second < 100; second++)
        {
            log.Failed("One", "slow", LogLevel.Warning);
            log.Works("One");
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(4, _lines.Lines.Count);
    }

    [Fact]
    public async Task Brokers_that_are_away_are_one_line_at_the_start_and_one_at_the_end()
    {
        await using var host = await StartAsync(KafkaFunctions.One);
        await host.ReadyAsync();

        Cluster.AllBrokersDown();
        await Eventually.TrueAsync(() => Lines(host, "The connection to Kafka fails") == 1, "the outage is logged");
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => host.GetAsync("/healthz/live")));
        Cluster.AllBrokersUp();
        await Eventually.TrueAsync(() => Lines(host, "The connection to Kafka works again") == 1, "the end is logged");

        await ProduceAsync(("a", "1"));
        await DoneAsync("1");
        Assert.Single(
            host.Logs.Lines,
            static line => line.Level >= LogLevel.Warning && line.Text.Contains("Kafka", StringComparison.Ordinal)
        );
    }

    private static int Lines(TestHost host, string text) =>
        host.Logs.Lines.Count(line => line.Text.StartsWith(text, StringComparison.Ordinal));
}
