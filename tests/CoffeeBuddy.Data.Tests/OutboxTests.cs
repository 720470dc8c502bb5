using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Outbox;

namespace CoffeeBuddy.Data.Tests;

public sealed class OutboxTests(PostgresServer server) : DatabaseTest(server)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task An_event_is_taken_as_it_was_added()
    {
        var added = await Outbox.AddAsync(
            "slack.events",
            "T1:Ev1",
            "slack.event",
            """{ "raw" : "ü" }""",
            "00-trace",
            Cancellation
        );

        Assert.Equal([added], await TakeAsync());
        Assert.Equal(1, await Outbox.CountPendingAsync(Cancellation));
    }

    [Fact]
    public async Task The_sweep_does_not_take_an_event_of_a_request_for_some_seconds()
    {
        var opened = await OpenAsync();
        Assert.Empty(await TakeAsync());
        Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(opened.Events, await TakeAsync());
    }

    [Fact]
    public async Task A_published_event_is_not_taken_again()
    {
        var opened = await OpenAsync();
        await Outbox.MarkPublishedAsync([opened.Events[0].OutboxId], Cancellation);
        Time.Advance(TimeSpan.FromHours(1));

        Assert.Empty(await TakeAsync());
        Assert.Equal(0, await Outbox.CountPendingAsync(Cancellation));
    }

    [Fact]
    public async Task An_event_that_Kafka_refuses_is_kept_and_does_not_hold_back_the_others_of_its_key()
    {
        var refused = await AddAsync("k1");
        var later = await AddAsync("k1");
        Assert.Equal([refused, later], await TakeAsync());
        await Outbox.MarkFailedAsync(refused.OutboxId, "MsgSizeTooLarge: too large", Cancellation);
        Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal([later], await TakeAsync());
        Assert.Equal(1, await Outbox.CountPendingAsync(Cancellation));
        Assert.Equal(1, await Outbox.CountFailedAsync(Cancellation));
        Assert.Equal(
            ["MsgSizeTooLarge: too large"],
            await QueryAsync<string>("SELECT failure FROM outbox WHERE failed_at IS NOT NULL")
        );
    }

    [Fact]
    public async Task A_refused_event_is_taken_again_when_an_operator_clears_its_mark()
    {
        var refused = await AddAsync("k1");
        await Outbox.MarkFailedAsync(refused.OutboxId, "MsgSizeTooLarge: too large", Cancellation);
        Assert.Empty(await TakeAsync());

        await QueryAsync<int>("UPDATE outbox SET failed_at = NULL RETURNING 1");

        Assert.Equal([refused], await TakeAsync());
        Assert.Equal(0, await Outbox.CountFailedAsync(Cancellation));
    }

    [Fact]
    public async Task An_event_is_taken_again_when_its_lease_has_ended()
    {
        var added = await AddAsync("k1");
        Assert.Single(await TakeAsync());
        Assert.Empty(await TakeAsync());
        Time.Advance(Lease);

        Assert.Equal([added], await TakeAsync());
        Assert.Equal([2], await QueryAsync<int>("SELECT attempts FROM outbox"));
    }

    [Fact]
    public async Task The_oldest_come_first_and_no_more_than_asked_for()
    {
        var added = new[] { await AddAsync("k1"), await AddAsync("k2"), await AddAsync("k1"), await AddAsync("k3") };

        Assert.Equal(added[..3], await TakeAsync(limit: 3));
    }

    [Fact]
    public async Task A_later_event_of_a_key_is_not_taken_while_an_earlier_one_is_leased()
    {
        var first = await AddAsync("k1");
        await TakeAsync();
        var later = await AddAsync("k1");
        var other = await AddAsync("k2");
        Assert.Equal([other], await TakeAsync());

        await Outbox.MarkPublishedAsync([first.OutboxId], Cancellation);

        Assert.Equal([later], await TakeAsync());
    }

    [Fact]
    public async Task An_event_that_its_request_is_publishing_holds_back_the_later_ones_of_its_key()
    {
        var run = (await OpenAsync()).Run;
        var stale = await AddAsync(run.RunId.ToString());
        Assert.Empty(await TakeAsync());
        Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(stale.OutboxId, (await TakeAsync())[^1].OutboxId);
    }

    [Fact]
    public async Task Sweepers_at_once_share_the_events_and_keep_each_key_in_order()
    {
        for (var index = 0; index < 200; index++)
            await AddAsync($"k{index % 20}");
        var published = new List<(string Key, long Id)>();
        var publishing = new Lock();

        await AtOnceAsync(
            6,
            async _ =>
            {
                while (await Outbox.CountPendingAsync(Cancellation) > 0)
                {
                    var taken = await Outbox.TakePendingAsync(7, Lease, Cancellation);
                    lock (publishing)
                        published.AddRange(taken.Select(one => (one.Key, one.OutboxId)));
                    await Outbox.MarkPublishedAsync([.. taken.Select(one => one.OutboxId)], Cancellation);
                }
                return true;
            }
        );

        Assert.Equal(200, published.Count);
        Assert.All(
            published.GroupBy(one => one.Key),
            key => Assert.Equal(key.Select(one => one.Id).Order(), key.Select(one => one.Id))
        );
    }

    [Fact]
    public async Task A_sweep_does_not_wait_for_rows_that_another_sweep_holds()
    {
        await AddAsync("k1");
        var free = await AddAsync("k2");

        var taken = await Database.TransactAsync(
            async (connection, _, token) =>
            {
                await Dapper.SqlMapper.ExecuteAsync(
                    connection,
                    "SELECT FROM outbox WHERE message_key = 'k1' FOR UPDATE"
                );
                return await Outbox.TakePendingAsync(10, Lease, token);
            },
            Cancellation
        );

        Assert.Equal([free], taken);
    }

    private Task<OutboxEvent> AddAsync(string key) => Outbox.AddAsync("topic", key, "type", "{}", null, Cancellation);

    private Task<IReadOnlyList<OutboxEvent>> TakeAsync(int limit = 100) =>
        Outbox.TakePendingAsync(limit, Lease, Cancellation);
}
