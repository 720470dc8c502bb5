using System.Net.Http.Json;
using System.Text;
using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Triggers.Kafka;
using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Slack.Payloads;
using Confluent.Kafka;
using Microsoft.Azure.Functions.Worker;
using OnPremFunctions;
using Topic = CoffeeBuddy.Core.Events.Topics;

namespace CoffeeBuddy.Fuzz;

/// <summary>A sandbox whose Kafka worker dead-letters a record after two short retries.</summary>
public sealed class FuzzedKafkaOffice()
    : Office(
        new SandboxOptions
        {
            Roles = [WorkerRoles.Http, WorkerRoles.Kafka],
            Slack = new SlackSimulator.SimulatorOptions { RateLimits = false },
            Settings = new Dictionary<string, string?>
            {
                ["AzureFunctionsJobHost__extensions__kafka__retry__maxRetryCount"] = "2",
                ["AzureFunctionsJobHost__extensions__kafka__retry__minimumInterval"] = "00:00:00.050",
                ["AzureFunctionsJobHost__extensions__kafka__retry__maximumInterval"] = "00:00:00.200",
                ["Slack__RateShare"] = "100",
                ["CoffeeBuddy__MaxActiveRuns"] = "1000",
                ["CoffeeBuddy__Database__OpenFor"] = "00:00:02",
            },
        }
    );

/// <summary>
/// Mutated records in the consumed topics: the worker keeps running, dead-letters the records that cannot be read, and
/// handles the records after them.
/// </summary>
public sealed class KafkaFuzzTests(FuzzedKafkaOffice office, ITestOutputHelper output)
    : IClassFixture<FuzzedKafkaOffice>
{
    private const int Seed = 20261124;
    private const int Cases = 3_000;
    private const int Healthy = 24;

    private static readonly string[] RunTypes =
    [
        "coffee.order.placed",
        "coffee.run.created",
        "coffee.run.completed",
        "coffee.runner.assigned",
        "coffee.reminder.due",
    ];
    private static readonly string[] MoreHeaders =
    [
        "ce_id",
        "ce_type",
        "ce_traceparent",
        "content-type",
        "dl_topic",
        "dl_offset",
        "dl_cause",
        "x",
        "",
    ];

    [Fact]
    public async Task Unreadable_records_are_dead_lettered_and_the_records_after_them_are_handled()
    {
        var sent = await WriteAsync(Enumerable.Range(0, Cases).Select(Mutated).Append(Large()));

        await HealthyAsync();
        foreach (var (topic, group) in SandboxOptions.ConsumerGroups)
            await Eventually.TrueAsync(() => office.Topics.Lag(group, topic) == 0, $"{group} is done");

        Assert.Null(office.Sandbox.Workers[WorkerRoles.Kafka].ExitCode);
        var dead = office
            .Topics.Read(Topic.DeadLetter)
            .ToDictionary(record =>
                (
                    record.Headers["dl_topic"],
                    int.Parse(record.Headers["dl_partition"]),
                    long.Parse(record.Headers["dl_offset"])
                )
            );
        Assert.All(
            sent.Where(record => record.Outcome == Outcome.DeadLettered),
            record => Assert.Contains(record.Place, dead.Keys)
        );
        Assert.All(
            sent.Where(record => record.Outcome == Outcome.Done),
            record => Assert.DoesNotContain(record.Place, dead.Keys)
        );
        // Each was refused on purpose: none was given up after an unexpected exception.
        Assert.All(
            dead.Values.Select(record => record.Headers["dl_cause"]).Distinct(),
            cause => Assert.StartsWith("PermanentFailureException: ", cause, StringComparison.Ordinal)
        );
        Assert.All(
            office.Log(WorkerRoles.Kafka).Exceptions(),
            line =>
                Assert.Contains(
                    "\"Exception\":\"OnPremFunctions.PermanentFailureException: ",
                    line,
                    StringComparison.Ordinal
                )
        );
        Assert.Empty(office.Log().Exceptions());
        var large = dead[sent[^1].Place];
        Assert.Equal("a value of 999800 bytes and 2 headers", large.Headers["dl_cut"]);
        Assert.Single(dead.Values, record => record.Headers.ContainsKey("dl_cut"));
        output.WriteLine($"{sent.Count} records, {dead.Count} of them dead-lettered.");
        Assert.InRange(dead.Count, Cases / 10, Cases * 9 / 10);
    }

    private static Record Mutated(int index)
    {
        var mutator = new Mutator(Seed + index);
        var topic = mutator.One(SandboxOptions.ConsumerGroups).Topic;
        var isClick = mutator.Sometimes(2);
        var sample =
            topic != Topic.SlackEvents
                ? mutator.One(Samples.RunEvents)
                : mutator.One(isClick ? Samples.Interactions : Samples.Events);
        var type =
            topic != Topic.SlackEvents ? mutator.One(RunTypes)
            : isClick ? EventTypes.SlackInteraction
            : EventTypes.SlackEvent;
        List<(string, byte[]?)> headers = [];
        if (!mutator.Sometimes(20))
            headers.Add(("ce_type", mutator.Sometimes(3) ? mutator.Raw(type) : Encoding.UTF8.GetBytes(type)));
        for (var more = mutator.Sometimes(3) ? 3 : 0; more > 0; more--)
            headers.Add(
                (mutator.One(MoreHeaders), mutator.Raw("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))
            );
        var key = mutator.Sometimes(5) ? mutator.Raw("a-key") : Guid.NewGuid().ToByteArray();
        var value =
            mutator.Sometimes(30) ? mutator.Raw(sample)
            : mutator.Sometimes(5) ? Encoding.UTF8.GetBytes(sample)
            : mutator.Json(sample);
        return new(topic, key, value ?? [], headers, IsSigned: !mutator.Sometimes(10));
    }

    /// <summary>As large as a producer can send; with the dead letter's headers it would be too large.</summary>
    private static Record Large() =>
        new(
            Topic.Orders,
            "large"u8.ToArray(),
            new byte[999_800],
            [("ce_type", "coffee.order.placed"u8.ToArray())],
            IsSigned: true
        );

    private async Task<IReadOnlyList<Sent>> WriteAsync(IEnumerable<Record> records)
    {
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(
            new ProducerConfig { BootstrapServers = office.Sandbox.Kafka.BootstrapServers }
        ).Build();
        return await Task.WhenAll(
            records.Select(async record =>
            {
                var stored = await producer.ProduceAsync(
                    record.Topic,
                    Message(record),
                    TestContext.Current.CancellationToken
                );
                return new Sent(
                    (record.Topic, stored.Partition.Value, stored.Offset.Value),
                    await OutcomeAsync(record)
                );
            })
        );
    }

    private static Message<byte[]?, byte[]?> Message(Record record)
    {
        var (value, headers) = (record.Value, record.Headers);
        if (record.IsSigned)
            (_, value, headers) = SealedRecord.Seal(record.Topic, record.Key, value, headers);
        var message = new Message<byte[]?, byte[]?>
        {
            Key = record.Key,
            Value = value,
            Headers = [],
        };
        foreach (var (name, text) in headers)
            message.Headers.Add(name, text);
        return message;
    }

    /// <summary>The expected outcome, as far as the record itself decides it.</summary>
    private static async Task<Outcome> OutcomeAsync(Record record)
    {
        if (!record.IsSigned)
            return Outcome.DeadLettered;
        var read = Signed.Record(record.Topic, record.Key, record.Value, record.Headers);
        if (record.Topic == Topic.SlackEvents)
        {
            var isRead = CloudEvent.TypeOf(read) switch
            {
                EventTypes.SlackEvent => SlackEventEnvelope.TryParse(record.Value, out var envelope, out _)
                    && envelope.EventId is not null,
                EventTypes.SlackInteraction => Interaction.TryParse(
                    Encoding.UTF8.GetString(record.Value),
                    out _,
                    out _
                ),
                _ => false,
            };
            // A readable request can still fail: it may name a channel that Slack does not know.
            return isRead ? Outcome.Any : Outcome.DeadLettered;
        }

        try
        {
            await Signed.RunEvents.ForEachRunAsync(
                [read],
                (_, _, _) => Task.CompletedTask,
                TestContext.Current.CancellationToken
            );
            return Outcome.Done;
        }
        catch (PermanentFailureException)
        {
            return Outcome.DeadLettered;
        }
    }

    /// <summary>
    /// Opens runs and mentions the app after the mutated records; enough to reach nearly every partition.
    /// </summary>
    private async Task HealthyAsync()
    {
        var noor = office.Act("Noor");
        using var simulator = new HttpClient { BaseAddress = office.Sandbox.Slack.BaseAddress };
        var channels = Enumerable.Range(0, Healthy).Select(_ => Office.NewChannel()).ToList();
        // One person may make the worker ask about 20 channels in a minute.
        var people = office.Sandbox.Slack.State.People;
        foreach (var (index, channel) in channels.Index())
        {
            using var made = await simulator.PostAsJsonAsync(
                "sim/channels",
                new
                {
                    name = channel.ToLowerInvariant(),
                    id = channel,
                    has_bot = true,
                },
                TestContext.Current.CancellationToken
            );
            made.EnsureSuccessStatusCode();
            await office.Api.OpenRunAsync(office.Service(), people[index % people.Count].Id, channel);
            await noor.SayAsync(channel, $"@{SlackSender.Bot} help");
        }

        foreach (var channel in channels)
        {
            await noor.WaitToSeeAsync(
                channel,
                message => message.Shown.Contains("is organising a coffee run", StringComparison.Ordinal),
                Guard.Timeout
            );
            await noor.WaitToSeeAsync(
                channel,
                message => message.Shown.Contains("/coffee-history", StringComparison.Ordinal),
                Guard.Timeout
            );
        }
    }

    private enum Outcome
    {
        Done,
        DeadLettered,
        Any,
    }

    private sealed record Record(
        string Topic,
        byte[]? Key,
        byte[] Value,
        IReadOnlyList<(string Name, byte[]? Value)> Headers,
        bool IsSigned
    );

    private sealed record Sent((string Topic, int Partition, long Offset) Place, Outcome Outcome);
}
