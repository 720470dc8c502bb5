using CoffeeBuddy.Data.Inbox;
using Npgsql;

namespace CoffeeBuddy.Data.Tests;

public sealed class ProcessedEventsTests(PostgresServer server) : DatabaseTest(server)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Of_many_deliveries_at_once_one_is_handled()
    {
        var claims = await AtOnceAsync(10, _ => Processed.ClaimAsync("Ev1", Lease, Cancellation));

        Assert.Single(claims, claim => claim.State == EventClaimState.Claimed);
    }

    [Fact]
    public async Task What_is_done_is_never_handled_again()
    {
        var claim = await Processed.ClaimAsync("Ev1", Lease, Cancellation);
        await Processed.DoneAsync(claim, Cancellation);
        await Processed.ReleaseAsync(claim, Cancellation);
        Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(EventClaimState.Done, await StateAsync());
    }

    [Fact]
    public async Task What_failed_may_be_handled_at_once()
    {
        await Processed.ReleaseAsync(await Processed.ClaimAsync("Ev1", Lease, Cancellation), Cancellation);

        Assert.Equal(EventClaimState.Claimed, await StateAsync());
    }

    [Fact]
    public async Task What_a_dead_process_took_on_may_be_handled_when_its_lease_ends()
    {
        await Processed.ClaimAsync("Ev1", Lease, Cancellation);
        Assert.Equal(EventClaimState.Busy, await StateAsync());
        Time.Advance(Lease);

        Assert.Equal(EventClaimState.Claimed, await StateAsync());
    }

    [Fact]
    public async Task Who_claims_again_because_the_answer_was_lost_has_their_claim()
    {
        await using var relay = new CountingRelay(new NpgsqlConnectionStringBuilder(ConnectionString).Port);
        var processed = new ProcessedEvents(
            Connect(new NpgsqlConnectionStringBuilder(ConnectionString) { Port = relay.Port }.ConnectionString),
            Time
        );
        await processed.ClaimAsync("Ev0", Lease, Cancellation);

        relay.LoseNextAnswer();

        Assert.Equal(EventClaimState.Claimed, (await processed.ClaimAsync("Ev1", Lease, Cancellation)).State);
    }

    [Fact]
    public async Task Who_outlived_their_lease_does_not_give_up_what_somebody_else_has_taken_on()
    {
        var first = await Processed.ClaimAsync("Ev1", Lease, Cancellation);
        Time.Advance(Lease);
        var second = await Processed.ClaimAsync("Ev1", Lease, Cancellation);

        await Processed.ReleaseAsync(first, Cancellation);
        Assert.Equal(EventClaimState.Busy, await StateAsync());

        await Processed.DoneAsync(second, Cancellation);
        Assert.Equal(EventClaimState.Done, await StateAsync());
    }

    private async Task<EventClaimState> StateAsync() => (await Processed.ClaimAsync("Ev1", Lease, Cancellation)).State;
}
