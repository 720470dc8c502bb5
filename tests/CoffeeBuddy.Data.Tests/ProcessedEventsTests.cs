using CoffeeBuddy.Data.Inbox;
using Npgsql;

namespace CoffeeBuddy.Data.Tests;

public sealed class ProcessedEventsTests(PostgresServer server) : DatabaseTest(server)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task One_of_many_deliveries_at_the_same_time_is_handled()
    {
        var claims = await AtOnceAsync(10, _ => Processed.ClaimAsync("Ev1", Lease, Cancellation));

        Assert.Single(claims, claim => claim.State == EventClaimState.Claimed);
    }

    [Fact]
    public async Task A_handled_event_is_not_handled_again()
    {
        var claim = await Processed.ClaimAsync("Ev1", Lease, Cancellation);
        await Processed.DoneAsync(claim, Cancellation);
        await Processed.ReleaseAsync(claim, Cancellation);
        Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(EventClaimState.Done, await StateAsync());
    }

    [Fact]
    public async Task An_event_whose_handling_failed_can_be_claimed_at_once()
    {
        await Processed.ReleaseAsync(await Processed.ClaimAsync("Ev1", Lease, Cancellation), Cancellation);

        Assert.Equal(EventClaimState.Claimed, await StateAsync());
    }

    [Fact]
    public async Task An_event_of_a_dead_process_can_be_claimed_when_its_lease_has_ended()
    {
        await Processed.ClaimAsync("Ev1", Lease, Cancellation);
        Assert.Equal(EventClaimState.Busy, await StateAsync());
        Time.Advance(Lease);

        Assert.Equal(EventClaimState.Claimed, await StateAsync());
    }

    [Fact]
    public async Task A_claim_whose_answer_was_lost_is_found_again()
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
    public async Task Releasing_an_expired_claim_does_not_release_a_later_one()
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
