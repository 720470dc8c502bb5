using CoffeeBuddy.Operations.Support;
using CoffeeBuddy.Sandbox;

namespace CoffeeBuddy.Operations.Outages;

/// <summary>All brokers are down: no request is refused, and no event is lost.</summary>
[Collection(typeof(SharesWholeOffice))]
public sealed class KafkaOutageTests(WholeOffice office) : IAsyncLifetime
{
    private string Channel => office.Channel("kafka");

    public ValueTask InitializeAsync()
    {
        office.Sandbox.Kafka.AllBrokersDown();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        office.Sandbox.Kafka.AllBrokersUp();
        await Eventually.TrueAsync(async () => await PendingAsync() == 0, "the outbox is empty");
    }

    [Fact]
    public async Task Events_accepted_during_the_outage_are_processed_once_the_brokers_are_back()
    {
        var (noor, freya) = (office.Act("Noor"), office.Act("Freya"));
        var run = await office.Api.OpenRunAsync(office.Service(), noor.Id, Channel);
        (await office.Api.OrderAsync(office.Service(), run, noor.Id)).Is(201);
        await freya.SayAsync("kafka", $"@{SlackSender.Bot} help");

        Assert.Equal(
            ["coffee.run.created", "coffee.order.placed"],
            await office.Rows.ListAsync<string>(
                "SELECT event_type FROM outbox WHERE message_key = @run AND published_at IS NULL ORDER BY outbox_id",
                new { run }
            )
        );
        await Eventually.TrueAsync(
            async () =>
                await office.Rows.CountAsync(
                    "outbox WHERE topic = 'slack.events' AND event_type = 'slack.event' AND message_key = @key AND published_at IS NULL",
                    new { key = $"T0SIM00001:help:{Channel}" }
                ) == 1,
            "the mention is in the outbox"
        );
        await Eventually.TrueAsync(
            async () => (await office.MetricsAsync(WorkerRoles.Timer)).Value("coffeebuddy_outbox_pending") >= 3,
            "the sweep counts the waiting events"
        );

        office.Sandbox.Kafka.AllBrokersUp();

        await Eventually.TrueAsync(async () => await PendingAsync() == 0, "the sweep publishes the waiting events");
        var patience = Guard.Timeout;
        await noor.WaitToSeeAsync(
            "kafka",
            message => message.ThreadTs is not null && message.Shown.Contains("Large Latte", StringComparison.Ordinal),
            patience
        );
        await freya.WaitToSeeAsync(
            "kafka",
            message => message.Text.Contains("/coffee-history", StringComparison.Ordinal),
            patience
        );
        Assert.Equal(
            ["coffee.order.placed", "coffee.run.created"],
            office
                .Topics.Read("coffee.orders", run)
                .Select(record => record.Headers["ce_type"])
                .Distinct()
                .Order(StringComparer.Ordinal)
        );
        await Eventually.TrueAsync(
            async () => (await office.MetricsAsync(WorkerRoles.Timer)).Value("coffeebuddy_outbox_pending") == 0,
            "the sweep counts no waiting events"
        );
    }

    private Task<long> PendingAsync() => office.Rows.CountAsync("outbox WHERE published_at IS NULL");
}
