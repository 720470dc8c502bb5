using System.Text.Json.Nodes;
using CoffeeBuddy.Operations.Support;
using CoffeeBuddy.Sandbox;
using MockKafka;

namespace CoffeeBuddy.Operations;

/// <summary>An operator lists, replays and drops dead letters with the worker's command line.</summary>
[Collection(typeof(SharesWholeOffice))]
public sealed class DeadLetterCommandTests(WholeOffice office)
{
    private const string Secret = "An Oat Latte, which is not JSON";

    private readonly string _key = Guid.NewGuid().ToString();

    [Fact]
    public async Task A_dead_letter_is_listed_with_its_cause_and_without_its_contents()
    {
        var position = await DieAsync();

        var table = await RunAsync("list");
        var line = Assert.Single(table, line => line.StartsWith($"{position} ", StringComparison.Ordinal));
        Assert.StartsWith("POSITION", table[0], StringComparison.Ordinal);
        Assert.Contains("coffee.orders/", line, StringComparison.Ordinal);
        // The width of the columns depends on records of other tests.
        Assert.Matches(
            @"ProcessOrders +1 +PermanentFailureException: The data of coffee\.order\.placed cannot be read\.$",
            line
        );
        Assert.DoesNotContain(table, text => text.Contains("Latte", StringComparison.Ordinal));
        var row = Assert.Single(await ListAsync(), row => (string?)row["position"] == position);
        Assert.Equal(
            ["position", "time", "source", "function", "attempts", "cause"],
            row.AsObject().Select(property => property.Key)
        );
    }

    [Fact]
    public async Task A_record_is_replayed_unchanged_and_once()
    {
        var position = await DieAsync();

        Assert.Equal([$"{position} was replayed to coffee.orders."], await RunAsync("replay", position));

        var records = office.Topics.Read("coffee.orders", _key);
        Assert.Equal([Secret, Secret], records.Select(record => record.Text));
        Assert.All(
            records,
            record => Assert.Equal(["ce_type", "mac", "trace"], record.Headers.Keys.Order(StringComparer.Ordinal))
        );
        Assert.DoesNotContain(await ListAsync(), row => (string?)row["position"] == position);
        // It fails again and becomes a new dead letter.
        await Eventually.TrueAsync(() => office.Topics.Read("coffee.deadletter", _key).Count == 2, "it died again");
        Assert.Matches(
            $"^{position} was replayed by .+ at .+Z already\\. It was not changed\\.$",
            Assert.Single(await FailAsync("replay", position))
        );
        Assert.Equal(2, office.Topics.Read("coffee.orders", _key).Count);
    }

    [Fact]
    public async Task A_dropped_record_is_neither_listed_nor_replayed()
    {
        var position = await DieAsync();

        Assert.Equal([$"{position} was dropped."], await RunAsync("drop", position));

        Assert.DoesNotContain(await ListAsync(), row => (string?)row["position"] == position);
        Assert.Contains("was dropped by", Assert.Single(await FailAsync("replay", position)), StringComparison.Ordinal);
        Assert.Single(office.Topics.Read("coffee.orders", _key));
    }

    [Fact]
    public async Task All_open_records_can_be_handled_at_once()
    {
        var position = await DieAsync();

        Assert.Contains($"{position} was dropped.", await RunAsync("drop", "--all"));

        Assert.Equal(["There are no dead letters."], await RunAsync("list"));
        Assert.Equal(["There are no dead letters."], await RunAsync("replay", "--all"));
    }

    [Fact]
    public async Task An_unknown_position_is_reported_before_anything_is_done()
    {
        var position = await DieAsync();

        Assert.Equal(
            ["There is no dead letter at 0@999999. Nothing was done."],
            await FailAsync("drop", position, "0@999999")
        );

        Assert.Single(await ListAsync(), row => (string?)row["position"] == position);
    }

    [Fact]
    public async Task Each_error_is_one_sentence_and_exit_code_1()
    {
        Assert.Contains("Required command was not provided.", await FailAsync());
        Assert.Contains("Give either positions or --all.", await FailAsync("replay"));
        Assert.Contains("Give either positions or --all.", await FailAsync("drop", "--all", "3@17"));
        Assert.Contains(await FailAsync("list", "--jso"), line => line.Contains("--jso", StringComparison.Ordinal));
        Assert.Equal(
            ["Kafka__BootstrapServers is not set: the dead letters are there."],
            await FailAsync(["list"], ("Kafka__BootstrapServers", null))
        );
        Assert.Equal(
            ["ConnectionStrings__CoffeeBuddy is not set: the database stores which dead letters were handled."],
            await FailAsync(["list"], ("ConnectionStrings__CoffeeBuddy", null))
        );
        Assert.StartsWith(
            "Kafka cannot be used: ",
            Assert.Single(await FailAsync(["list"], ("Kafka__BootstrapServers", $"127.0.0.1:{FreePort.Next()}"))),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "The database cannot be used: ",
            Assert.Single(
                await FailAsync(
                    ["list"],
                    ("ConnectionStrings__CoffeeBuddy", $"Host=127.0.0.1;Port={FreePort.Next()};Username=x;Password=y")
                )
            ),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_missing_topic_is_an_error_and_not_an_empty_list()
    {
        using var kafka = MockKafkaCluster.Start();

        Assert.Equal(
            ["Kafka cannot be used: the topic coffee.deadletter does not exist."],
            await FailAsync(["list"], ("Kafka__BootstrapServers", kafka.BootstrapServers))
        );
    }

    [Fact]
    public async Task A_wrong_password_is_named_as_the_cause()
    {
        using var broker = new RefusingBroker();

        var line = Assert.Single(await FailAsync(["list"], [.. broker.Settings]));

        Assert.StartsWith("Kafka cannot be used: ", line, StringComparison.Ordinal);
        Assert.Contains(RefusingBroker.Reason, line, StringComparison.Ordinal);
    }

    /// <summary>Writes a record that is dead-lettered.</summary>
    /// <returns>Its position on the dead-letter topic.</returns>
    private async Task<string> DieAsync()
    {
        await office.Topics.WriteAsync(
            "coffee.orders",
            _key,
            Secret,
            ("trace", "t"),
            ("ce_type", "coffee.order.placed")
        );
        await Eventually.TrueAsync(
            () => office.Topics.Read("coffee.deadletter", _key).Count > 0,
            "the record is a dead letter"
        );
        var headers = Assert.Single(office.Topics.Read("coffee.deadletter", _key)).Headers;
        var source = $"{headers["dl_topic"]}/{headers["dl_partition"]}@{headers["dl_offset"]}";
        return (string)Assert.Single(await ListAsync(), row => (string?)row["source"] == source)["position"]!;
    }

    private async Task<IReadOnlyList<JsonNode>> ListAsync() =>
        [.. JsonNode.Parse(string.Concat(await RunAsync("list", "--json")))!.AsArray().OfType<JsonNode>()];

    private Task<IReadOnlyList<string>> RunAsync(params string[] arguments) => RunAsync(arguments, []);

    private Task<IReadOnlyList<string>> FailAsync(params string[] arguments) => FailAsync(arguments, []);

    private Task<IReadOnlyList<string>> RunAsync(string[] arguments, params (string Name, string? Value)[] settings)
    {
        var environment = office.Environment();
        foreach (var (name, value) in settings)
            environment[name] = value;
        return WorkerProcess.RunAsync(
            new("Command", new SandboxOptions().Worker)
            {
                Arguments = ["deadletter", .. arguments],
                Environment = environment,
            },
            TestContext.Current.CancellationToken
        );
    }

    private async Task<IReadOnlyList<string>> FailAsync(
        string[] arguments,
        params (string Name, string? Value)[] settings
    )
    {
        var failure = await Assert.ThrowsAsync<PartFailedException>(() => RunAsync(arguments, settings));
        Assert.Equal("ended with exit code 1", failure.Problem);
        return failure.LastLines;
    }
}
