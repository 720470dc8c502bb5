using System.Diagnostics;
using CoffeeBuddy.Reliability.Support;
using CoffeeBuddy.Sandbox;

namespace CoffeeBuddy.Reliability;

/// <summary>All brokers are down for longer than the worker waits for them.</summary>
public sealed class KafkaDownTests(WholeOffice office) : ReliabilityTest(office)
{
    private const int Runs = 6;

    /// <summary>The time after which the producer gives up a message. No request waits for that.</summary>
    private static readonly TimeSpan MessageTimeout = TimeSpan.FromSeconds(5);

    private readonly SlackPerson _noor = office.Act("Noor");

    [Fact]
    public async Task Orders_are_accepted_without_Kafka_and_their_events_are_published_in_order_afterwards()
    {
        Assert.SkipUnless(WholeOffice.KafkaOfTestRun is null, "Brokers that the tests did not start are not stopped.");
        var people = await Task.WhenAll(Enumerable.Range(0, 15).Select(_ => Office.HireAsync()));
        var channels = await Task.WhenAll(Enumerable.Range(0, Runs).Select(_ => Office.NewChannelAsync()));
        var runs = new List<Guid>();
        foreach (var channel in channels)
            runs.Add(await Office.OpenRunAsync(channel, _noor));
        var before = await OrderInEachAsync(runs, people[..5]);

        Office.Sandbox.Kafka.AllBrokersDown();
        try
        {
            var during = await OrderInEachAsync(runs, people[5..]);
            TestContext.Current.SendDiagnosticMessage(
                $"An order with Kafka: {Figures(before)}; without: {Figures(during)}."
            );
            // If requests waited for the producer, the fastest would take this long too.
            Assert.True(during.Min() < MessageTimeout, $"the fastest order took {during.Min()}");
            // Two attempts take longer than the producer's timeout and the sweep's lease.
            await Eventually.TrueAsync(
                async () => await Office.Rows.CountAsync("outbox WHERE published_at IS NULL AND attempts < 2") == 0,
                "the sweep has tried each event twice"
            );
            Assert.Equal(
                Runs * 10,
                await Office.Rows.CountAsync("outbox WHERE published_at IS NULL AND event_type = 'coffee.order.placed'")
            );
        }
        finally
        {
            Office.Sandbox.Kafka.AllBrokersUp();
        }

        await Office.NothingPendingAsync();
        var orders = Office.Topics.Read(TopicNames.Orders);
        foreach (var (run, channel) in runs.Zip(channels))
        {
            var arrived = orders
                .Where(record => record.Key == run.ToString())
                .Select(record => record.EventId)
                .Distinct(StringComparer.Ordinal)
                .ToList();
            var written = (
                await Office.Rows.ListAsync<Guid>(
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
                Guard.Timeout
            );
        }
    }

    /// <summary>Places orders of these people one after another, and returns the duration of each.</summary>
    private async Task<List<TimeSpan>> OrderInEachAsync(List<Guid> runs, SlackPerson[] people)
    {
        var took = new List<TimeSpan>();
        foreach (var person in people)
        {
            foreach (var run in runs)
            {
                var started = Stopwatch.GetTimestamp();
                (await Office.Api.OrderAsync(Office.Service(), run.ToString(), person.Id)).Is(201);
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
