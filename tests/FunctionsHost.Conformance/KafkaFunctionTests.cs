using CoffeeBuddy.Sandbox.Slack;
using FunctionsHost.Conformance.Host;
using FunctionsHost.Conformance.Rpc;
using FunctionsHost.Conformance.Support;

namespace FunctionsHost.Conformance;

/// <summary>Kafka functions, invoked with records that the worker itself has published.</summary>
public sealed class KafkaFunctionTests(HostedOffice office)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_function_for_single_records_gets_one()
    {
        var (channel, people) = await office.GatherAsync(1);

        Assert.Succeeded(await InvokeAsync("ProcessSlackEvents", await MentionAsync(channel, people[0])));

        await people[0]
            .WaitToSeeAsync(channel, message => message.Shown.Contains("/coffee-history", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_function_for_batches_gets_all_records_of_a_batch()
    {
        var (channel, people) = await office.GatherAsync(1);
        var (otherChannel, otherPeople) = await office.GatherAsync(1);
        var (first, second) = (
            await RunCreatedAsync(channel, people[0]),
            await RunCreatedAsync(otherChannel, otherPeople[0])
        );

        Assert.Succeeded(await InvokeAsync("ProcessOrders", first, second));

        await people[0].WaitToSeeAsync(channel, IsAnnouncement);
        await otherPeople[0].WaitToSeeAsync(otherChannel, IsAnnouncement);
    }

    [Theory]
    [InlineData("ProcessOrders")]
    [InlineData("ProcessAssignments")]
    [InlineData("ProcessCompletions")]
    public async Task A_failed_batch_reaches_the_host_with_the_type_that_was_thrown(string name)
    {
        var (channel, people) = await office.GatherAsync(1);
        var record = await RunCreatedAsync(channel, people[0]);

        InvocationResponse response;
        await using (await new Table(office, "coffee_runs").HideAsync())
            response = await InvokeAsync(name, record);

        Assert.Failed("Npgsql.PostgresException", response);
    }

    [Fact]
    public async Task A_failed_record_reaches_the_host_with_the_type_that_was_thrown()
    {
        var (channel, people) = await office.GatherAsync(1);
        var record = await MentionAsync(channel, people[0]);

        InvocationResponse response;
        await using (await new Table(office, "processed_events").HideAsync())
            response = await InvokeAsync("ProcessSlackEvents", record);

        Assert.Failed("Npgsql.PostgresException", response);
    }

    [Fact]
    public async Task A_batch_that_failed_succeeds_when_it_is_tried_again()
    {
        var (channel, people) = await office.GatherAsync(1);
        var function = office.Host.Functions["ProcessOrders"];
        var request = Invocations.Kafka(function, await RunCreatedAsync(channel, people[0]));
        await using (await new Table(office, "coffee_runs").HideAsync())
            Assert.Failed("Npgsql.PostgresException", await office.Host.InvokeAsync(request, Cancellation));

        Assert.Succeeded(await office.Host.InvokeAsync(request.Retry(function, count: 1), Cancellation));

        await people[0].WaitToSeeAsync(channel, IsAnnouncement);
    }

    [Fact]
    public async Task A_cancelled_batch_ends_while_its_statement_still_waits()
    {
        var (channel, people) = await office.GatherAsync(1);
        var request = Invocations.Kafka(
            office.Host.Functions["ProcessOrders"],
            await RunCreatedAsync(channel, people[0])
        );
        var runs = new Table(office, "coffee_runs");
        await using (await runs.LockAsync())
        {
            var invocation = office.Host.InvokeAsync(request, Cancellation);
            await runs.StatementWaitsAsync();

            office.Host.Cancel(request);

            Assert.Cancelled(await invocation);
        }

        Assert.DoesNotContain(await people[0].SeesAsync(channel), IsAnnouncement);
    }

    private Task<InvocationResponse> InvokeAsync(string name, params KafkaRecordProto[] records) =>
        office.Host.InvokeAsync(Invocations.Kafka(office.Host.Functions[name], records), Cancellation);

    private async Task<KafkaRecordProto> RunCreatedAsync(string channel, SlackPerson person)
    {
        var run = await office.Api.OpenRunAsync(office.Service(), person.Id, channel);
        return await KafkaTopic.FindAsync(office, "coffee.orders", record => record.Key == run);
    }

    private async Task<KafkaRecordProto> MentionAsync(string channel, SlackPerson person)
    {
        await person.SayAsync(channel, "@CoffeeBuddy help");
        return await KafkaTopic.FindAsync(
            office,
            "slack.events",
            record => record.Value.Contains(channel, StringComparison.Ordinal)
        );
    }

    private static bool IsAnnouncement(SeenMessage message) =>
        message.Shown.Contains("is organising a coffee run", StringComparison.Ordinal);
}
