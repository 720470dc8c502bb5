using CoffeeBuddy.Operations.Support;
using CoffeeBuddy.Sandbox;

namespace CoffeeBuddy.Operations.Outages;

/// <summary>Records that cannot be read are dead-lettered with their cause and do not block other records.</summary>
[Collection(typeof(SharesWholeOffice))]
public sealed class DeadLetterTests(WholeOffice office)
{
    private const string DeadLetter = "coffee.deadletter";

    [Theory]
    [InlineData(
        "coffee.orders",
        "ProcessOrders",
        "coffee.order.placed",
        "neither JSON nor anything",
        "The data of coffee.order.placed cannot be read."
    )]
    [InlineData(
        "coffee.orders",
        "ProcessOrders",
        "coffee.order.placed",
        "{}",
        "The data of coffee.order.placed names no run."
    )]
    [InlineData(
        "coffee.orders",
        "ProcessOrders",
        "coffee.order.brewed",
        """{"run_id":"01890000-0000-7000-8000-000000000000"}""",
        "Events of type coffee.order.brewed are not known."
    )]
    [InlineData(
        "coffee.assignments",
        "ProcessAssignments",
        null,
        "{}",
        "The record is not a CloudEvent: it has no ce_type."
    )]
    [InlineData(
        "coffee.completions",
        "ProcessCompletions",
        "coffee.run.completed",
        "[]",
        "The data of coffee.run.completed cannot be read."
    )]
    [InlineData(
        "slack.events",
        "ProcessSlackEvents",
        "slack.surprise",
        "{}",
        "A record of type slack.surprise cannot be read."
    )]
    [InlineData(
        "slack.events",
        "ProcessSlackEvents",
        "slack.event",
        "{",
        "A record of type slack.event cannot be read."
    )]
    public async Task A_record_that_cannot_be_read_is_dead_lettered_with_its_cause(
        string topic,
        string function,
        string? type,
        string data,
        string cause
    )
    {
        var key = Guid.NewGuid().ToString();
        var before = await CountAsync(function);
        (string, string)[] headers = type is null ? [("trace", "t")] : [("trace", "t"), ("ce_type", type)];

        await office.Topics.WriteAsync(topic, key, data, headers);

        await Eventually.TrueAsync(
            () => office.Topics.Read(DeadLetter, key).Count > 0,
            "the record is on the dead-letter topic"
        );
        var dead = Assert.Single(office.Topics.Read(DeadLetter, key));
        Assert.Equal(data, dead.Text);
        Assert.Equal(("t", type), (dead.Headers["trace"], dead.Headers.GetValueOrDefault("ce_type")));
        Assert.Equal((topic, function), (dead.Headers["dl_topic"], dead.Headers["dl_function"]));
        Assert.True(
            int.Parse(dead.Headers["dl_partition"]) >= 0
                && long.Parse(dead.Headers["dl_offset"]) >= 0
                && int.Parse(dead.Headers["dl_attempts"]) >= 1
        );
        Assert.Equal($"PermanentFailureException: {cause}", dead.Headers["dl_cause"]);
        await Eventually.TrueAsync(
            async () => await CountAsync(function) == before + 1,
            "the dead letter is counted once"
        );
    }

    [Fact]
    public async Task The_other_records_of_the_same_run_are_processed()
    {
        var (priya, channel) = (office.Act("Priya"), office.Channel("dead-letters"));
        var run = await office.Api.OpenRunAsync(office.Service(), priya.Id, channel);
        await office.Topics.WriteAsync("coffee.orders", run, "nothing", ("ce_type", "coffee.order.placed"));
        (await office.Api.OrderAsync(office.Service(), run, priya.Id, "Tea", "Small")).Is(201);
        await office.Topics.WriteAsync("coffee.orders", run, "nothing either", ("ce_type", "coffee.order.placed"));

        await priya.WaitToSeeAsync(
            "dead-letters",
            message => message.ThreadTs is not null && message.Shown.Contains("Small Tea", StringComparison.Ordinal)
        );
        await Eventually.TrueAsync(
            () => office.Topics.Read(DeadLetter, run).Count == 2,
            "both are on the dead-letter topic"
        );
    }

    private async Task<double> CountAsync(string function) =>
        (await office.MetricsAsync(WorkerRoles.Kafka)).Value(
            "functions_dead_lettered_total",
            $"function=\"{function}\""
        );
}
