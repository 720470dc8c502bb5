using CoffeeBuddy.Reliability.Support;
using CoffeeBuddy.Sandbox;
using SlackSimulator.Control;

namespace CoffeeBuddy.Reliability;

/// <summary>
/// An invocation is cancelled while Slack is slow to show a confirmation: as when its partition is given to another
/// worker, here because it has run longer than functionTimeout.
/// </summary>
public sealed class InterruptedConfirmationTests(WholeOffice office) : ReliabilityTest(office)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(6);

    private readonly SlackPerson _noor = office.Act("Noor");

    public override async ValueTask DisposeAsync()
    {
        Office.Sandbox.Slack.Faults.Set([]);
        await Office.Sandbox.StartWorkerAsync(WorkerRoles.Kafka);
        await base.DisposeAsync();
    }

    [Fact]
    public async Task An_order_whose_confirmation_is_interrupted_is_confirmed_once()
    {
        var channel = await Office.NewChannelAsync();
        var run = await Office.OpenRunAsync(channel, _noor);
        await _noor.SeesAnnouncementAsync(channel);
        await Office.Sandbox.StopWorkerAsync(WorkerRoles.Kafka);
        var options = Office.Sandbox.ReplicaOptions(WorkerRoles.Kafka);
        var impatient = new Dictionary<string, string?>(options.Environment)
        {
            ["AzureFunctionsJobHost__functionTimeout"] = Limit.ToString("c"),
        };
        await using var worker = await WorkerProcess.StartAsync(
            options with
            {
                Environment = impatient,
            },
            TestContext.Current.CancellationToken
        );
        Office.Sandbox.Slack.Faults.Set([
            new Fault("chat.postEphemeral", FaultKind.Slow, Ms: (int)Slow.TotalMilliseconds, Channel: channel),
        ]);

        (await Office.Api.OrderAsync(Office.Service(), run.ToString(), _noor.Id)).Is(201);

        await _noor.WaitToSeeAsync(channel, message => message.IsEphemeral, Guard.Timeout);
        // The record is done when its retry has found the confirmation.
        await Eventually.TrueAsync(
            () => Office.Topics.Lag("coffeebuddy-orders", TopicNames.Orders) == 0,
            "the order's record is processed"
        );
        Assert.Contains(
            worker.LastLines,
            line =>
                line.Contains("ProcessOrders failed", StringComparison.Ordinal)
                || line.Contains("ProcessOrders will retry", StringComparison.Ordinal)
        );
        Assert.Single(Office.Calls("chat.postEphemeral", channel), call => call.Status == 200);
        Assert.Empty(Office.Topics.Read(TopicNames.DeadLetter, run.ToString()));
    }
}
