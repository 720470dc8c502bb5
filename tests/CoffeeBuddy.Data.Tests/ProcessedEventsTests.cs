namespace CoffeeBuddy.Data.Tests;

public sealed class ProcessedEventsTests(PostgresServer server) : DatabaseTest(server)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Of_many_deliveries_at_once_one_is_handled()
    {
        var claims = await AtOnceAsync(10, _ => Processed.ClaimAsync("Ev1", Lease, Cancellation));

        Assert.Single(claims, claim => claim == EventClaim.Claimed);
    }

    [Fact]
    public async Task What_is_done_is_never_handled_again()
    {
        await Processed.ClaimAsync("Ev1", Lease, Cancellation);
        await Processed.DoneAsync("Ev1", Cancellation);
        await Processed.ReleaseAsync("Ev1", Cancellation);
        Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(EventClaim.Done, await Processed.ClaimAsync("Ev1", Lease, Cancellation));
    }

    [Fact]
    public async Task What_failed_may_be_handled_at_once()
    {
        await Processed.ClaimAsync("Ev1", Lease, Cancellation);
        await Processed.ReleaseAsync("Ev1", Cancellation);

        Assert.Equal(EventClaim.Claimed, await Processed.ClaimAsync("Ev1", Lease, Cancellation));
    }

    [Fact]
    public async Task What_a_dead_process_took_on_may_be_handled_when_its_lease_ends()
    {
        await Processed.ClaimAsync("Ev1", Lease, Cancellation);
        Assert.Equal(EventClaim.Busy, await Processed.ClaimAsync("Ev1", Lease, Cancellation));
        Time.Advance(Lease);

        Assert.Equal(EventClaim.Claimed, await Processed.ClaimAsync("Ev1", Lease, Cancellation));
    }
}
