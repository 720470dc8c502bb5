using CoffeeBuddy.Reliability.Support;
using CoffeeBuddy.Sandbox;

namespace CoffeeBuddy.Reliability;

/// <summary>The worker of the Kafka functions is killed, with the session settings of production.</summary>
public sealed class KilledWorkerTests(WholeOffice office) : ReliabilityTest(office)
{
    private readonly SlackPerson _noor = office.Act("Noor");

    [Fact]
    public async Task After_two_kills_in_a_row_a_ready_worker_processes_orders_at_once()
    {
        var channel = await Office.NewChannelAsync();
        var run = await Office.OpenRunAsync(channel, _noor);
        await _noor.SeesAnnouncementAsync(channel);
        await Office.Sandbox.KillWorkerAsync(WorkerRoles.Kafka);
        await using (
            var second = await Office.Sandbox.StartReplicaAsync(
                WorkerRoles.Kafka,
                "/healthz/live",
                TestContext.Current.CancellationToken
            )
        )
            await second.KillAsync();

        var third = await Office.Sandbox.StartWorkerAsync(WorkerRoles.Kafka, TestContext.Current.CancellationToken);

        // A ready worker owns the partitions of the killed ones.
        Assert.Contains(
            third.LastLines,
            line => line.Contains("ProcessOrders was assigned 12", StringComparison.Ordinal)
        );
        (await Office.Api.OrderAsync(Office.Service(), run.ToString(), _noor.Id)).Is(201);
        await _noor.WaitToSeeAsync(
            channel,
            message =>
                message.ThreadTs is not null && message.Shown.Contains("*1 order so far*", StringComparison.Ordinal),
            Guard.Timeout
        );
    }
}
