using System.Text.RegularExpressions;
using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Inbox;
using CoffeeBuddy.Data.Menus;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Data.Migrations;
using CoffeeBuddy.Data.Outbox;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Data.Statistics;
using CoffeeBuddy.Data.Sweeps;
using CoffeeBuddy.Data.Users;
using CoffeeBuddy.Sandbox.Postgres;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace CoffeeBuddy.Data.Tests;

/// <summary>
/// The plans of all statements of the stores, among as many rows as an office has after years. The statements are sent
/// once, and explained with the parameters that the server has logged.
/// </summary>
public sealed partial class PlanTests
{
    private static readonly string[] Growing =
    [
        "users",
        "coffee_runs",
        "orders",
        "user_preferences",
        "audit_log",
        "outbox",
        "slack_messages",
        "processed_events",
        "idempotency_keys",
        "order_withdrawals",
        "guest_orders",
        "runner_declines",
        "take_over_requests",
        "runner_assignments",
        "menus",
        "survey_answers",
        "planned_runs",
    ];

    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    // The latest 20 runs are active, and 20 events are not published.
    private const string Years = """
        INSERT INTO users (user_id, created_at, updated_at, profile_refreshed_at, locale, language_changed_at)
        SELECT 'U' || n, @Noon, @Noon, @Noon, 'de-DE', @Noon - make_interval(secs => n) FROM generate_series(1, 3000) n;
        INSERT INTO coffee_runs (run_id, workspace_id, channel_id, initiator_user_id, runner_user_id, status, created_at, changed_at, completed_at, assigned_at, reminder_sent_at, first_order_at, deadline_at)
        SELECT gen_random_uuid(), 'T1', 'C' || n % 200, 'U' || 1 + n % 3000, 'U' || 1 + (n + 1) % 3000, (CASE WHEN done THEN 'completed' ELSE 'active' END)::run_status,
            at, at, CASE WHEN done THEN at END, at, CASE WHEN done THEN at END, at, at
        FROM generate_series(1, 20000) n, LATERAL (SELECT n <= 19980 AS done, @Noon - make_interval(mins => 40 * (20000 - n)) AS at) run;
        CREATE TEMP TABLE runs AS SELECT run_id, created_at, row_number() OVER (ORDER BY created_at)::int AS n FROM coffee_runs;
        INSERT INTO orders (order_id, run_id, user_id, drink_type, size, customizations, created_at)
        SELECT gen_random_uuid(), run_id, 'U' || 1 + (n + k) % 3000, 'Latte', 'Small', '[]', created_at FROM runs, generate_series(1, 3) k;
        INSERT INTO user_preferences (preference_id, user_id, drink_type, size, customizations, order_count, last_ordered_at)
        SELECT gen_random_uuid(), 'U' || n, 'Drink ' || k, 'Small', '[]', 1, @Noon FROM generate_series(1, 3000) n, generate_series(1, 3) k;
        INSERT INTO audit_log (log_id, event_type, user_id, run_id, payload, "timestamp")
        SELECT gen_random_uuid(), 'order_placed', 'U' || 1 + (n + k) % 3000, run_id, '{}', created_at FROM runs, generate_series(1, 3) k;
        INSERT INTO outbox (event_id, topic, message_key, event_type, data, created_at, published_at, attempts)
        SELECT gen_random_uuid(), 'coffee.orders', run_id::text, 'coffee.order.placed', '{}', created_at, CASE WHEN n <= 19980 THEN @Noon - make_interval(secs => 20000 - n) END, 1 FROM runs;
        INSERT INTO slack_messages (run_id, kind, recipient, channel_id, ts, shown_version, created_at, updated_at)
        SELECT run_id, kind, '', 'C' || n % 200, n::text || '.' || length(kind), 1, created_at, created_at
        FROM runs, unnest(ARRAY['announcement', 'summary', 'assignment']) kind;
        INSERT INTO processed_events (event_id, claimed_until, done_at)
        SELECT 'Ev' || n, @Noon - make_interval(secs => n), @Noon FROM generate_series(1, 20000) n;
        INSERT INTO idempotency_keys (caller, key, request_hash, created_at)
        SELECT 'reports', n::text, '', @Noon - make_interval(secs => n) FROM generate_series(1, 20000) n;
        INSERT INTO order_withdrawals (run_id, user_id, withdrawn_at) SELECT run_id, 'U1', created_at FROM runs;
        INSERT INTO guest_orders (order_id, run_id, user_id, guest_name, drink_type, size, customizations, created_at)
        SELECT gen_random_uuid(), run_id, 'U' || 1 + n % 3000, 'Guest', 'Latte', 'Small', '[]', created_at FROM runs;
        INSERT INTO runner_declines (run_id, user_id, declined_at) SELECT run_id, 'U' || 1 + n % 3000, created_at FROM runs;
        INSERT INTO take_over_requests (run_id, user_id, asked_by_user_id, asked_at, answer, answered_at, version)
        SELECT run_id, 'U' || 1 + n % 3000, 'U' || 1 + (n + 1) % 3000, created_at, 'declined', created_at, 1 FROM runs;
        INSERT INTO runner_assignments (run_id, version, runner_user_id, assigned_at, how, reason)
        SELECT run_id, 1, 'U' || 1 + n % 3000, created_at, 'volunteered', '' FROM runs;
        INSERT INTO menus (place_id, menu, version, changed_at)
        SELECT 'P' || n, '{"drinks":["Latte"],"sizes":["Large"],"customizations":[]}', 1, @Noon FROM generate_series(1, 20000) n;
        INSERT INTO survey_answers (run_id, user_id, answer, answered_at)
        SELECT run_id, 'U' || 1 + (n + k) % 3000, 'satisfied', created_at FROM runs, generate_series(1, 2) k;
        INSERT INTO planned_runs (run_id, workspace_id, channel_id, initiator_user_id, starts_at, status, drop_reason, created_at, ended_at, told_at)
        SELECT run_id, 'T1', 'C' || n % 200, 'U' || 1 + n % 3000, at, CASE WHEN open THEN 'planned' WHEN dropped THEN 'dropped' ELSE 'started' END,
            CASE WHEN dropped THEN 'late' END, at, CASE WHEN NOT open THEN at END, CASE WHEN dropped THEN at END
        FROM runs, LATERAL (SELECT n % 1000 = 0 AS open, n % 1000 > 0 AND n % 10 = 0 AS dropped, @Noon - make_interval(secs => 20000 - n) AS at) planned;
        DROP TABLE runs;
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_statement_reads_the_whole_of_a_growing_table()
    {
        var log = Path.GetTempFileName();
        await using var postgres = await EmbeddedPostgres.StartAsync(
            new()
            {
                LogFile = log,
                Settings = new Dictionary<string, string> { ["log_statement"] = "all" },
            },
            Cancellation
        );
        var direct = await postgres.CreateDatabaseAsync("years", Cancellation);
        Migrator.Migrate(direct, NullLogger.Instance);
        await FillAsync(direct);
        await using var services = TestDatabase.Build(OneSession(direct), new FakeTimeProvider(Noon));
        var database = services.GetRequiredService<Database>();
        await UseAllAsync(database, new FakeTimeProvider(Noon));

        var plans = await ExplainAsync(database, log);

        Assert.True(plans.Count > 60, $"Only {plans.Count} statements were explained.");
        Assert.Equal([], plans.Where(plan => SequentialScan().Matches(plan).Any(IsGrowing)));
        Assert.Contains(plans, plan => plan.Contains("coffee_runs_one_active") || plan.Contains("coffee_runs_channel"));
        File.Delete(log);
    }

    /// <summary>Each statement is prepared when it is sent for the first time.</summary>
    private static DataOptions OneSession(string connectionString) =>
        new()
        {
            ConnectionString = new NpgsqlConnectionStringBuilder(connectionString)
            {
                MaxPoolSize = 1,
                MaxAutoPrepare = 1000,
                AutoPrepareMinUsages = 1,
                ConnectionLifetime = 0,
            }.ConnectionString,
            CommandTimeout = TimeSpan.FromSeconds(50),
            TotalTimeout = TimeSpan.FromSeconds(60),
        };

    private static async Task FillAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(Cancellation);
        await connection.ExecuteAsync(Years, new { Noon }, commandTimeout: 0);
        await connection.ExecuteAsync($"ANALYZE {string.Join(", ", Growing)}");
    }

    private static async Task UseAllAsync(Database database, TimeProvider time)
    {
        var options = Options.Create(new Core.CoffeeOptions());
        var runs = new RunStore(database, time, options);
        var sweeps = new SweepStore(database, time, options);
        var users = new UserStore(database, time);
        var outbox = new OutboxStore(database, time);
        var messages = new SlackMessages(database, time);
        var processed = new ProcessedEvents(database, time);
        var audit = new AuditStore(database, time);
        var latte = new Core.Orders.Drink("Latte", "Large", ["Oat milk"]);
        RequestClaim Once() => new($"{Guid.NewGuid()}", Noon, Noon.AddMinutes(11));

        var run = (await runs.OpenOrJoinAsync(new("T1", "C7000", "U7", "Ada", Once: Once()), Cancellation)).Run;
        foreach (var person in (string[])["U7", "U8", "U9"])
            await runs.PlaceOrderAsync(new(run.RunId, person, null, latte, "hot"), Cancellation);
        await runs.PlaceOrderAsync(new(run.RunId, "U7", null, new("Tea", "Medium"), null), Cancellation);
        await runs.WithdrawOrderAsync(run.RunId, "U9", null, Cancellation);
        await runs.PlaceOrderAsync(
            new(run.RunId, "U9", null, latte, null, IdempotencyKey: new("reports", "1a", "hash")),
            Cancellation
        );
        await runs.AmendOrderAsync(
            new(run.RunId, "U8", new(null, "Small", [], [], Keeps: true), Noon.AddMinutes(1)),
            Cancellation
        );
        await runs.OrdersOfAsync("U8", [run.RunId], Cancellation);
        await runs.GetAsync(run.RunId, Cancellation);
        await runs.FindByThreadAsync("C7", "19999.7", Cancellation);
        await runs.HistoryAsync("C7", 10, Cancellation, Once());
        await runs.ListAsync("T1", "C7", null, 100, Cancellation);
        await runs.ListAsync("T1", null, RunStatus.Active, 100, Cancellation);
        await runs.ListAsync(null, null, null, 100, Cancellation, "U7");
        var preferences = new PreferenceStore(database, time);
        await preferences.LastAsync("U7", 3, Cancellation);
        var usual = (await preferences.OfferedAsync("U7", 5, Cancellation))[0].PreferenceId;
        await preferences.PinAsync("U7", usual, Cancellation);
        await preferences.RenameAsync("U7", usual, "Mine", Cancellation);
        await preferences.UnpinAsync("U7", usual, Cancellation);
        await preferences.RemoveAsync("U7", usual, Cancellation);
        await runs.ExtendAsync(run.RunId, "U7", isAdmin: false, null, Cancellation);
        var guest = await runs.PlaceGuestOrderAsync(new(run.RunId, "U7", null, latte, null), "Kim", Cancellation);
        await runs.WithdrawGuestOrderAsync(guest.Order!.OrderId, "U7", null, Cancellation);
        await users.GetAsync("U7", Cancellation);
        await users.GetAllAsync(["U7", "U8"], Cancellation);
        await users.SetAwayAsync("U8", null, away: false, Noon, Cancellation, Once());
        await users.SaveProfileAsync("U7", "Ada", "ada@example.com", unreachable: null, Cancellation);
        await users.PeopleOfRunAsync(run.RunId, Cancellation);
        await users.LanguagesChangedAsync(Noon.AddMinutes(-2), "", 1000, Cancellation);
        var settings = new SettingsStore(database, time);
        await settings.SaveAsync("U7", null, new(new(AwayInDoNotDisturb: true), "Europe/Berlin", 3600), Cancellation);
        await settings.GetAsync("U7", Cancellation);
        await settings.FindDoNotDisturbAsync(run.RunId, Cancellation);
        await settings.SaveDoNotDisturbAsync([("U7", null)], Cancellation);
        var menus = new MenuStore(database, time, options);
        var menu = (await menus.ReadAsync("T1", "C7000", Cancellation)).Own;
        await menus.SaveAsync(menu, "T1", "U7", AuditTypes.MenuChanged, Cancellation);
        await menus.OfRunAsync(run.RunId, Cancellation);
        await runs.NumbersOfAsync("U7", Cancellation);
        await runs.PreviewAsync(run, Cancellation);
        await runs.ListNearbyAsync("U7", 5, Cancellation);
        await sweeps.RunsDueForAssignmentAsync(100, Cancellation);
        await runs.AssignIfDueAsync(run.RunId, null, Cancellation);
        await runs.AskFairerAsync(run.RunId, null, Cancellation);
        await runs.AssignmentsAsync(run.RunId, Cancellation);
        var assigned = (await runs.VolunteerAsync(run.RunId, "U7", null, null, Cancellation)).Run!;
        var next = (await runs.OpenOrJoinAsync(new("T1", "C7001", "U7", "Ada"), Cancellation)).Run;
        foreach (var person in (string[])["U7", "U8"])
            await runs.PlaceOrderAsync(new(next.RunId, person, null, latte, null), Cancellation);
        await runs.VolunteerAsync(next.RunId, "U7", null, null, Cancellation);
        await runs.AskToGoAsync(next.RunId, "U7", "U8", null, Cancellation);
        await runs.AnswerRequestAsync(next.RunId, "U8", accepts: false, null, Cancellation);
        await runs.StepBackAsync(next.RunId, "U7", null, null, Cancellation);
        await runs.ChooseNowAsync(next.RunId, "U7", isAdmin: false, null, Cancellation);
        await sweeps.CancelUndecidedRunsAsync(100, Cancellation);
        await sweeps.QueueDueRemindersAsync(100, Cancellation);
        await runs.PostponeReminderAsync(run.RunId, "U7", Noon.AddHours(1), Cancellation);
        await runs.MarkReminderSentAsync(assigned, Cancellation);
        await runs.SnoozeAsync(run.RunId, "U7", Cancellation);
        await runs.LeaveAsync(run.RunId, "U7", isAdmin: false, null, Cancellation);
        await runs.ComeBackAsync(run.RunId, "U7", isAdmin: false, null, Cancellation);
        foreach (var person in (string[])["U7", "U8", "U9"])
            await runs.CollectAsync(run.RunId, person, null, Cancellation);
        await sweeps.UntoldRunnersAsync(100, TimeSpan.FromMinutes(5), Cancellation);
        await sweeps.RequeueLaggingAsync(100, TimeSpan.FromMinutes(1), Cancellation);
        await sweeps.CancelEmptyRunsAsync(100, Cancellation);
        await sweeps.CompleteForgottenRunsAsync(100, Cancellation);
        await sweeps.DeleteExpiredAsync(Cancellation);
        var statistics = new StatisticsStore(database, time, options);
        foreach (var channel in (string?[])["C7", null])
        {
            await statistics.CountAsync(new("T1", channel), withNames: true, Cancellation, Once());
            await statistics.ListAsync(new("T1", channel), 5000, Cancellation);
        }
        var surveys = new SurveyStore(database);
        await surveys.AnswerAsync(run.RunId, "U7", Core.Statistics.SurveyAnswer.Satisfied, Noon, Cancellation);
        PlanRun Plan(string channel) =>
            new(Guid.NewGuid(), "T1", null, channel, null, "U7", null, Noon.AddHours(1), Once());
        var planned = (await runs.PlanAsync(Plan("C7002"), Cancellation)).Planned!;
        var other = (await runs.PlanAsync(Plan("C7003"), Cancellation)).Planned!;
        await runs.PlannedOfAsync("U7", null, Cancellation);
        await runs.DuePlannedAsync(100, Cancellation);
        await runs.OpenOrJoinAsync(new("T1", "C7002", "U7", PlannedRunId: planned.RunId), Cancellation);
        await runs.CancelPlannedAsync(planned.RunId, "U7", Cancellation);
        await runs.DropPlannedAsync(other.RunId, DropReason.Late, Cancellation);
        await runs.UntoldPlannedAsync(100, Cancellation);
        await runs.MarkPlannedToldAsync(other.RunId, Cancellation);
        await runs.CancelInChannelAsync("C7000", "U7", null, Cancellation, isAdmin: true, Once());

        var claim = await messages.ClaimAsync(run.RunId, MessageKinds.Announcement, "", 1, Cancellation);
        await messages.CompleteAsync(claim, "C7000", "1.2", Cancellation);
        claim = await messages.ClaimAsync(run.RunId, MessageKinds.Summary, "", 1, Cancellation);
        await messages.LeaveAsync(claim, Cancellation);
        claim = await messages.ClaimAsync(run.RunId, MessageKinds.Assignment, "", 1, Cancellation);
        await messages.ReleaseAsync(claim, Cancellation);

        var done = await processed.ClaimAsync("Ev-new", TimeSpan.FromMinutes(1), Cancellation);
        await processed.DoneAsync(done, Cancellation);
        await processed.ReleaseAsync(done, Cancellation);

        await outbox.AddAsync(Topics.SlackEvents, "key", "slack.event", "{}", null, Cancellation);
        var pending = await outbox.TakePendingAsync(200, TimeSpan.FromMinutes(1), Cancellation);
        await outbox.MarkPublishedAsync([pending[0].OutboxId], Cancellation);
        await outbox.MarkFailedAsync(pending[1].OutboxId, "too large", Cancellation);
        await outbox.CountPendingAsync(Cancellation);
        await outbox.CountFailedAsync(Cancellation);

        await audit.AddRefusedAsync("GetRun", "U7", run.RunId, "C7000", null, Cancellation);
        await foreach (var _ in audit.ReadAsync(Noon.AddDays(-1), Noon.AddDays(1), Cancellation))
            break;
    }

    private static async Task<IReadOnlyList<string>> ExplainAsync(Database database, string log)
    {
        const string End = "SELECT 'the end of the log'";
        return await database.RunAsync<IReadOnlyList<string>>(
            async (connection, ct) =>
            {
                await connection.ExecuteAsync(End);
                await Eventually.TrueAsync(
                    async () => (await File.ReadAllTextAsync(log, ct)).Contains(End, StringComparison.Ordinal),
                    "the server has logged all statements"
                );
                var text = await File.ReadAllTextAsync(log, ct);
                await connection.ExecuteAsync("SET plan_cache_mode = force_custom_plan");
                List<string> plans = [];
                foreach (var (name, parameters) in Executed(text, connection.ProcessID))
                {
                    // Read on the same session, where the statement is prepared. Not prepared itself: it has no
                    // parameters of its own.
                    var plan = await connection.QueryAsync<string>($"EXPLAIN EXECUTE \"{name}\"{parameters}");
                    plans.Add(string.Join('\n', plan));
                }

                return plans;
            },
            Cancellation
        );
    }

    /// <summary>
    /// The prepared statements of a session that can be explained, each with the first parameters that it had.
    /// </summary>
    private static IEnumerable<(string Name, string Parameters)> Executed(string log, int session) =>
        Execution()
            .Matches(log)
            .Where(executed => executed.Groups["session"].Value == $"{session}")
            .Where(executed => executed.Groups["verb"].Value is "SELECT" or "INSERT" or "UPDATE" or "DELETE" or "WITH")
            .DistinctBy(executed => executed.Groups["name"].Value)
            .Select(executed =>
                (
                    executed.Groups["name"].Value,
                    executed.Groups["values"].Success
                        ? $"({string.Join(", ", Value().Matches(executed.Groups["values"].Value).Select(value => value.Groups["value"].Value))})"
                        : ""
                )
            );

    private static bool IsGrowing(Match scan) => Growing.Contains(scan.Groups["table"].Value, StringComparer.Ordinal);

    // A statement's further lines begin with a tab.
    [GeneratedRegex(
        @"\[(?<session>\d+)\] LOG: +execute (?<name>_auto\d+): \s*(?<verb>\w+).*\n(?:\t.*\n)*(?:.*DETAIL: +[Pp]arameters: (?<values>.*\n(?:\t.*\n)*))?",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 10_000
    )]
    private static partial Regex Execution();

    [GeneratedRegex(
        @"\$\d+ = (?<value>'(?:[^']|'')*'|NULL)",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 10_000
    )]
    private static partial Regex Value();

    [GeneratedRegex(@"Seq Scan on (?<table>\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex SequentialScan();
}
