using System.Globalization;
using System.Reflection;
using CoffeeBuddy.Functions.Triggers.Kafka;
using CoffeeBuddy.Reliability.Support;
using CoffeeBuddy.Sandbox;
using Microsoft.Azure.Functions.Worker;
using SlackSimulator.Control;

namespace CoffeeBuddy.Reliability;

/// <summary>Slack answers 429, or fails (AC6): what is to be shown waits in Kafka, and only what is limited waits.</summary>
[Collection(typeof(SharesWholeOffice))]
public sealed class SlackLimitTests(WholeOffice office) : IDisposable
{
    private const string Post = "chat.postMessage";
    private const string Group = "coffeebuddy-orders";
    private const int RetryAfter = 2;

    private readonly SlackPerson _noor = office.Act("Noor");

    private string Servers => office.Sandbox.Kafka.BootstrapServers;

    public void Dispose() => office.Sandbox.Slack.Faults.Set([]);

    [Fact]
    public async Task A_limited_channel_waits_as_long_as_Slack_says_and_holds_up_nobody()
    {
        var limited = await office.NewChannelAsync();
        office.Sandbox.Slack.Faults.Set([
            new Fault(Post, FaultKind.RateLimited, RetryAfter: RetryAfter, Channel: limited),
        ]);
        var run = await office.OpenRunAsync(limited, _noor);
        await Eventually.TrueAsync(() => office.Calls(Post, limited).Count > 0, "the channel is limited");
        var record = Assert.Single(KafkaView.Read(Servers, TopicNames.Orders, run.ToString()));

        // Others' messages go on, those too that come through the very partition that holds the one that waits.
        var others = await OpenInPartitionAsync(record.Partition);
        foreach (var channel in others)
            await _noor.SeesAnnouncementAsync(channel);

        await Eventually.TrueAsync(() => office.Calls(Post, limited).Count >= 3, "it was tried three times");
        var refused = office.Calls(Post, limited);
        Assert.All(refused, call => Assert.Equal(429, call.Status));
        Assert.All(
            refused.Zip(refused.Skip(1)),
            pair =>
                Assert.True(
                    (pair.Second.At - pair.First.At).TotalSeconds >= RetryAfter - 0.1,
                    $"{pair.First.At:O} and {pair.Second.At:O}"
                )
        );
        Assert.True(
            KafkaView.Committed(Servers, Group, TopicNames.Orders, record.Partition) <= record.Offset,
            "the record stays in Kafka"
        );

        office.Sandbox.Slack.Faults.Set([]);
        var ended = office.Sandbox.Slack.Clock.Now;
        await _noor.SeesAnnouncementAsync(limited);
        var delivered = office.Calls(Post, limited).Single(call => call.Status == 200);
        TestContext.Current.SendDiagnosticMessage(
            $"Delivered {(delivered.At - ended).TotalSeconds:0.0} s after the limit ended (Retry-After {RetryAfter} s)."
        );
        await Eventually.TrueAsync(
            () => KafkaView.Committed(Servers, Group, TopicNames.Orders, record.Partition) > record.Offset,
            "the record is done"
        );
        Assert.Single(await _noor.SeesAsync(limited), OfficeExtensions.IsAnnouncement);
        Assert.Empty(KafkaView.Read(Servers, TopicNames.DeadLetter, run.ToString()));
    }

    [Fact]
    public async Task A_record_that_always_fails_is_tried_with_growing_waits_and_dead_lettered_and_the_next_of_its_run_goes_on()
    {
        var (channel, other) = (await office.NewChannelAsync(), await office.NewChannelAsync());
        var counted = await DeadLettersAsync();
        office.Sandbox.Slack.Faults.Set([new Fault(Post, FaultKind.Code, Code: "team_added_to_org", Channel: channel)]);

        var run = await office.OpenRunAsync(channel, _noor);
        await office.OpenRunAsync(other, _noor);
        await _noor.SeesAnnouncementAsync(other);
        await Eventually.TrueAsync(
            () => KafkaView.Read(Servers, TopicNames.DeadLetter, run.ToString()).Count > 0,
            "the record is on the dead-letter topic"
        );

        var record = Assert.Single(KafkaView.Read(Servers, TopicNames.Orders, run.ToString()));
        var dead = Assert.Single(KafkaView.Read(Servers, TopicNames.DeadLetter, run.ToString()));
        Assert.Equal((record.Text, record.EventId), (dead.Text, dead.EventId));
        Assert.Equal(
            (TopicNames.Orders, $"{record.Partition}", $"{record.Offset}"),
            (dead.Headers["dl_topic"], dead.Headers["dl_partition"], dead.Headers["dl_offset"])
        );
        Assert.Equal(
            ("ProcessOrders", $"{WholeOffice.Retries + 1}"),
            (dead.Headers["dl_function"], dead.Headers["dl_attempts"])
        );
        Assert.Equal(
            "SlackApiException: Slack's chat.postMessage failed: team_added_to_org.",
            dead.Headers["dl_cause"]
        );
        Assert.Equal(counted + 1, await DeadLettersAsync());
        Assert.Equal(WholeOffice.Retries + 1, office.Calls(Post, channel).Count);
        AssertBackoff(office.Waits(record));

        office.Sandbox.Slack.Faults.Set([]);
        (await office.Api.OrderAsync(office.Service(), run.ToString(), _noor.Id, "Tea", "Small")).Is(201);
        await _noor.SeesAnnouncementAsync(channel);
        await _noor.WaitToSeeAsync(
            channel,
            message => message.ThreadTs is not null && message.Shown.Contains("Small Tea", StringComparison.Ordinal),
            OfficeExtensions.Patience
        );
    }

    [Theory]
    [InlineData(typeof(ProcessOrders))]
    [InlineData(typeof(ProcessAssignments))]
    [InlineData(typeof(ProcessCompletions))]
    [InlineData(typeof(ProcessSlackEvents))]
    public void The_waits_are_1_s_doubling_to_60_s_unless_configured(Type function)
    {
        var retry = function.GetMethod("RunAsync")!.GetCustomAttribute<ExponentialBackoffRetryAttribute>()!;

        Assert.Equal((35, "00:00:01", "00:01:00"), (retry.MaxRetryCount, retry.MinimumInterval, retry.MaximumInterval));
    }

    /// <summary>Opens runs, many at once, until one's events are in this partition; the channels of all.</summary>
    private async Task<IReadOnlyList<string>> OpenInPartitionAsync(int partition)
    {
        var channels = new List<string>();
        var runs = new HashSet<string>(StringComparer.Ordinal);
        do
        {
            // Of 12 partitions, one of 40 runs misses a given one in 3 of 100 cases; of 200, never.
            Assert.InRange(channels.Count, 0, 200);
            var opened = await Task.WhenAll(
                Enumerable
                    .Range(0, 40)
                    .Select(async _ =>
                    {
                        var channel = await office.NewChannelAsync();
                        return (Channel: channel, Run: await office.OpenRunAsync(channel, _noor));
                    })
            );
            channels.AddRange(opened.Select(one => one.Channel));
            runs.UnionWith(opened.Select(one => one.Run.ToString()));
            await office.NothingPendingAsync();
        } while (
            !KafkaView
                .Read(Servers, TopicNames.Orders)
                .Any(record => record.Partition == partition && runs.Contains(record.Key))
        );
        return channels;
    }

    private static void AssertBackoff(IReadOnlyList<TimeSpan> waits)
    {
        Assert.Equal(WholeOffice.Retries, waits.Count);
        var doubled = waits
            .Select(
                (_, retry) =>
                    Math.Min(
                        WholeOffice.FirstWait.TotalMilliseconds * Math.Pow(2, retry),
                        WholeOffice.LongestWait.TotalMilliseconds
                    )
            )
            .ToList();
        Assert.All(
            waits.Zip(doubled),
            pair =>
            {
                Assert.InRange(pair.First.TotalMilliseconds, pair.Second * 0.8 - 1, pair.Second * 1.2 + 1);
                Assert.InRange(pair.First, WholeOffice.FirstWait, WholeOffice.LongestWait);
            }
        );
        Assert.Contains(waits.Zip(doubled), pair => Math.Abs(pair.First.TotalMilliseconds - pair.Second) > 0.01);
        TestContext.Current.SendDiagnosticMessage(
            $"Waits: {string.Join(", ", waits.Select(wait => wait.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)))} ms."
        );
    }

    private async Task<double> DeadLettersAsync() =>
        (await office.MetricsAsync(WorkerRoles.Kafka)).Value(
            "functions_dead_lettered_total",
            "function=\"ProcessOrders\""
        );
}
