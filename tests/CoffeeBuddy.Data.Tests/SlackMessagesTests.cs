using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Data.Runs;

namespace CoffeeBuddy.Data.Tests;

public sealed class SlackMessagesTests(PostgresServer server) : DatabaseTest(server)
{
    private const string Kind = MessageKinds.Announcement;

    [Fact]
    public async Task A_message_is_posted_then_updated_and_not_claimed_when_it_is_up_to_date()
    {
        var run = (await OpenAsync()).Run;

        var post = await ClaimAsync(run, 1);
        Assert.Equal((SlackMessageClaimState.Post, null, null), (post.State, post.ChannelId, post.Ts));
        Assert.True(await CompleteAsync(post, "1.1"));
        Assert.Equal(SlackMessageClaimState.UpToDate, (await ClaimAsync(run, 1)).State);
        var update = await ClaimAsync(run, 3);
        Assert.Equal((SlackMessageClaimState.Update, Channel, "1.1"), (update.State, update.ChannelId, update.Ts));
        Assert.True(await CompleteAsync(update, "1.1"));
        Assert.Equal(SlackMessageClaimState.UpToDate, (await ClaimAsync(run, 2)).State);
    }

    [Fact]
    public async Task One_of_many_claims_at_the_same_time_posts()
    {
        var run = (await OpenAsync()).Run;

        var claims = await AtOnceAsync(10, _ => ClaimAsync(run, 1));

        Assert.Single(claims, claim => claim.State == SlackMessageClaimState.Post);
        Assert.Equal(9, claims.Count(claim => claim.State == SlackMessageClaimState.Busy));
    }

    [Fact]
    public async Task A_claim_ends_after_thirty_seconds()
    {
        var run = (await OpenAsync()).Run;
        await ClaimAsync(run, 1);
        Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(SlackMessageClaimState.Busy, (await ClaimAsync(run, 1)).State);
        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(SlackMessageClaimState.Post, (await ClaimAsync(run, 1)).State);
    }

    [Fact]
    public async Task An_expired_claim_without_a_later_one_can_be_completed()
    {
        var run = (await OpenAsync()).Run;
        var late = await ClaimAsync(run, 1);
        Time.Advance(TimeSpan.FromMinutes(1));

        Assert.True(await CompleteAsync(late, "1.1"));
        Assert.Equal(SlackMessageClaimState.UpToDate, (await ClaimAsync(run, 1)).State);
    }

    [Fact]
    public async Task A_released_message_can_be_claimed_at_once()
    {
        var run = (await OpenAsync()).Run;
        await Messages.ReleaseAsync(await ClaimAsync(run, 1), Cancellation);

        Assert.Equal(SlackMessageClaimState.Post, (await ClaimAsync(run, 1)).State);
    }

    [Fact]
    public async Task An_expired_claim_neither_releases_nor_fails_a_later_one()
    {
        var run = (await OpenAsync()).Run;
        var outlived = await ClaimAsync(run, 1);
        Time.Advance(TimeSpan.FromSeconds(30));
        var next = await ClaimAsync(run, 1);

        await Messages.ReleaseAsync(outlived, Cancellation);
        await Messages.FailAsync(outlived, "not_in_channel", Cancellation);

        Assert.Equal(SlackMessageClaimState.Busy, (await ClaimAsync(run, 1)).State);
        Assert.True(await CompleteAsync(next, "1.1"));
        Assert.Null((await ShownAsync(run)).Error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_two_updates_at_the_same_time_the_message_is_updated_again(bool olderFirst)
    {
        var run = (await OpenAsync()).Run;
        await CompleteAsync(await ClaimAsync(run, 1), "1.1");
        var older = await ClaimAsync(run, 2);
        Time.Advance(TimeSpan.FromSeconds(30));
        var newer = await ClaimAsync(run, 3);

        Assert.Equal(!olderFirst, olderFirst ? await CompleteAsync(older, "1.1") : await CompleteAsync(newer, "1.1"));
        Assert.False(olderFirst ? await CompleteAsync(newer, "1.1") : await CompleteAsync(older, "1.1"));

        Assert.Equal(new ShownMessage(Kind, "", Channel, "1.1", 0, null), await ShownAsync(run));
        Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(SlackMessageClaimState.Update, (await ClaimAsync(run, 3)).State);
    }

    [Fact]
    public async Task The_known_one_of_a_message_that_was_posted_twice_is_kept()
    {
        var run = (await OpenAsync()).Run;
        var outlived = await ClaimAsync(run, 1);
        Time.Advance(TimeSpan.FromSeconds(30));
        await CompleteAsync(await ClaimAsync(run, 1), "2.2");

        Assert.False(await CompleteAsync(outlived, "1.1"));

        Assert.Equal(new ShownMessage(Kind, "", Channel, "2.2", 0, null), await ShownAsync(run));
    }

    [Fact]
    public async Task A_message_that_slack_refused_for_good_is_not_tried_again()
    {
        var run = (await OpenAsync()).Run;
        await Messages.FailAsync(await ClaimAsync(run, 1), "not_in_channel", Cancellation);
        Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(SlackMessageClaimState.Failed, (await ClaimAsync(run, 2)).State);
        Assert.Equal("not_in_channel", (await ShownAsync(run)).Error);
    }

    [Fact]
    public async Task A_refused_message_is_tried_again_when_asked_for()
    {
        var run = (await OpenAsync()).Run;
        await Messages.FailAsync(await ClaimAsync(run, 1), "not_in_channel", Cancellation);

        var claim = await Messages.ClaimAsync(run.RunId, Kind, "", 1, Cancellation, retryRefused: true);

        Assert.Equal(SlackMessageClaimState.Post, claim.State);
        Assert.Null((await ShownAsync(run)).Error);
    }

    [Fact]
    public async Task A_newer_version_waits_while_an_older_one_is_being_shown()
    {
        var run = (await OpenAsync()).Run;
        await CompleteAsync(await ClaimAsync(run, 1), "1.1");
        await ClaimAsync(run, 2);

        Assert.Equal(SlackMessageClaimState.Busy, (await ClaimAsync(run, 3)).State);
        Assert.Equal(SlackMessageClaimState.UpToDate, (await ClaimAsync(run, 1)).State);
    }

    [Fact]
    public async Task Each_recipient_has_their_own_message_and_its_version_may_be_a_time()
    {
        var run = (await OpenAsync()).Run;

        foreach (var user in new[] { "U1", "U2" })
        {
            var claim = await Messages.ClaimAsync(run.RunId, MessageKinds.Confirmation, user, Now.Ticks, Cancellation);
            Assert.Equal(SlackMessageClaimState.Post, claim.State);
            await Messages.CompleteAsync(claim, "D1", "2.2", Cancellation);
        }

        var shown = (await Runs.GetAsync(run.RunId, Cancellation))!.Message(MessageKinds.Confirmation, "U2");
        Assert.Equal(new ShownMessage(MessageKinds.Confirmation, "U2", "D1", "2.2", Now.Ticks, null), shown);
    }

    [Fact]
    public async Task A_run_is_found_by_the_thread_of_its_announcement()
    {
        var run = (await OpenAsync()).Run;
        await CompleteAsync(await ClaimAsync(run, 1), "1700000000.000100");
        await CompleteAsync(
            await Messages.ClaimAsync(run.RunId, MessageKinds.Summary, "", 1, Cancellation),
            "1700000000.000200"
        );

        Assert.Equal(run, (await Runs.FindByThreadAsync(Channel, "1700000000.000100", Cancellation))?.Run);
        Assert.Null(await Runs.FindByThreadAsync(Channel, "1700000000.000200", Cancellation));
        Assert.Null(await Runs.FindByThreadAsync("C2", "1700000000.000100", Cancellation));
    }

    private Task<SlackMessageClaim> ClaimAsync(CoffeeRun run, long version) =>
        Messages.ClaimAsync(run.RunId, Kind, "", version, Cancellation);

    private Task<bool> CompleteAsync(SlackMessageClaim claim, string ts) =>
        Messages.CompleteAsync(claim, Channel, ts, Cancellation);

    private async Task<ShownMessage> ShownAsync(CoffeeRun run) =>
        (await Runs.GetAsync(run.RunId, Cancellation))!.Message(Kind)!;
}
