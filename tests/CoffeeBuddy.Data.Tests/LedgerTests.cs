using CoffeeBuddy.Core;

namespace CoffeeBuddy.Data.Tests;

public sealed class LedgerTests(PostgresServer server) : DatabaseTest(server)
{
    private const string Kind = MessageKinds.Announcement;

    [Fact]
    public async Task A_message_is_posted_then_updated_and_left_alone_when_it_is_up_to_date()
    {
        var run = (await OpenAsync()).Run;

        Assert.Equal(new Claim(ClaimState.Post, null, null, 1), await ClaimAsync(run, 1));
        await CompleteAsync(run, "1.1", 1);
        Assert.Equal(ClaimState.UpToDate, (await ClaimAsync(run, 1)).State);
        Assert.Equal(new Claim(ClaimState.Update, Channel, "1.1", 1), await ClaimAsync(run, 3));
        await CompleteAsync(run, "1.1", 3);
        Assert.Equal(ClaimState.UpToDate, (await ClaimAsync(run, 2)).State);
    }

    [Fact]
    public async Task Of_two_who_claim_at_once_one_posts()
    {
        var run = (await OpenAsync()).Run;

        var claims = await AtOnceAsync(10, _ => ClaimAsync(run, 1));

        Assert.Single(claims, claim => claim.State == ClaimState.Post);
        Assert.Equal(9, claims.Count(claim => claim.State == ClaimState.Busy));
    }

    [Fact]
    public async Task A_claim_ends_after_thirty_seconds_and_the_next_knows_that_an_answer_was_lost()
    {
        var run = (await OpenAsync()).Run;
        await ClaimAsync(run, 1);
        Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(ClaimState.Busy, (await ClaimAsync(run, 1)).State);
        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(new Claim(ClaimState.Post, null, null, 2), await ClaimAsync(run, 1));
    }

    [Fact]
    public async Task A_released_message_can_be_claimed_at_once_and_no_answer_was_lost()
    {
        var run = (await OpenAsync()).Run;
        await ClaimAsync(run, 1);
        await Ledger.ReleaseAsync(run.RunId, Kind, "", Cancellation);

        Assert.Equal(new Claim(ClaimState.Post, null, null, 1), await ClaimAsync(run, 1));
    }

    [Fact]
    public async Task A_message_that_slack_refused_for_good_is_not_tried_again()
    {
        var run = (await OpenAsync()).Run;
        await ClaimAsync(run, 1);
        await Ledger.FailAsync(run.RunId, Kind, "", "not_in_channel", Cancellation);
        Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(ClaimState.Failed, (await ClaimAsync(run, 2)).State);
        Assert.Equal("not_in_channel", (await Runs.GetAsync(run.RunId, Cancellation))!.Message(Kind)!.Error);
    }

    [Fact]
    public async Task A_newer_version_waits_while_an_older_one_is_being_shown()
    {
        var run = (await OpenAsync()).Run;
        await ClaimAsync(run, 1);
        await CompleteAsync(run, "1.1", 1);
        await ClaimAsync(run, 2);

        Assert.Equal(ClaimState.Busy, (await ClaimAsync(run, 3)).State);
        Assert.Equal(ClaimState.UpToDate, (await ClaimAsync(run, 1)).State);
    }

    [Fact]
    public async Task Each_recipient_has_their_own_message_and_its_version_may_be_a_time()
    {
        var run = (await OpenAsync()).Run;

        foreach (var user in new[] { "U1", "U2" })
        {
            Assert.Equal(ClaimState.Post, (await Ledger.ClaimAsync(run.RunId, MessageKinds.Confirmation, user, Now.Ticks, Cancellation)).State);
            await Ledger.CompleteAsync(run.RunId, MessageKinds.Confirmation, user, "D1", "2.2", Now.Ticks, Cancellation);
        }

        var shown = (await Runs.GetAsync(run.RunId, Cancellation))!.Message(MessageKinds.Confirmation, "U2");
        Assert.Equal(new ShownMessage(MessageKinds.Confirmation, "U2", "D1", "2.2", Now.Ticks, null), shown);
    }

    [Fact]
    public async Task A_run_is_found_by_the_thread_of_its_announcement()
    {
        var run = (await OpenAsync()).Run;
        await ClaimAsync(run, 1);
        await CompleteAsync(run, "1700000000.000100", 1);
        await Ledger.ClaimAsync(run.RunId, MessageKinds.Summary, "", 1, Cancellation);
        await Ledger.CompleteAsync(run.RunId, MessageKinds.Summary, "", Channel, "1700000000.000200", 1, Cancellation);

        Assert.Equal(run, await Runs.FindByThreadAsync(Channel, "1700000000.000100", Cancellation));
        Assert.Null(await Runs.FindByThreadAsync(Channel, "1700000000.000200", Cancellation));
        Assert.Null(await Runs.FindByThreadAsync("C2", "1700000000.000100", Cancellation));
    }

    private Task<Claim> ClaimAsync(CoffeeRun run, long version) => Ledger.ClaimAsync(run.RunId, Kind, "", version, Cancellation);

    private Task CompleteAsync(CoffeeRun run, string ts, long version) => Ledger.CompleteAsync(run.RunId, Kind, "", Channel, ts, version, Cancellation);
}
