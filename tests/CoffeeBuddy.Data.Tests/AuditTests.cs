using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Data.Connections;
using Npgsql;

namespace CoffeeBuddy.Data.Tests;

public sealed class AuditTests(PostgresServer server) : DatabaseTest(server)
{
    [Fact]
    public async Task Every_business_event_is_audited_once_with_person_and_time()
    {
        var run = await OpenWithOrdersAsync(Channel, "U1", "U2");
        await Runs.WithdrawOrderAsync(run.RunId, "U2", null, Cancellation);
        Time.Advance(Options.OrderWindow);
        await AssignAsync(run);
        await Runs.MarkReminderSentAsync(run.RunId, Cancellation);
        await Runs.CompleteAsync(run.RunId, "U1", null, Cancellation);
        var cancelled = (await OpenAsync("U3")).Run;
        await Runs.CancelAsync(cancelled.RunId, "U3", null, Cancellation);

        var rows = await QueryAsync<(string Type, string User, Guid Run)>(
            "SELECT event_type, user_id, run_id FROM audit_log ORDER BY \"timestamp\", log_id"
        );
        Assert.Equal(
            [
                ("order_placed", "U1", run.RunId),
                ("order_placed", "U2", run.RunId),
                ("order_withdrawn", "U2", run.RunId),
                ("reminder_sent", "U1", run.RunId),
                ("run_cancelled", "U3", cancelled.RunId),
                ("run_completed", "U1", run.RunId),
                ("run_created", "U1", run.RunId),
                ("run_created", "U3", cancelled.RunId),
                ("runner_assigned", "U1", run.RunId),
            ],
            rows.OrderBy(row => row.Type, StringComparer.Ordinal).ThenBy(row => row.User, StringComparer.Ordinal)
        );
        Assert.Equal(Now, (await QueryAsync<DateTimeOffset>("SELECT max(\"timestamp\") FROM audit_log"))[0]);
    }

    [Fact]
    public async Task An_order_is_audited_with_its_drink_and_the_one_it_replaced()
    {
        var run = await OpenWithOrdersAsync(Channel, "U1");
        await OrderAsync(run, "U1", Espresso, "private wish");

        var payload = Assert.Single(
            await QueryAsync<string>(
                "SELECT payload::text FROM audit_log WHERE event_type = 'order_placed' AND payload ? 'replaced'"
            )
        );

        Assert.Contains("Espresso", payload, StringComparison.Ordinal);
        Assert.Contains("Oat milk", payload, StringComparison.Ordinal);
        Assert.DoesNotContain("private wish", payload, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_in_the_outbox_does_not_contain_the_drink()
    {
        var run = await OpenWithOrdersAsync(Channel, "U1");
        await OrderAsync(run, "U1", Espresso, "private wish");

        Assert.Equal(0, await CountAsync("outbox WHERE data ~* 'latte|espresso|oat|small|wish'"));
    }

    [Theory]
    [InlineData("audit_log")]
    [InlineData("outbox")]
    public async Task A_change_whose_audit_row_or_event_cannot_be_written_is_not_made(string broken)
    {
        var run = await OpenWithOrdersAsync(Channel, "U1", "U2", "U3");
        var audited = await CountAsync("audit_log");
        var told = await CountAsync("outbox");
        await BreakAsync(broken);

        await Assert.ThrowsAsync<PostgresException>(() => OrderAsync(run, "U4"));
        await Assert.ThrowsAsync<PostgresException>(() => OrderAsync(run, "U1", Tea));
        await Assert.ThrowsAsync<PostgresException>(() => Runs.WithdrawOrderAsync(run.RunId, "U1", null, Cancellation));
        await Assert.ThrowsAsync<PostgresException>(() => AssignAsync(run));
        await Assert.ThrowsAsync<PostgresException>(() => Runs.CancelAsync(run.RunId, "U1", null, Cancellation));

        Assert.Equal(run, await ReadAsync(run));
        Assert.Equal(3, await CountAsync("orders"));
        Assert.Equal(
            [(Latte, 1)],
            (await Preferences.LastAsync("U1", 3, Cancellation)).Select(preference =>
                (preference.Drink, preference.OrderCount)
            )
        );
        Assert.Equal((audited, told), (await CountAsync("audit_log"), await CountAsync("outbox")));
        Assert.Equal(BreakerState.Closed, Database.State);
    }
}
