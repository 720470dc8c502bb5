using System.Security.Cryptography;
using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Inbox;
using Dapper;

namespace CoffeeBuddy.Data.Users;

/// <param name="Away">The person has said that they are away, and it has not ended.</param>
/// <param name="ProfileRefreshedAt">When name and email were last read from Slack; null: never.</param>
public sealed record UserProfile(
    string UserId,
    string? DisplayName,
    string? Email,
    bool Away,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? ProfileRefreshedAt
)
{
    /// <summary>When the absence ends; null: when the person says so, or they are not away.</summary>
    public DateTimeOffset? AwayUntil { get; init; }
}

/// <summary>The language in which a person is addressed.</summary>
public class PersonLanguage
{
    public string UserId { get; set; } = "";

    /// <summary>What the person has chosen; null: as in Slack.</summary>
    public string? Own { get; set; }

    /// <summary>As Slack tells it; null: it has not.</summary>
    public string? Locale { get; set; }

    /// <summary>Null: Slack has told nothing, and the person has chosen nothing.</summary>
    public DateTimeOffset? ChangedAt { get; set; }
}

/// <summary>Somebody who takes part in a run.</summary>
public sealed class PersonOfRun : PersonLanguage
{
    /// <summary>There is no profile, or it is older than a day.</summary>
    public bool ProfileIsDue { get; set; }
}

/// <summary>The people who use CoffeeBuddy.</summary>
public sealed class UserStore(Database database, TimeProvider time)
{
    private static readonly TimeSpan ProfileLasts = TimeSpan.FromDays(1);

    /// <summary>
    /// An SQL condition on the users u: away at <c>@now</c>. An end that is not after the request belongs to an earlier
    /// absence, because an older worker does not store one.
    /// </summary>
    internal const string IsAway =
        "(u.away AND (u.away_until IS NULL OR u.away_until <= u.away_as_of OR u.away_until > @now))";

    private const string Language = "user_id, language AS own, locale, language_changed_at AS changed_at";

    private const string SelectProfiles = $"""
        SELECT u.user_id, u.display_name, u.email, {IsAway} AS away, CASE WHEN u.away AND u.away_until > @now THEN u.away_until END AS away_until,
            u.created_at, u.updated_at, u.profile_refreshed_at
        FROM users u
        """;

    // Slack's requests carry the person's handle. The name of the profile is better and replaces it once it is known.
    internal const string KeptName =
        "coalesce(CASE WHEN users.profile_refreshed_at IS NOT NULL THEN users.display_name END, excluded.display_name, users.display_name)";

    public Task<UserProfile?> GetAsync(string userId, CancellationToken ct) =>
        database.RunAsync(
            async (connection, token) =>
            {
                const string Sql = $"{SelectProfiles} WHERE u.user_id = @userId";
                var row = await connection.QuerySingleOrDefaultAsync<Row>(
                    new CommandDefinition(Sql, new { userId, now = time.Now() }, cancellationToken: token)
                );
                return row?.ToProfile();
            },
            ct
        );

    /// <summary>The known people among these ids, by id.</summary>
    public Task<IReadOnlyDictionary<string, UserProfile>> GetAllAsync(
        IReadOnlyCollection<string> userIds,
        CancellationToken ct
    ) =>
        database.RunAsync<IReadOnlyDictionary<string, UserProfile>>(
            async (connection, token) =>
            {
                const string Sql = $"{SelectProfiles} WHERE u.user_id = ANY(@ids)";
                var rows = await connection.QueryAsync<Row>(
                    new CommandDefinition(
                        Sql,
                        new { ids = userIds.ToArray(), now = time.Now() },
                        cancellationToken: token
                    )
                );
                return rows.ToDictionary(row => row.UserId, row => row.ToProfile(), StringComparer.Ordinal);
            },
            ct
        );

    /// <param name="displayName">Null keeps the stored name. A name from the profile is kept in any case.</param>
    /// <param name="asOf">When the person asked for it: what they asked for later is kept.</param>
    /// <param name="once">The request, if it may arrive again.</param>
    /// <param name="until">When the absence ends; null: when the person says so.</param>
    /// <exception cref="RepeatedRequestException">The request was received before.</exception>
    public Task SetAwayAsync(
        string userId,
        string? displayName,
        bool away,
        DateTimeOffset asOf,
        CancellationToken ct,
        RequestClaim? once = null,
        DateTimeOffset? until = null
    )
    {
        const string Sql = $"""
            INSERT INTO users (user_id, display_name, away, away_until, away_as_of, created_at, updated_at)
            VALUES (@userId, nullif(left(@displayName, 255), ''), @away, @until, @asOf, @now, @now)
            ON CONFLICT (user_id) DO UPDATE
            SET away = CASE WHEN users.away_as_of > excluded.away_as_of THEN users.away ELSE excluded.away END,
                away_until = CASE WHEN users.away_as_of > excluded.away_as_of THEN users.away_until ELSE excluded.away_until END,
                away_as_of = greatest(users.away_as_of, excluded.away_as_of),
                updated_at = excluded.updated_at, display_name = {KeptName}
            """;
        var parameters = new
        {
            userId,
            displayName,
            away,
            until = until?.Cut(),
            asOf = asOf.Cut(),
            now = time.Now(),
        };
        return database.RunAsync(
            async (connection, token) =>
            {
                await using var results = await RequestClaim.SendAsync(
                    once,
                    connection,
                    new(RequestClaim.SqlOf(once) + Sql, RequestClaim.With(once, parameters), cancellationToken: token)
                );
                return true;
            },
            ct
        );
    }

    /// <summary>Stores a profile that was read from Slack. Null keeps the stored name or address.</summary>
    /// <param name="unreachable">Why the person cannot be a runner; null: they can.</param>
    /// <param name="timeZone">An IANA name; null keeps the stored one.</param>
    /// <param name="utcOffsetSeconds">East of UTC; null keeps the stored offset.</param>
    /// <param name="locale">Null keeps the stored one.</param>
    /// <returns>The language of the person.</returns>
    public Task<PersonLanguage> SaveProfileAsync(
        string userId,
        string? displayName,
        string? email,
        string? unreachable,
        CancellationToken ct,
        string? timeZone = null,
        int? utcOffsetSeconds = null,
        string? locale = null
    )
    {
        const string Sql = $"""
            INSERT INTO users (user_id, display_name, email, unreachable, time_zone, utc_offset_seconds, locale,
                language_changed_at, created_at, updated_at, profile_refreshed_at)
            VALUES (@userId, nullif(left(@displayName, 255), ''), nullif(left(@email, 255), ''), left(@unreachable, 100),
                left(@timeZone, 64), @utcOffsetSeconds, @locale,
                CASE WHEN @locale IS NOT NULL THEN @now END, @now, @now, @now)
            ON CONFLICT (user_id) DO UPDATE
            SET unreachable = excluded.unreachable, display_name = coalesce(excluded.display_name, users.display_name), email = coalesce(excluded.email, users.email),
                time_zone = coalesce(excluded.time_zone, users.time_zone), utc_offset_seconds = coalesce(excluded.utc_offset_seconds, users.utc_offset_seconds),
                locale = coalesce(excluded.locale, users.locale),
                language_changed_at = CASE
                    WHEN excluded.locale <> coalesce(users.locale, '') THEN @now ELSE users.language_changed_at END,
                profile_refreshed_at = excluded.profile_refreshed_at
            RETURNING {Language}
            """;
        var parameters = new
        {
            userId,
            displayName,
            email,
            unreachable,
            timeZone,
            utcOffsetSeconds,
            locale,
            now = time.Now(),
        };
        return database.RunAsync(
            (connection, token) =>
                connection.QuerySingleAsync<PersonLanguage>(
                    new CommandDefinition(Sql, parameters, cancellationToken: token)
                ),
            ct
        );
    }

    /// <summary>
    /// The languages that changed after a time, in the order of the changes, and those that changed exactly then of
    /// people whose ids come after <paramref name="afterUserId"/>: pages follow each other without a gap.
    /// </summary>
    public Task<IReadOnlyList<PersonLanguage>> LanguagesChangedAsync(
        DateTimeOffset after,
        string afterUserId,
        int limit,
        CancellationToken ct
    ) =>
        database.RunAsync<IReadOnlyList<PersonLanguage>>(
            async (connection, token) =>
            {
                const string Sql = $"""
                    SELECT {Language} FROM users
                    WHERE language_changed_at IS NOT NULL AND (language_changed_at, user_id) > (@after, @afterUserId)
                    ORDER BY language_changed_at, user_id LIMIT @limit
                    """;
                var rows = await connection.QueryAsync<PersonLanguage>(
                    new CommandDefinition(
                        Sql,
                        new
                        {
                            after,
                            afterUserId,
                            limit,
                        },
                        cancellationToken: token
                    )
                );
                return rows.AsList();
            },
            ct
        );

    /// <summary>The people of a run: initiator, runner, who ordered.</summary>
    public Task<IReadOnlyList<PersonOfRun>> PeopleOfRunAsync(Guid runId, CancellationToken ct) =>
        database.RunAsync<IReadOnlyList<PersonOfRun>>(
            async (connection, token) =>
            {
                const string Sql = $"""
                    SELECT {Language}, profile_refreshed_at IS NULL OR profile_refreshed_at < @before AS profile_is_due
                    FROM users
                    WHERE user_id IN (
                        SELECT initiator_user_id FROM coffee_runs WHERE run_id = @runId
                        UNION SELECT runner_user_id FROM coffee_runs WHERE run_id = @runId
                        UNION SELECT user_id FROM all_orders WHERE run_id = @runId)
                    ORDER BY user_id
                    """;
                var people = await connection.QueryAsync<PersonOfRun>(
                    new CommandDefinition(
                        Sql,
                        new { runId, before = time.Now() - ProfileLasts },
                        cancellationToken: token
                    )
                );
                return people.AsList();
            },
            ct
        );

    /// <summary>
    /// Deletes what is stored about a person. Their runs, orders and audit rows stay, under a pseudonym that nothing
    /// leads back from. The audit says in the same transaction who did it.
    /// </summary>
    /// <returns>The pseudonym; null while the person takes part in an active run: nothing was done.</returns>
    public async Task<string?> DeleteAsync(string userId, CancellationToken ct)
    {
        var pseudonym = $"deleted-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        var deleted = await database.TransactAsync(
            (connection, _, token) =>
                connection.ExecuteScalarAsync<bool>(
                    new CommandDefinition(
                        "SELECT delete_person(@userId, @pseudonym, @Subject)",
                        new
                        {
                            userId,
                            pseudonym,
                            AuditOrigin.Current.Subject,
                        },
                        cancellationToken: token
                    )
                ),
            ct
        );
        return deleted ? pseudonym : null;
    }

    private sealed class Row
    {
        public string UserId { get; set; } = "";
        public string? DisplayName { get; set; }
        public string? Email { get; set; }
        public bool Away { get; set; }
        public DateTimeOffset? AwayUntil { get; set; }
        public DateTimeOffset CreatedAt { get; set; }
        public DateTimeOffset UpdatedAt { get; set; }
        public DateTimeOffset? ProfileRefreshedAt { get; set; }

        public UserProfile ToProfile() =>
            new(UserId, DisplayName, Email, Away, CreatedAt, UpdatedAt, ProfileRefreshedAt) { AwayUntil = AwayUntil };
    }
}
