using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Messages;
using Npgsql;

namespace CoffeeBuddy.Data.Tests;

/// <summary>Messages of which it is unknown whether Slack shows them: the next claim says so.</summary>
public sealed class UncertainMessageTests(PostgresServer server) : DatabaseTest(server)
{
    [Fact]
    public async Task A_first_claim_and_a_claim_after_a_release_need_no_search()
    {
        var run = (await OpenAsync()).Run;
        var first = await ClaimAsync(run);
        await Messages.ReleaseAsync(first, Cancellation);

        var second = await ClaimAsync(run);

        Assert.Equal((SlackMessageClaimState.Post, null), (first.State, first.AttemptedSince));
        Assert.Equal((SlackMessageClaimState.Post, null), (second.State, second.AttemptedSince));
    }

    [Fact]
    public async Task A_completion_whose_answer_was_lost_can_be_repeated()
    {
        var run = (await OpenAsync()).Run;
        var claim = await ClaimAsync(run);

        Assert.True(await Messages.CompleteAsync(claim, Channel, "1.1", Cancellation));
        Assert.True(await Messages.CompleteAsync(claim, Channel, "1.1", Cancellation));

        Assert.Equal(SlackMessageClaimState.UpToDate, (await ClaimAsync(run)).State);
    }

    [Fact]
    public async Task A_claim_whose_answer_was_lost_is_found_again_and_needs_no_search()
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
    public async Task A_claim_after_an_expired_one_names_the_time_since_when_the_message_may_exist()
    {
        var run = (await OpenAsync()).Run;
        await ClaimAsync(run);
        var began = Now;
        Time.Advance(TimeSpan.FromSeconds(30));

        var next = await ClaimAsync(run);

        Assert.Equal((SlackMessageClaimState.Post, began), (next.State, next.AttemptedSince));
    }

    [Fact]
    public async Task A_message_with_unknown_outcome_can_be_claimed_after_two_seconds_and_stays_uncertain()
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
    public async Task A_claim_with_a_search_lasts_seventy_five_seconds()
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
    public async Task A_message_that_was_found_is_certain_again()
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
