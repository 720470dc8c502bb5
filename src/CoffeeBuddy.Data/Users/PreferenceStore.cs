using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Runs;
using Dapper;

namespace CoffeeBuddy.Data.Users;

/// <param name="OrderCount">How many of the person's orders are for this drink; replaced and withdrawn orders do not
/// count. 0 only for a favourite.</param>
/// <param name="IsFavourite">Pinned by the person: it stays, and is offered before other drinks.</param>
/// <param name="Name">The person's own name for a favourite; null: none.</param>
public sealed record Preference(
    Guid PreferenceId,
    Drink Drink,
    int OrderCount,
    DateTimeOffset LastOrderedAt,
    bool IsFavourite = false,
    string? Name = null
)
{
    /// <summary>Longest name in characters.</summary>
    public const int MaxNameLength = 40;

    /// <summary>The most favourites of one person.</summary>
    public const int MaxFavourites = 10;
}

/// <summary>
/// The drinks that people ordered before, and their favourites. <see cref="RunStore"/> updates them with every order.
/// </summary>
public sealed class PreferenceStore(Database database, TimeProvider time)
{
    /// <summary>The favourites, the one pinned last first, then the last different drinks.</summary>
    internal const string OfferedSql = $"""
        SELECT {PreferenceRow.Columns} FROM user_preferences p
        WHERE p.user_id = @userId ORDER BY p.pinned_at DESC NULLS LAST, p.last_ordered_at DESC, p.preference_id DESC LIMIT @limit;
        """;

    private const string LastSql = $"""
        SELECT {PreferenceRow.Columns} FROM user_preferences p
        WHERE p.user_id = @userId AND p.order_count > 0 ORDER BY p.last_ordered_at DESC, p.preference_id DESC LIMIT @limit;
        """;

    /// <summary>The last different drinks of a person, the latest first.</summary>
    public Task<IReadOnlyList<Preference>> LastAsync(string userId, int limit, CancellationToken ct) =>
        ListAsync(LastSql, userId, limit, ct);

    /// <summary>
    /// The drinks to offer a person: favourites, the one pinned last first, then the last different drinks. The first
    /// is the person's usual.
    /// </summary>
    public Task<IReadOnlyList<Preference>> OfferedAsync(string userId, int limit, CancellationToken ct) =>
        ListAsync(OfferedSql, userId, limit, ct);

    /// <summary>Makes a drink of the person a favourite, and their usual.</summary>
    /// <returns>False when it is none of the person's drinks, or they have <see cref="Preference.MaxFavourites"/>
    /// others.</returns>
    public Task<bool> PinAsync(string userId, Guid preferenceId, CancellationToken ct) =>
        ChangeAsync(
            """
            UPDATE user_preferences SET pinned_at = @now
            WHERE preference_id = @preferenceId AND user_id = @userId
              AND (SELECT count(*) FROM user_preferences f
                   WHERE f.user_id = @userId AND f.pinned_at IS NOT NULL AND f.preference_id <> @preferenceId) < @MaxFavourites
            """,
            new
            {
                userId,
                preferenceId,
                now = time.Now(),
                Preference.MaxFavourites,
            },
            ct
        );

    /// <summary>Makes a favourite one of the person's last drinks again; one without an order is forgotten.</summary>
    public Task<bool> UnpinAsync(string userId, Guid preferenceId, CancellationToken ct) =>
        ChangeAsync(
            """
            DELETE FROM user_preferences WHERE preference_id = @preferenceId AND user_id = @userId AND order_count = 0;
            UPDATE user_preferences SET pinned_at = NULL, name = NULL
            WHERE preference_id = @preferenceId AND user_id = @userId AND pinned_at IS NOT NULL;
            """,
            new { userId, preferenceId },
            ct
        );

    /// <summary>Names a favourite.</summary>
    /// <param name="name">Null or empty removes the name.</param>
    /// <returns>False when it is no favourite of the person.</returns>
    public Task<bool> RenameAsync(string userId, Guid preferenceId, string? name, CancellationToken ct) =>
        ChangeAsync(
            """
            UPDATE user_preferences SET name = nullif(@name, '')
            WHERE preference_id = @preferenceId AND user_id = @userId AND pinned_at IS NOT NULL
            """,
            new
            {
                userId,
                preferenceId,
                name,
            },
            ct
        );

    /// <summary>Forgets a drink until the person orders it again.</summary>
    public Task<bool> RemoveAsync(string userId, Guid preferenceId, CancellationToken ct) =>
        ChangeAsync(
            "DELETE FROM user_preferences WHERE preference_id = @preferenceId AND user_id = @userId",
            new { userId, preferenceId },
            ct
        );

    private Task<IReadOnlyList<Preference>> ListAsync(string sql, string userId, int limit, CancellationToken ct) =>
        database.RunAsync<IReadOnlyList<Preference>>(
            async (connection, token) =>
            {
                var rows = await connection.QueryAsync<PreferenceRow>(
                    new CommandDefinition(sql, new { userId, limit }, cancellationToken: token)
                );
                return [.. rows.Select(row => row.ToPreference())];
            },
            ct
        );

    private Task<bool> ChangeAsync(string sql, object parameters, CancellationToken ct) =>
        database.RunAsync(
            async (connection, token) =>
                await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: token)) > 0,
            ct
        );
}
