using System.Text;
using System.Text.Json.Nodes;
using CoffeeBuddy.Operations.Support;
using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Sandbox.Workers;

namespace CoffeeBuddy.Operations;

/// <summary>Somebody can write to the topics, and read them: they act as nobody, and learn nothing.</summary>
[Collection(typeof(SharesWholeOffice))]
public sealed class RecordTests(WholeOffice office)
{
    private const string SlackEvents = "slack.events";
    private const string DeadLetter = "coffee.deadletter";

    private readonly string _key = $"T0SIM00001:{Guid.NewGuid():N}";

    [Fact]
    public async Task A_click_that_is_not_signed_by_a_worker_does_nothing_and_is_a_dead_letter()
    {
        var priya = await office.HireAsync();
        var run = await office.Api.OpenRunAsync(office.Service(), priya.Id, await office.NewChannelAsync([priya]));
        var click = Encoding.UTF8.GetBytes(Click(priya.Id, run));
        var headers = Headers();
        var ofAnotherKey = SealedRecord.Seal(
            SlackEvents,
            Encoding.UTF8.GetBytes(_key),
            click,
            headers,
            "a secret of another installation, 32+"
        );

        await office.Topics.WriteUnsignedAsync(SlackEvents, _key, click, headers);
        await office.Topics.WriteUnsignedAsync(SlackEvents, _key, ofAnotherKey.Value, [.. ofAnotherKey.Headers]);

        Assert.Equal(
            [
                "PermanentFailureException: The record is not signed.",
                "PermanentFailureException: The record is signed with a key that this worker does not know.",
            ],
            (await office.Topics.ReadAsync(DeadLetter, _key, expected: 2))
                .Select(dead => dead.Headers["dl_cause"])
                .Order(StringComparer.Ordinal)
        );
        Assert.Equal("active", await StatusAsync(run));
        // The same click counts when a worker has signed it.
        await office.Topics.WriteAsync(SlackEvents, _key, Click(priya.Id, run), ("ce_type", "slack.interaction"));
        await Eventually.TrueAsync(async () => await StatusAsync(run) == "cancelled", "the click is handled");
    }

    [Fact]
    public async Task An_event_that_is_not_signed_assigns_nobody()
    {
        var priya = await office.HireAsync();
        var run = await office.Api.OpenRunAsync(office.Service(), priya.Id, await office.NewChannelAsync([priya]));

        await office.Topics.WriteUnsignedAsync(
            "coffee.completions",
            run,
            Encoding.UTF8.GetBytes($$"""{"run_id":"{{run}}","workspace_id":"T0SIM00001","channel_id":"C1"}"""),
            ("ce_type", "coffee.run.completed"u8.ToArray())
        );

        Assert.Equal(
            "PermanentFailureException: The record is not signed.",
            Assert.Single(await office.Topics.ReadAsync(DeadLetter, run, expected: 1)).Headers["dl_cause"]
        );
        Assert.Equal("active", await StatusAsync(run));
    }

    [Fact]
    public async Task A_click_is_neither_readable_on_its_topic_nor_as_a_dead_letter()
    {
        // The run does not exist and the answer cannot be sent: only the record of the click remains.
        var person = await office.HireAsync();
        var secret = $"https://hooks.slack.com/actions/T0/{Guid.NewGuid():N}";

        (await office.Slack.InteractionAsync(Click(person.Id, Guid.NewGuid().ToString(), responseUrl: secret))).Is(200);
        // As a worker writes it, and unreadable behind the signature.
        await office.Topics.WriteAsync(SlackEvents, _key, secret, ("ce_type", "slack.interaction"));

        var click = Assert.Single(await office.Topics.ReadAsync(SlackEvents, $"T0SIM00001:{person.Id}", expected: 1));
        Assert.Contains(secret, click.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, Encoding.Latin1.GetString(click.Value), StringComparison.Ordinal);
        Assert.DoesNotContain(person.Id, Encoding.Latin1.GetString(click.Value), StringComparison.Ordinal);
        var dead = Assert.Single(await office.Topics.ReadAsync(DeadLetter, _key, expected: 1));
        Assert.Equal(secret, dead.Text);
        Assert.DoesNotContain(secret, Encoding.Latin1.GetString(dead.Value), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dead_letter_is_replayed_only_to_the_topic_that_its_signature_names()
    {
        var click = SealedRecord.Seal(SlackEvents, Encoding.UTF8.GetBytes(_key), "{}"u8.ToArray(), Headers());
        foreach (var topic in (string[])["coffee.orders", SlackEvents])
            await office.Topics.WriteUnsignedAsync(
                DeadLetter,
                _key,
                click.Value,
                [
                    .. click.Headers,
                    ("dl_topic", Encoding.UTF8.GetBytes(topic)),
                    ("dl_partition", "0"u8.ToArray()),
                    ("dl_offset", "0"u8.ToArray()),
                ]
            );
        var letters = office
            .Topics.Read(DeadLetter, _key)
            .ToDictionary(record => record.Headers["dl_topic"], record => $"{record.Partition}@{record.Offset}");

        var failure = await Assert.ThrowsAsync<PartFailedException>(() => ReplayAsync(letters["coffee.orders"]));
        var done = await ReplayAsync(letters[SlackEvents]);

        Assert.Equal(
            $"{letters["coffee.orders"]} can only be dropped. The record's signature does not fit to its topic, key and contents.",
            Assert.Single(failure.LastLines)
        );
        Assert.Equal([$"{letters[SlackEvents]} was replayed to {SlackEvents}."], done);
    }

    [Fact]
    public async Task Without_a_secret_nothing_starts()
    {
        var environment = office.Environment();
        environment["Kafka__RecordKey"] = null;
        environment["DOTNET_ENVIRONMENT"] = "Development";

        var worker = await Assert.ThrowsAsync<PartFailedException>(() => RunAsync([], environment));
        var replay = await Assert.ThrowsAsync<PartFailedException>(() =>
            RunAsync(["deadletter", "replay", "0@0"], environment)
        );

        Assert.Contains(worker.LastLines, line => line.Contains("RecordKey", StringComparison.Ordinal));
        Assert.Equal(["Kafka__RecordKey is not set: the records are signed with it."], replay.LastLines);
    }

    [Fact]
    public async Task Unsigned_records_are_accepted_for_a_day_at_most()
    {
        var environment = office.Environment();
        environment["Kafka__UnsignedUntil"] = DateTimeOffset.UtcNow.AddDays(2).ToString("O");

        var failure = await Assert.ThrowsAsync<PartFailedException>(() => RunAsync([], environment));

        Assert.Contains(failure.LastLines, line => line.Contains("Kafka:UnsignedUntil", StringComparison.Ordinal));
    }

    private static (string Name, byte[]? Value)[] Headers() => [("ce_type", "slack.interaction"u8.ToArray())];

    private static string Click(string userId, string run, string? responseUrl = null) =>
        new JsonObject
        {
            ["type"] = "block_actions",
            ["team"] = new JsonObject { ["id"] = "T0SIM00001" },
            ["user"] = new JsonObject { ["id"] = userId },
            ["channel"] = new JsonObject { ["id"] = "C0FORGED01" },
            ["response_url"] = responseUrl,
            ["trigger_id"] = "1.2.3",
            ["actions"] = new JsonArray(
                new JsonObject
                {
                    ["action_id"] = "run_cancel",
                    ["value"] = run,
                    ["action_ts"] = "1795480000.000100",
                }
            ),
        }.ToJsonString();

    private Task<string> StatusAsync(string run) =>
        office.Rows.GetAsync<string>(
            "SELECT status::text FROM coffee_runs WHERE run_id = @run",
            new { run = Guid.Parse(run) }
        );

    private Task<IReadOnlyList<string>> ReplayAsync(string position) =>
        RunAsync(["deadletter", "replay", position], office.Environment());

    private static Task<IReadOnlyList<string>> RunAsync(string[] arguments, Dictionary<string, string?> environment) =>
        WorkerProcess.RunAsync(
            new("Command", new SandboxOptions().Worker) { Arguments = arguments, Environment = environment },
            TestContext.Current.CancellationToken
        );
}
