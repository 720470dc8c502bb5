namespace CoffeeBuddy.Functions.Tests;

/// <summary>Slack hangs up after 3 s. A change that has begun is carried through nevertheless.</summary>
public sealed class AbandonedRequestTests(ApiOffice office)
{
    private readonly string _noor = ApiOffice.NewUser();

    [Fact]
    public async Task An_order_is_stored_although_Slack_hung_up_while_it_waited()
    {
        var channel = ApiOffice.NewChannel();
        var run = await office.Api.OpenRunAsync(office.Service(), _noor, channel);

        await HangUpWhileWaitingAsync(
            run,
            token => office.Slack.AbandonInteractionAsync(SlackPayloads.Submission(run, channel, _noor, "noor"), token)
        );

        await Eventually.TrueAsync(
            async () => await office.Rows.CountAsync("orders WHERE run_id = @run::uuid", new { run }) == 1,
            "the order is stored"
        );
        await Eventually.TrueAsync(
            async () => (await office.Rows.EventsAsync(run)).Contains("coffee.order.placed"),
            "its event is stored"
        );
    }

    [Fact]
    public async Task A_run_is_cancelled_although_the_caller_hung_up_while_it_waited()
    {
        var run = await office.Api.OpenRunAsync(office.Service(), _noor);

        await HangUpWhileWaitingAsync(
            run,
            token => office.Api.AbandonPatchAsync($"runs/{run}/cancel", office.Person(_noor), token)
        );

        await Eventually.TrueAsync(
            async () =>
                await office.Rows.GetAsync<string>(
                    "SELECT status::text FROM coffee_runs WHERE run_id = @run::uuid",
                    new { run }
                ) == "cancelled",
            "the run is cancelled"
        );
    }

    /// <summary>Sends a request that has to wait for the run's row, and hangs up while it waits.</summary>
    private async Task HangUpWhileWaitingAsync(string run, Func<CancellationToken, Task<Answer>> send)
    {
        await using var hold = await office.Rows.HoldRunAsync(run);
        using var hangUp = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var request = send(hangUp.Token);
        await Eventually.TrueAsync(hold.IsWaitedForAsync, "the request waits for the run");

        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        // Later requests are answered: by then the worker has seen that the first one's connection is closed.
        for (var more = 0; more < 5; more++)
            (await office.Slack.CommandAsync("/coffee", _noor, ApiOffice.NewChannel(), ("text", "help"))).Is(200);
    }
}
