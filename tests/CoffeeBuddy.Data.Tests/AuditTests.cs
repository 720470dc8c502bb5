using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Data.Audit;
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
        var assigned = (await AssignAsync(run)).Run!;
        await Runs.MarkReminderSentAsync(assigned, Cancellation);
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

    [Fact]
    public async Task A_row_says_who_caused_the_change_and_on_whose_behalf()
    {
        AuditOrigin.Current = AuditOrigin.Api("kiosk", onBehalf: true);
        var run = (await OpenAsync("U1")).Run;
        Time.Advance(TimeSpan.FromSeconds(1));
        AuditOrigin.Current = AuditOrigin.Slack;
        await OrderAsync(run, "U2");
        AuditOrigin.Current = AuditOrigin.System;
        Time.Advance(Options.OrderWindow);
        await AssignAsync(run);

        Assert.Equal(
            [
                ("run_created", "api", "kiosk", true, "U1", "done"),
                ("order_placed", "slack", null, false, "U2", "done"),
                ("runner_assigned", "system", null, false, "U2", "done"),
            ],
            (await ReadAllAsync()).Select(row =>
                (row.Type, row.Origin, row.Subject, row.OnBehalf, row.UserId, row.Outcome)
            )
        );
    }

    [Fact]
    public async Task What_is_refused_is_audited_also_for_people_and_runs_that_are_not_known()
    {
        var run = (await OpenAsync("U1")).Run;
        AuditOrigin.Current = AuditOrigin.Api("stranger", onBehalf: false);

        await Audit.AddRefusedAsync("CancelRun", "U1", run.RunId, Channel, "no", Cancellation);
        Time.Advance(TimeSpan.FromSeconds(1));
        await Audit.AddRefusedAsync("CancelRun", "U9", Guid.NewGuid(), channelId: null, "no", Cancellation);

        var refused = (await ReadAllAsync()).Where(row => row.Outcome == "refused").ToList();
        Assert.Equal(
            [("access_refused", "U1", run.RunId, "stranger"), ("access_refused", null, (Guid?)null, "stranger")],
            refused.Select(row => (row.Type, row.UserId, row.RunId, row.Subject))
        );
        Assert.Contains("\"user_id\": \"U9\"", refused[1].Payload, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_rows_of_a_period_are_read_once_and_in_order()
    {
        // Several pages, with pages that end between rows of the same time.
        await ExecuteAsync(
            """
            INSERT INTO audit_log (log_id, event_type, payload, "timestamp")
            SELECT gen_random_uuid(), 'row', '{}', @Now + make_interval(mins => number / 700)
            FROM generate_series(0, 3499) number
            """,
            new { Now }
        );

        var all = await ReadAllAsync();
        Assert.Equal(3500, all.Select(row => row.LogId).Distinct().Count());
        Assert.Equal(all.OrderBy(row => row.Time).ThenBy(row => row.LogId.ToString()), all);
        var middle = await ReadAllAsync(Now.AddMinutes(1), Now.AddMinutes(3));
        Assert.Equal(1400, middle.Count);
        Assert.All(middle, row => Assert.InRange(row.Time, Now.AddMinutes(1), Now.AddMinutes(2)));
    }

    [Fact]
    public async Task Rows_younger_than_ninety_days_are_kept_whatever_time_the_caller_gives()
    {
        await ExecuteAsync(
            """
            INSERT INTO audit_log (log_id, event_type, payload, "timestamp")
            SELECT gen_random_uuid(), days::text, '{}', now() - make_interval(days => days) FROM unnest(ARRAY[1, 89, 91]) days
            """
        );

        await ExecuteAsync("SELECT delete_old_audit(now() + INTERVAL '1 year', 1000)");

        Assert.Equal(["1", "89"], await QueryAsync<string>("SELECT event_type FROM audit_log ORDER BY 1"));
    }

    [Fact]
    public async Task Of_a_deleted_person_only_a_pseudonym_stays()
    {
        const string Person = "UDELETED1";
        AuditOrigin.Current = AuditOrigin.Api("sub-of-ana", onBehalf: false);
        // Before they are known.
        await Audit.AddRefusedAsync("CancelRun", Person, Guid.NewGuid(), channelId: null, "no", Cancellation);
        await Audit.AddExportedAsync(Person, Now, Now, Cancellation);
        await Users.SaveProfileAsync(Person, "Ana Amsel", "ana@example.com", unreachable: null, Cancellation);
        var run = (await OpenAsync(Person)).Run;
        await OrderAsync(run, Person, Espresso, "for Ana");
        AuditOrigin.Current = AuditOrigin.Slack;
        await OrderAsync(run, "U2");
        await Runs.WithdrawOrderAsync(run.RunId, "U2", null, Cancellation);
        Time.Advance(Options.OrderWindow);
        await AssignAsync(run);
        await Audit.AddRefusedAsync("CancelRun", Person, run.RunId, Channel, "no", Cancellation);
        await Messages.ClaimAsync(run.RunId, "runner_dm", Person, 1, Cancellation);
        Assert.Null(await Users.DeleteAsync(Person, Cancellation));
        await Runs.CompleteAsync(run.RunId, Person, null, Cancellation);
        var audited = await CountAsync("audit_log");
        AuditOrigin.Current = AuditOrigin.Operator("ops@host");

        var pseudonym = await Users.DeleteAsync(Person, Cancellation);

        Assert.Matches("^deleted-[0-9a-f]{16}$", pseudonym);
        // Events wait at most a day in the outbox.
        await ExecuteAsync("DELETE FROM outbox");
        Assert.Empty(await TablesWithAsync(Person, "Ana", "ana@", "sub-of-ana"));
        Assert.Equal(audited + 1, await CountAsync("audit_log"));
        Assert.Equal(
            1,
            await CountAsync(
                $"audit_log WHERE event_type = 'person_deleted' AND (user_id, origin, subject) = ('{pseudonym}', 'operator', 'ops@host')"
            )
        );
        Assert.Equal(pseudonym, (await Runs.GetAsync(run.RunId, Cancellation))!.Run.RunnerUserId);
        Assert.Equal(
            1,
            await CountAsync(
                $"audit_log WHERE event_type = 'runner_assigned' AND payload->'candidates' ? '{pseudonym}'"
            )
        );
        // Who comes back is a new person.
        var again = await OpenAsync(Person);
        Assert.Equal(Person, again.Run.InitiatorUserId);
        Assert.Empty(again.LastDrinks);
    }

    [Fact]
    public async Task A_person_who_was_only_ever_refused_is_deleted_too()
    {
        AuditOrigin.Current = AuditOrigin.Api("sub-of-bo", onBehalf: false);
        await Audit.AddRefusedAsync("CancelRun", "UDELETED2", Guid.NewGuid(), channelId: null, "no", Cancellation);
        AuditOrigin.Current = AuditOrigin.Api("kiosk", onBehalf: true);
        await Audit.AddRefusedAsync("CancelRun", "UDELETED2", Guid.NewGuid(), channelId: null, "no", Cancellation);
        AuditOrigin.Current = AuditOrigin.Operator("ops@host");

        Assert.NotNull(await Users.DeleteAsync("UDELETED2", Cancellation));

        Assert.Empty(await TablesWithAsync("UDELETED2", "sub-of-bo"));
        Assert.Equal(1, await CountAsync("audit_log WHERE subject = 'kiosk'"));
    }

    [Fact]
    public async Task A_deletion_that_cannot_be_audited_is_not_made()
    {
        await Users.SaveProfileAsync("UDELETED3", "Cleo", "cleo@example.com", unreachable: null, Cancellation);
        await BreakAsync("audit_log");

        await Assert.ThrowsAsync<PostgresException>(() => Users.DeleteAsync("UDELETED3", Cancellation));

        Assert.Equal(1, await CountAsync("users WHERE user_id = 'UDELETED3' AND display_name = 'Cleo'"));
    }

    /// <summary>The tables that have one of the texts in any column.</summary>
    private async Task<IReadOnlyList<string>> TablesWithAsync(params string[] texts)
    {
        var found = new List<string>();
        foreach (var table in await QueryAsync<string>("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        foreach (var text in texts)
        {
            if (await CountAsync($"\"{table}\" t WHERE strpos(t::text, '{text}') > 0") > 0)
                found.Add($"{table}: {text}");
        }
        return found;
    }

    private async Task<IReadOnlyList<AuditRow>> ReadAllAsync(DateTimeOffset? from = null, DateTimeOffset? to = null)
    {
        var rows = new List<AuditRow>();
        await foreach (var row in Audit.ReadAsync(from ?? Now.AddDays(-1), to ?? Now.AddDays(1), Cancellation))
            rows.Add(row);
        return rows;
    }
}
