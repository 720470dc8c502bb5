using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Data.Outbox;

namespace CoffeeBuddy.Data.Tests;

public sealed class ReconcileTests(PostgresServer server) : DatabaseTest(server)
{
    private static readonly TimeSpan Lag = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_run_that_was_never_announced_is_announced()
    {
        var run = (await OpenAsync()).Run;
        Assert.Empty(await RequeueAsync());
        Time.Advance(Lag);

        var requeued = Assert.Single(await RequeueAsync());

        Assert.Equal(
            (EventTypes.RunCreated, Topics.Orders, run.RunId.ToString()),
            (requeued.EventType, requeued.Topic, requeued.Key)
        );
    }

    [Fact]
    public async Task A_run_whose_messages_are_up_to_date_is_not_queued()
    {
        var run = await AssignedAsync(Channel, "U1");
        await ShowAllAsync(run);
        Time.Advance(Lag);

        Assert.Empty(await RequeueAsync());
    }

    [Theory]
    [InlineData(MessageKinds.Announcement, "")]
    [InlineData(MessageKinds.Summary, "")]
    [InlineData(MessageKinds.RunnerDm, "U1")]
    public async Task A_message_behind_its_run_is_brought_up_to_date(string kind, string recipient)
    {
        var run = await AssignedAsync(Channel, "U1");
        await ShowAllAsync(run);
        await ExecuteAsync(
            "UPDATE slack_messages SET shown_version = 1 WHERE kind = @kind AND recipient = @recipient",
            new { kind, recipient }
        );
        Time.Advance(Lag);

        Assert.Equal([EventTypes.OrderPlaced], await RequeuedTypesAsync());
    }

    [Theory]
    [InlineData(MessageKinds.Assignment)]
    [InlineData(MessageKinds.RunnerDm)]
    public async Task A_run_without_an_assignment_message_is_queued(string missing)
    {
        var run = await AssignedAsync(Channel, "U1");
        await ShowAllAsync(run);
        await ExecuteAsync("DELETE FROM slack_messages WHERE kind = @missing", new { missing });
        Time.Advance(Lag);

        Assert.Equal([EventTypes.RunnerAssigned], await RequeuedTypesAsync());
    }

    [Fact]
    public async Task A_runner_is_assigned_where_the_deadline_went_by_unnoticed()
    {
        var run = await OpenWithOrdersAsync(Channel, "U1");
        await ShowAsync(run, MessageKinds.Announcement);
        await ShowAsync(run, MessageKinds.Summary);
        await ConfirmAllAsync(run);
        Time.Advance(Options.OrderWindow);
        Assert.Empty(await RequeueAsync());
        Time.Advance(Lag);

        Assert.Equal([EventTypes.OrderPlaced], await RequeuedTypesAsync());
    }

    [Fact]
    public async Task A_due_reminder_that_was_not_sent_is_queued_again_by_one_sweep_only()
    {
        var run = await AssignedAsync(Channel, "U1");
        await ShowAllAsync(run);
        Time.Advance(Options.ReminderDelay + Lag);

        Assert.Equal([EventTypes.ReminderDue], await RequeuedTypesAsync());
        Assert.Empty(await Sweeps.QueueDueRemindersAsync(10, Cancellation));
    }

    [Theory]
    [InlineData(true, EventTypes.RunCompleted)]
    [InlineData(false, EventTypes.RunCancelled)]
    public async Task A_closed_run_without_a_closing_message_in_its_thread_is_queued(bool completed, string expected)
    {
        var run = await AssignedAsync(Channel, "U1");
        await ShowAllAsync(run);
        var closed = completed
            ? (await Runs.CompleteAsync(run.RunId, "U1", null, Cancellation)).Run!
            : (await Runs.CancelAsync(run.RunId, "U1", null, Cancellation)).Run!;
        Time.Advance(Lag);
        Assert.Equal([expected], await RequeuedTypesAsync());

        await ShowAllAsync(closed);
        await ShowAsync(closed, MessageKinds.Completion);
        Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Empty(await RequeueAsync());
    }

    [Fact]
    public async Task A_run_that_was_closed_before_it_was_announced_needs_no_message()
    {
        var run = (await OpenAsync()).Run;
        await Runs.CancelAsync(run.RunId, "U1", null, Cancellation);
        Time.Advance(Lag);

        Assert.Empty(await RequeueAsync());
    }

    [Fact]
    public async Task A_summary_that_was_never_posted_is_posted()
    {
        var run = await OpenWithOrdersAsync(Channel, "U1");
        await ShowAsync(run, MessageKinds.Announcement);
        Time.Advance(Lag);

        Assert.Equal([EventTypes.OrderPlaced], await RequeuedTypesAsync());
    }

    [Fact]
    public async Task A_run_without_orders_needs_no_summary()
    {
        await ShowAsync((await OpenAsync()).Run, MessageKinds.Announcement);
        Time.Advance(Lag);

        Assert.Empty(await RequeueAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_whose_announcement_was_deleted_is_not_queued(bool closed)
    {
        var run = await AssignedAsync(Channel, "U1");
        await ShowAllAsync(run);
        await OrderAsync(run, "U2");
        await ConfirmAllAsync(run);
        if (closed)
            await Runs.CompleteAsync(run.RunId, "U1", null, Cancellation);
        run = await ReadAsync(run);
        await Messages.FailAsync(
            await Messages.ClaimAsync(run.RunId, MessageKinds.Announcement, "", run.Version, Cancellation),
            "message_not_found",
            Cancellation
        );
        Time.Advance(Lag);
        Assert.Single(await RequeueAsync()); // The runner's message is behind as well.

        await ShowAsync(run, MessageKinds.RunnerDm, "U1");
        Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Empty(await RequeueAsync());
    }

    [Theory]
    [InlineData(MessageKinds.RunnerDm)]
    [InlineData(MessageKinds.Reminder)]
    public async Task The_runners_message_of_a_closed_run_is_updated_although_the_channel_cannot_be_posted_in(
        string kind
    )
    {
        var run = await AssignedAsync(Channel, "U1");
        await ShowAsync(run, kind, "U1");
        var closed = (await Runs.CompleteAsync(run.RunId, "U1", null, Cancellation)).Run!;
        Time.Advance(Lag);
        Assert.Equal([EventTypes.RunCompleted], await RequeuedTypesAsync());

        await ShowAsync(closed, kind, "U1");
        Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Empty(await RequeueAsync());
    }

    [Fact]
    public async Task A_run_whose_message_slack_refused_permanently_is_not_queued()
    {
        var run = await AssignedAsync(Channel, "U1");
        foreach (var (kind, recipient) in new[] { (MessageKinds.Announcement, ""), (MessageKinds.RunnerDm, "U1") })
            await Messages.FailAsync(
                await Messages.ClaimAsync(run.RunId, kind, recipient, 1, Cancellation),
                "not_in_channel",
                Cancellation
            );
        await ConfirmAllAsync(run, MessageKinds.ConfirmationDm);
        Time.Advance(Lag);

        Assert.Empty(await RequeueAsync());
    }

    [Fact]
    public async Task An_order_that_was_not_confirmed_is_queued_for_its_person_until_it_is()
    {
        var run = await AssignedAsync(Channel, "U1");
        await ShowAllAsync(run);
        await OrderAsync(run, "U2");
        await ShowAllAsync(await ReadAsync(run));
        await ExecuteAsync("DELETE FROM slack_messages WHERE kind = 'confirmation' AND recipient = 'U2'", new { });
        Time.Advance(Lag);

        var requeued = Assert.Single(await RequeueAsync());
        Assert.Equal((EventTypes.OrderPlaced, "U2"), (requeued.EventType, EventData.Parse(requeued.Data).UserId));

        await ConfirmAllAsync(run);
        Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Empty(await RequeueAsync());
    }

    [Fact]
    public async Task An_order_that_replaces_a_confirmed_one_is_confirmed_too()
    {
        var run = await AssignedAsync(Channel, "U1");
        await ShowAllAsync(run);
        Time.Advance(TimeSpan.FromSeconds(1));
        await Runs.PlaceOrderAsync(
            new(run.RunId, "U1", DisplayName: null, new Drink("Tea", "Small"), Note: null, TraceParent: null),
            Cancellation
        );
        foreach (var kind in new[] { MessageKinds.Announcement, MessageKinds.Summary })
            await ShowAsync(await ReadAsync(run), kind);
        await ShowAsync(await ReadAsync(run), MessageKinds.RunnerDm, "U1");
        Time.Advance(Lag);

        Assert.Single(await RequeueAsync());
    }

    [Fact]
    public async Task A_run_whose_message_is_claimed_is_not_queued_until_the_claim_ends()
    {
        var run = (await OpenAsync()).Run;
        Time.Advance(Lag);
        await Messages.ClaimAsync(run.RunId, MessageKinds.Announcement, "", 1, Cancellation);
        Assert.Empty(await RequeueAsync());
        Time.Advance(TimeSpan.FromSeconds(30));

        Assert.Single(await RequeueAsync());
    }

    [Fact]
    public async Task A_run_is_queued_again_once_a_minute_by_all_sweeps_together()
    {
        await OpenAsync();
        Time.Advance(Lag);

        var swept = await AtOnceAsync(5, _ => RequeueAsync());
        Assert.Single(swept.SelectMany(events => events));
        Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Empty(await RequeueAsync());
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(await RequeueAsync());
    }

    private Task<IReadOnlyList<OutboxEvent>> RequeueAsync() => Sweeps.RequeueLaggingAsync(100, Lag, Cancellation);

    private async Task<IEnumerable<string>> RequeuedTypesAsync() =>
        (await RequeueAsync()).Select(requeued => requeued.EventType);

    private async Task ShowAllAsync(CoffeeRun run)
    {
        foreach (var kind in new[] { MessageKinds.Announcement, MessageKinds.Summary, MessageKinds.Assignment })
            await ShowAsync(run, kind);
        await ShowAsync(run, MessageKinds.RunnerDm, run.RunnerUserId!);
        await ConfirmAllAsync(run);
    }

    private async Task ConfirmAllAsync(CoffeeRun run, string kind = MessageKinds.Confirmation)
    {
        foreach (var order in (await Runs.GetAsync(run.RunId, Cancellation))!.Orders)
        {
            var version = order.CreatedAt.UtcTicks;
            var claim = await Messages.ClaimAsync(run.RunId, kind, order.UserId, version, Cancellation);
            await Messages.CompleteAsync(claim, Channel, "1.1", Cancellation);
        }
    }

    private async Task ShowAsync(CoffeeRun run, string kind, string recipient = "")
    {
        var claim = await Messages.ClaimAsync(run.RunId, kind, recipient, run.Version, Cancellation);
        await Messages.CompleteAsync(claim, Channel, $"1.{kind}", Cancellation);
    }
}
