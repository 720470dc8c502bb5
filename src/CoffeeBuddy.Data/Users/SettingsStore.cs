using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Runs;
using Dapper;

namespace CoffeeBuddy.Data.Users;

/// <param name="TimeZone">Null: Slack has not told it.</param>
/// <param name="UtcOffsetSeconds">East of UTC; null: Slack has not told it.</param>
/// <param name="Locale">As Slack tells it; null: it has not.</param>
public sealed record StoredSettings(
    PersonSettings Settings,
    string? TimeZone,
    int? UtcOffsetSeconds,
    string? Locale = null
)
{
    /// <summary>The person's; UTC while it is not known.</summary>
    public TimeZoneInfo Zone => TimeZones.Find(TimeZone, UtcOffsetSeconds);
}

/// <summary>A run for which a runner may be chosen.</summary>
/// <param name="OrderCount">The number of people who have ordered.</param>
/// <param name="ToAsk">Those of them who are away while Slack says that they are not to be disturbed.</param>
public sealed record DoNotDisturbQuestion(CoffeeRun Run, int OrderCount, IReadOnlyList<string> ToAsk);

/// <summary>What people have set for themselves.</summary>
public sealed class SettingsStore(Database database, TimeProvider time)
{
    /// <summary>
    /// An SQL expression: the time from the assignment of a run r to its first reminder, as the runner has set it.
    /// </summary>
    internal const string ReminderDelay =
        "coalesce((SELECT make_interval(mins => p.reminder_minutes) FROM users p WHERE p.user_id = r.runner_user_id), @reminderDelay)";

    /// <summary>The settings of a person; the defaults of somebody who is not known.</summary>
    public Task<StoredSettings> GetAsync(string userId, CancellationToken ct) =>
        database.RunAsync(
            async (connection, token) =>
            {
                const string Sql = """
                    SELECT reminder_minutes, reminder_in_thread, quiet_from::interval AS quiet_from, quiet_to::interval AS quiet_to,
                        away_in_dnd, opted_out, language, time_zone, utc_offset_seconds, locale
                    FROM users WHERE user_id = @userId
                    """;
                var row = await connection.QuerySingleOrDefaultAsync<Row>(Command(Sql, new { userId }, token));
                return (row ?? new Row()).ToSettings();
            },
            ct
        );

    /// <summary>Stores the settings of a person. A reminder that the earlier ones have postponed is due again.</summary>
    /// <param name="displayName">Null keeps the stored name. A name from the profile is kept in any case.</param>
    public Task SaveAsync(string userId, string? displayName, StoredSettings settings, CancellationToken ct)
    {
        const string Sql = $"""
            INSERT INTO users (user_id, display_name, reminder_minutes, reminder_in_thread, quiet_from, quiet_to, away_in_dnd, opted_out,
                language, locale, language_changed_at, time_zone, utc_offset_seconds, created_at, updated_at)
            VALUES (@userId, nullif(left(@displayName, 255), ''), @ReminderMinutes, @ReminderInThread, @quietFrom::interval::time,
                @quietTo::interval::time, @AwayInDoNotDisturb, @OptedOut, @Language, @Locale,
                CASE WHEN coalesce(@Language, @Locale) IS NOT NULL THEN @now END, @TimeZone, @UtcOffsetSeconds,
                @now, @now)
            ON CONFLICT (user_id) DO UPDATE
            SET reminder_minutes = excluded.reminder_minutes, reminder_in_thread = excluded.reminder_in_thread,
                quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, away_in_dnd = excluded.away_in_dnd,
                dnd_until = CASE WHEN excluded.away_in_dnd THEN users.dnd_until END, opted_out = excluded.opted_out,
                language = excluded.language, locale = coalesce(excluded.locale, users.locale),
                language_changed_at = CASE
                    WHEN (users.language, users.locale)
                        IS DISTINCT FROM (excluded.language, coalesce(excluded.locale, users.locale))
                    THEN @now ELSE users.language_changed_at END,
                time_zone = coalesce(excluded.time_zone, users.time_zone),
                utc_offset_seconds = coalesce(excluded.utc_offset_seconds, users.utc_offset_seconds),
                updated_at = excluded.updated_at, display_name = {UserStore.KeptName};
            UPDATE coffee_runs SET reminder_not_before = NULL
            WHERE runner_user_id = @userId AND status = 'active' AND reminder_not_before IS NOT NULL;
            """;
        var (own, quiet) = (settings.Settings, settings.Settings.QuietHours);
        return ExecuteAsync(
            Sql,
            new
            {
                userId,
                displayName,
                own.ReminderMinutes,
                own.ReminderInThread,
                quietFrom = quiet?.From.ToTimeSpan(),
                quietTo = quiet?.To.ToTimeSpan(),
                own.AwayInDoNotDisturb,
                own.OptedOut,
                own.Language,
                settings.Locale,
                settings.TimeZone,
                settings.UtcOffsetSeconds,
                now = time.Now(),
            },
            ct
        );
    }

    /// <returns>Null when the run is over or does not exist.</returns>
    public Task<DoNotDisturbQuestion?> FindDoNotDisturbAsync(Guid runId, CancellationToken ct) =>
        database.RunAsync(
            async (connection, token) =>
            {
                const string Sql = $"""
                    SELECT {RunRow.Columns},
                        (SELECT count(DISTINCT o.user_id) FROM all_orders o WHERE o.run_id = r.run_id) AS order_count,
                        array(SELECT u.user_id::text FROM users u WHERE u.away_in_dnd
                              AND u.user_id IN (SELECT o.user_id FROM all_orders o WHERE o.run_id = @runId) ORDER BY u.user_id) AS to_ask
                    FROM coffee_runs r WHERE r.run_id = @runId AND r.status = 'active'
                    """;
                var row = await connection.QuerySingleOrDefaultAsync<QuestionRow>(Command(Sql, new { runId }, token));
                return row is null ? null : new DoNotDisturbQuestion(row.ToRun(), row.OrderCount, row.ToAsk);
            },
            ct
        );

    /// <summary>Stores until when people are not to be disturbed; null: they may be.</summary>
    public Task SaveDoNotDisturbAsync(
        IReadOnlyCollection<(string UserId, DateTimeOffset? Until)> answers,
        CancellationToken ct
    ) =>
        ExecuteAsync(
            """
            UPDATE users u
            SET dnd_until = (
                SELECT answer.until FROM unnest(@ids::text[], @untils::timestamptz[]) AS answer (user_id, until)
                WHERE answer.user_id = u.user_id)
            WHERE u.user_id = ANY(@ids) AND u.away_in_dnd
            """,
            new
            {
                ids = answers.Select(answer => answer.UserId).ToArray(),
                untils = answers.Select(answer => answer.Until?.UtcDateTime).ToArray(),
            },
            ct
        );

    private Task<int> ExecuteAsync(string sql, object parameters, CancellationToken ct) =>
        database.RunAsync((connection, token) => connection.ExecuteAsync(Command(sql, parameters, token)), ct);

    private static CommandDefinition Command(string sql, object parameters, CancellationToken ct) =>
        new(sql, parameters, cancellationToken: ct);

    private sealed class QuestionRow : RunRow
    {
        public int OrderCount { get; set; }
        public string[] ToAsk { get; set; } = [];
    }

    private sealed class Row
    {
        public int? ReminderMinutes { get; set; }
        public bool ReminderInThread { get; set; }
        public TimeSpan? QuietFrom { get; set; }
        public TimeSpan? QuietTo { get; set; }
        public bool AwayInDnd { get; set; }
        public bool OptedOut { get; set; }
        public string? Language { get; set; }
        public string? TimeZone { get; set; }
        public int? UtcOffsetSeconds { get; set; }
        public string? Locale { get; set; }

        public StoredSettings ToSettings() =>
            new(
                new(
                    ReminderMinutes,
                    ReminderInThread,
                    QuietFrom is { } from && QuietTo is { } to
                        ? new(TimeOnly.FromTimeSpan(from), TimeOnly.FromTimeSpan(to))
                        : null,
                    AwayInDnd,
                    OptedOut,
                    Language
                ),
                TimeZone,
                UtcOffsetSeconds,
                Locale
            );
    }
}
