using System.Text;
using System.Text.Json.Nodes;
using FunctionsHost.Conformance.Host;
using FunctionsHost.Conformance.Rpc;
using FunctionsHost.Conformance.Support;
using Google.Protobuf;

namespace FunctionsHost.Conformance;

/// <summary>
/// What a function sees of a Kafka record and of a retry. The worker is a small one that returns what it got.
/// </summary>
public sealed class KafkaRecordTests(KafkaRecordTests.Echo echo) : IClassFixture<KafkaRecordTests.Echo>
{
    [Fact]
    public async Task A_record_arrives_as_it_was_sent()
    {
        var record = Record("key", "value", ("a", "1"), ("b", "2"), ("a", "3"));
        (record.Topic, record.Partition, record.Offset) = ("orders", 11, long.MaxValue);
        record.Timestamp = new() { UnixTimestampMs = 1_700_000_000_123, Type = 1 };

        var seen = (await echo.InvokeAsync("One", record))["Records"]![0]!;

        Assert.Equal(("orders", 11), ((string?)seen["Topic"], (int)seen["Partition"]!));
        Assert.Equal(long.MaxValue, (long)seen["Offset"]!);
        Assert.Equal(("key", "value"), (Text(seen["Key"]), Text(seen["Value"])));
        Assert.Equal(1_700_000_000_123, (long)seen["Timestamp"]!["UnixTimestampMs"]!);
        Assert.Equal(1, (int)seen["Timestamp"]!["Type"]!);
        Assert.Equal(
            [("a", "1"), ("b", "2"), ("a", "3")],
            seen["Headers"]!.AsArray().Select(header => ((string?)header!["Key"], Text(header["Value"])))
        );
    }

    [Fact]
    public async Task What_a_record_does_not_have_is_null()
    {
        var seen = (await echo.InvokeAsync("One", Record(key: null, value: null, ("h", null))))["Records"]![0]!;

        Assert.Null(seen["Key"]);
        Assert.Null(seen["Value"]);
        Assert.Null(seen["Headers"]![0]!["Value"]);
    }

    [Fact]
    public async Task An_empty_key_and_an_empty_value_are_not_null()
    {
        var seen = (await echo.InvokeAsync("One", Record("", "", ("h", ""))))["Records"]![0]!;

        Assert.Equal(("", ""), (Text(seen["Key"]), Text(seen["Value"])));
        Assert.Equal("", Text(seen["Headers"]![0]!["Value"]));
    }

    [Fact]
    public async Task A_batch_arrives_whole_and_in_order()
    {
        var records = Enumerable.Range(0, 64).Select(number => Record($"{number}", value: null)).ToArray();

        var seen = (await echo.InvokeAsync("Many", records))["Records"]!.AsArray();

        Assert.Equal(
            Enumerable.Range(0, 64).Select(number => $"{number}"),
            seen.Select(record => Text(record!["Key"]))
        );
    }

    // gRPC's own limit for a message is 4 MB.
    [Fact]
    public async Task A_batch_of_many_megabytes_arrives()
    {
        var value = new string('x', 1_000_000);

        var seen = (await echo.InvokeAsync("Many", [.. Enumerable.Repeat(Record("k", value), 8)]))[
            "Records"
        ]!.AsArray();

        Assert.All(seen, record => Assert.Equal(value, Text(record!["Value"])));
        Assert.Equal(8, seen.Count);
    }

    [Fact]
    public async Task A_function_sees_how_often_it_is_tried_again()
    {
        var function = echo.Host.Functions["One"];
        var request = Invocations.Kafka(function, Record("k", "v"));

        var first = await echo.InvokeAsync(request);
        var third = await echo.InvokeAsync(request.Retry(function, count: 2));

        Assert.Null((string?)first["Retry"]);
        Assert.Equal("2 of 3", (string?)third["Retry"]);
    }

    [Fact]
    public async Task Data_that_is_no_kafka_record_fails_the_invocation()
    {
        var request = Invocations.Kafka(echo.Host.Functions["One"], Record("k", "v"));
        request.InputData[0].Data.ModelBindingData.Source = "SomethingElse";

        var response = await echo.Host.InvokeAsync(request, TestContext.Current.CancellationToken);

        Assert.Failed("Microsoft.Azure.Functions.Worker.FunctionInputConverterException", response);
    }

    private static KafkaRecordProto Record(string? key, string? value, params (string Key, string? Value)[] headers)
    {
        var record = new KafkaRecordProto { Topic = "t" };
        if (key is not null)
            record.Key = ByteString.CopyFromUtf8(key);
        if (value is not null)
            record.Value = ByteString.CopyFromUtf8(value);
        foreach (var (name, text) in headers)
        {
            var header = new KafkaHeaderProto { Key = name };
            if (text is not null)
                header.Value = ByteString.CopyFromUtf8(text);
            record.Headers.Add(header);
        }

        return record;
    }

    private static string? Text(JsonNode? bytes) =>
        bytes is null
            ? null
            : Encoding.UTF8.GetString(bytes.GetValue<System.Text.Json.JsonElement>().GetBytesFromBase64());

    /// <summary>The small worker, for all tests of the class.</summary>
    public sealed class Echo : IAsyncLifetime
    {
        private WorkerUnderTest _worker = null!;

        public FunctionRpcHost Host => _worker.Host;

        public async ValueTask InitializeAsync() =>
            _worker = await WorkerUnderTest.StartAsync(
                WorkerUnderTest.EchoWorker,
                new Dictionary<string, string?>(),
                ToldBy.Arguments,
                TestContext.Current.CancellationToken
            );

        public ValueTask DisposeAsync() => _worker.DisposeAsync();

        public Task<JsonNode> InvokeAsync(string name, params KafkaRecordProto[] records) =>
            InvokeAsync(Invocations.Kafka(Host.Functions[name], records));

        /// <returns>What the function returned.</returns>
        public async Task<JsonNode> InvokeAsync(InvocationRequest request)
        {
            var response = await Host.InvokeAsync(request, TestContext.Current.CancellationToken);
            Assert.Succeeded(response);
            return JsonNode.Parse(response.ReturnValue.String)!;
        }
    }
}
