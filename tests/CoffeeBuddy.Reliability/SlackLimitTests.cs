using System.Globalization;
using System.Reflection;
using CoffeeBuddy.Functions.Triggers.Kafka;
using CoffeeBuddy.Reliability.Support;
using CoffeeBuddy.Sandbox;
using Microsoft.Azure.Functions.Worker;
using SlackSimulator.Control;

namespace CoffeeBuddy.Reliability;

/// <summary>
/// Slack answers 429 or fails: the record stays in Kafka until it succeeds, and records of other runs continue.
/// </summary>
public sealed class SlackLimitTests(WholeOffice office) : ReliabilityTest(office)
{
    private const string Post = "chat.postMessage";
    private const string Group = "coffeebuddy-orders";
    private const int RetryAfter = 2;

    private readonly SlackPerson _noor = office.Act("Noor");

    public override ValueTask DisposeAsync()
    {
        Office.Sandbox.Slack.Faults.Set([]);
        return base.DisposeAsync();
    }

    [Fact]
    public async Task A_rate_limited_channel_waits_for_Retry_After_and_delays_no_other_channel()
    {
        var limited = await Office.NewChannelAsync();
        Office.Sandbox.Slack.Faults.Set([
            new Fault(Post, FaultKind.RateLimited, RetryAfter: RetryAfter, Channel: limited),
        ]);
        var run = await Office.OpenRunAsync(limited, _noor);
        await Eventually.TrueAsync(() => Office.Calls(Post, limited).Count > 0, "the channel is limited");
        var record = Assert.Single(Office.Topics.Read(TopicNames.Orders, run.ToString()));

        // Other channels get their messages, even those whose records are in the same partition.
        var others = await OpenInPartitionAsync(record.Partition);
        foreach (var channel in others)
            await _noor.SeesAnnouncementAsync(channel);

        await Eventually.TrueAsync(() => Office.Calls(Post, limited).Count >= 3, "the message was tried three times");
        var refused = Office.Calls(Post, limited);
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
            Office.Topics.Committed(Group, TopicNames.Orders, record.Partition) <= record.Offset,
            "the record stays in Kafka"
        );

        Office.Sandbox.Slack.Faults.Set([]);
        var ended = Office.Sandbox.Slack.Clock.Now;
        await _noor.SeesAnnouncementAsync(limited);
        var delivered = Office.Calls(Post, limited).Single(call => call.Status == 200);
        TestContext.Current.SendDiagnosticMessage(
            $"Delivered {(delivered.At - ended).TotalSeconds:0.0} s after the limit ended (Retry-After {RetryAfter} s)."
        );
        await Eventually.TrueAsync(
            () => Office.Topics.Committed(Group, TopicNames.Orders, record.Partition) > record.Offset,
            "the record is done"
        );
        Assert.Single(await _noor.SeesAsync(limited), OfficeExtensions.IsAnnouncement);
        Assert.Empty(Office.Topics.Read(TopicNames.DeadLetter, run.ToString()));
    }

    [Fact]
    public async Task A_record_that_always_fails_is_dead_lettered_after_growing_delays_and_the_next_record_of_its_run_is_handled()
    {
        var (channel, other) = (await Office.NewChannelAsync(), await Office.NewChannelAsync());
        var counted = await DeadLettersAsync();
        Office.Sandbox.Slack.Faults.Set([new Fault(Post, FaultKind.Code, Code: "team_added_to_org", Channel: channel)]);

        var run = await Office.OpenRunAsync(channel, _noor);
        await Office.OpenRunAsync(other, _noor);
        await _noor.SeesAnnouncementAsync(other);
        await Eventually.TrueAsync(
            () => Office.Topics.Read(TopicNames.DeadLetter, run.ToString()).Count > 0,
            "the record is on the dead-letter topic"
        );

        var record = Assert.Single(Office.Topics.Read(TopicNames.Orders, run.ToString()));
        var dead = Assert.Single(Office.Topics.Read(TopicNames.DeadLetter, run.ToString()));
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
        Assert.Equal(WholeOffice.Retries + 1, Office.Calls(Post, channel).Count);
        AssertBackoff(Office.Waits(record));

        Office.Sandbox.Slack.Faults.Set([]);
        (await Office.Api.OrderAsync(Office.Service(), run.ToString(), _noor.Id, "Tea", "Small")).Is(201);
        await _noor.SeesAnnouncementAsync(channel);
        await _noor.WaitToSeeAsync(
            channel,
            message => message.ThreadTs is not null && message.Shown.Contains("Small Tea", StringComparison.Ordinal),
            Guard.Timeout
        );
    }

    [Theory]
    [InlineData(typeof(ProcessOrders))]
    [InlineData(typeof(ProcessAssignments))]
    [InlineData(typeof(ProcessCompletions))]
    [InlineData(typeof(ProcessSlackEvents))]
    public void By_default_the_delays_double_from_1_s_to_60_s(Type function)
    {
        var retry = function.GetMethod("RunAsync")!.GetCustomAttribute<ExponentialBackoffRetryAttribute>()!;

        Assert.Equal((35, "00:00:01", "00:01:00"), (retry.MaxRetryCount, retry.MinimumInterval, retry.MaximumInterval));
    }

    /// <summary>Opens runs until the records of one are in this partition, and returns all channels.</summary>
    private async Task<IReadOnlyList<string>> OpenInPartitionAsync(int partition)
    {
        var channels = new List<string>();
        var runs = new HashSet<string>(StringComparer.Ordinal);
        do
        {
            // The probability that 40 runs miss one of 12 partitions is 3 %, for 200 runs practically 0.
            Assert.InRange(channels.Count, 0, 200);
            // One person may make the worker ask about 20 channels in a minute: nobody whom another test needs.
            var people = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Office.HireAsync()));
            var opened = await Task.WhenAll(
                Enumerable
                    .Range(0, 40)
                    .Select(async one =>
                    {
                        var channel = await Office.NewChannelAsync();
                        return (Channel: channel, Run: await Office.OpenRunAsync(channel, people[one % people.Length]));
                    })
            );
            channels.AddRange(opened.Select(one => one.Channel));
            runs.UnionWith(opened.Select(one => one.Run.ToString()));
            await Office.NothingPendingAsync();
        } while (
            !Office
                .Topics.Read(TopicNames.Orders)
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
        (await Office.MetricsAsync(WorkerRoles.Kafka)).Value(
            "functions_dead_lettered_total",
            "function=\"ProcessOrders\""
        );
}
