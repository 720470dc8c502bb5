using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Messages;
using Npgsql;

namespace CoffeeBuddy.Data.Tests;

/// <summary>Messages of which nobody knows whether Slack shows them: whoever comes next is told.</summary>
public sealed class UncertainMessageTests(PostgresServer server) : DatabaseTest(server)
{
    [Fact]
    public async Task Who_claims_first_and_who_claims_what_was_released_need_not_look()
    {
        var run = (await OpenAsync()).Run;
        var first = await ClaimAsync(run);
        await Messages.ReleaseAsync(first, Cancellation);

        var second = await ClaimAsync(run);

        Assert.Equal((SlackMessageClaimState.Post, null), (first.State, first.AttemptedSince));
        Assert.Equal((SlackMessageClaimState.Post, null), (second.State, second.AttemptedSince));
    }

    [Fact]
    public async Task Who_completes_again_because_the_answer_was_lost_has_completed()
    {
        var run = (await OpenAsync()).Run;
        var claim = await ClaimAsync(run);

        Assert.True(await Messages.CompleteAsync(claim, Channel, "1.1", Cancellation));
        Assert.True(await Messages.CompleteAsync(claim, Channel, "1.1", Cancellation));

        Assert.Equal(SlackMessageClaimState.UpToDate, (await ClaimAsync(run)).State);
    }

    [Fact]
    public async Task Who_claims_again_because_the_answer_was_lost_has_their_claim_and_need_not_look()
    {
        await using var relay = new CountingRelay(new NpgsqlConnectionStringBuilder(ConnectionString).Port);
        var messages = new SlackMessages(
            Connect(new NpgsqlConnectionStringBuilder(ConnectionString) { Port = relay.Port }.ConnectionString),
            Time
        );
        var run = (await OpenAsync()).Run;
        await messages.ClaimAsync(run.RunId, MessageKinds.Summary, "", 1, Cancellation);

        relay.LoseNextAnswer();
        var claim = await messages.ClaimAsync(run.RunId, MessageKinds.Announcement, "", 1, Cancellation);

        Assert.Equal((SlackMessageClaimState.Post, null), (claim.State, claim.AttemptedSince));
    }

    [Fact]
    public async Task Who_claims_after_somebody_died_is_told_since_when_it_may_be_there()
    {
        var run = (await OpenAsync()).Run;
        await ClaimAsync(run);
        var began = Now;
        Time.Advance(TimeSpan.FromSeconds(30));

        var next = await ClaimAsync(run);

        Assert.Equal((SlackMessageClaimState.Post, began), (next.State, next.AttemptedSince));
    }

    [Fact]
    public async Task What_was_left_is_free_after_two_seconds_and_stays_uncertain_however_often_a_look_fails()
    {
        var run = (await OpenAsync()).Run;
        var began = Now;
        await Messages.LeaveAsync(await ClaimAsync(run), Cancellation);
        Assert.Equal(SlackMessageClaimState.Busy, (await ClaimAsync(run)).State);
        Time.Advance(TimeSpan.FromSeconds(2));

        for (var attempt = 0; attempt < 3; attempt++)
        {
            var claim = await ClaimAsync(run);
            Assert.Equal((SlackMessageClaimState.Post, began), (claim.State, claim.AttemptedSince));
            await Messages.ReleaseAsync(claim, Cancellation);
        }
    }

    [Fact]
    public async Task Who_looks_has_seventy_five_seconds()
    {
        var run = (await OpenAsync()).Run;
        await ClaimAsync(run);
        Time.Advance(TimeSpan.FromSeconds(30));
        await ClaimAsync(run);

        Time.Advance(TimeSpan.FromSeconds(74));
        Assert.Equal(SlackMessageClaimState.Busy, (await ClaimAsync(run)).State);
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(SlackMessageClaimState.Post, (await ClaimAsync(run)).State);
    }

    [Fact]
    public async Task What_was_found_is_certain_again()
    {
        var run = (await OpenAsync()).Run;
        await ClaimAsync(run);
        Time.Advance(TimeSpan.FromSeconds(30));
        await Messages.CompleteAsync(await ClaimAsync(run), Channel, "1.1", Cancellation);

        var update = await ClaimAsync(run, 2);

        Assert.Equal((SlackMessageClaimState.Update, null), (update.State, update.AttemptedSince));
    }

    private Task<SlackMessageClaim> ClaimAsync(CoffeeRun run, long version = 1) =>
        Messages.ClaimAsync(run.RunId, MessageKinds.Announcement, "", version, Cancellation);
}
