using System.Diagnostics;
using CoffeeBuddy.Reliability.Support;
using CoffeeBuddy.Sandbox;

namespace CoffeeBuddy.Reliability;

/// <summary>Every broker is away for longer than anything waits for it.</summary>
[Collection(typeof(SharesWholeOffice))]
public sealed class KafkaDownTests(WholeOffice office)
{
    private const int Runs = 6;

    /// <summary>The producer gives a message up after 5 s: no request may wait that long.</summary>
    private static readonly TimeSpan MessageTimeout = TimeSpan.FromSeconds(5);

    private readonly SlackPerson _noor = office.Act("Noor");

    private string Servers => office.Sandbox.Kafka.BootstrapServers;

    [Fact]
    public async Task Orders_go_on_without_Kafka_and_all_events_arrive_in_order_afterwards()
    {
        var channels = await Task.WhenAll(Enumerable.Range(0, Runs).Select(_ => office.NewChannelAsync()));
        var runs = new List<Guid>();
        foreach (var channel in channels)
            runs.Add(await office.OpenRunAsync(channel, _noor));
        var before = await OrderInEachAsync(runs, rounds: 5);

        office.Sandbox.Kafka.AllBrokersDown();
        try
        {
            var during = await OrderInEachAsync(runs, rounds: 10);
            TestContext.Current.SendDiagnosticMessage(
                $"An order with Kafka: {Figures(before)}; without: {Figures(during)}."
            );
            Assert.All(during, took => Assert.InRange(took, TimeSpan.Zero, MessageTimeout));
            // Longer than the producer tries and than the sweep's lease: each was given up and taken up at least twice.
            await Eventually.TrueAsync(
                async () => await office.Rows.CountAsync("outbox WHERE published_at IS NULL AND attempts < 2") == 0,
                "the sweep has tried each twice"
            );
            Assert.Equal(
                Runs * 10,
                await office.Rows.CountAsync("outbox WHERE published_at IS NULL AND event_type = 'coffee.order.placed'")
            );
        }
        finally
        {
            office.Sandbox.Kafka.AllBrokersUp();
        }

        await office.NothingPendingAsync();
        var orders = KafkaView.Read(Servers, TopicNames.Orders);
        foreach (var (run, channel) in runs.Zip(channels))
        {
            var arrived = orders
                .Where(record => record.Key == run.ToString())
                .Select(record => record.EventId)
                .Distinct(StringComparer.Ordinal)
                .ToList();
            var written = (
                await office.Rows.ListAsync<Guid>(
                    "SELECT event_id FROM outbox WHERE message_key = @run AND topic = 'coffee.orders' ORDER BY outbox_id",
                    new { run = run.ToString() }
                )
            ).Select(id => id.ToString());
            Assert.Equal(written, arrived);
            await _noor.WaitToSeeAsync(
                channel,
                message =>
                    message.ThreadTs is not null
                    && message.Shown.Contains("*15 orders so far*", StringComparison.Ordinal),
                OfficeExtensions.Patience
            );
        }
    }

    /// <summary>One order after the other, each of somebody new; how long each took.</summary>
    private async Task<List<TimeSpan>> OrderInEachAsync(List<Guid> runs, int rounds)
    {
        var took = new List<TimeSpan>();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var run in runs)
            {
                var started = Stopwatch.GetTimestamp();
                (await office.Api.OrderAsync(office.Service(), run.ToString(), Office.NewUser())).Is(201);
                took.Add(Stopwatch.GetElapsedTime(started));
            }
        }

        return took;
    }

    private static string Figures(List<TimeSpan> took)
    {
        var sorted = took.Order().ToList();
        return $"median {sorted[sorted.Count / 2].TotalMilliseconds:0} ms, slowest {string.Join(", ", sorted.TakeLast(3).Reverse().Select(one => one.TotalMilliseconds.ToString("0")))} ms of {sorted.Count}";
    }
}
