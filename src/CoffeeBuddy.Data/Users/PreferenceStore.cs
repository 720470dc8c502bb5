using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Runs;
using Dapper;

namespace CoffeeBuddy.Data.Users;

/// <param name="OrderCount">How many of the person's orders are for this drink; replaced and withdrawn orders do not
/// count.</param>
public sealed record Preference(Drink Drink, int OrderCount, DateTimeOffset LastOrderedAt);

/// <summary>The drinks that people ordered before. <see cref="RunStore"/> updates them with every order.</summary>
public sealed class PreferenceStore(Database database)
{
    internal const string LastSql = $"""
        SELECT {PreferenceRow.Columns} FROM user_preferences p
        WHERE p.user_id = @userId ORDER BY p.last_ordered_at DESC, p.preference_id DESC LIMIT @limit;
        """;

    /// <summary>The last different drinks of a person, the latest first.</summary>
    public Task<IReadOnlyList<Preference>> LastAsync(string userId, int limit, CancellationToken ct) =>
        database.RunAsync<IReadOnlyList<Preference>>(
            async (connection, token) =>
            {
                var rows = await connection.QueryAsync<PreferenceRow>(
                    new CommandDefinition(LastSql, new { userId, limit }, cancellationToken: token)
                );
                return [.. rows.Select(row => row.ToPreference())];
            },
            ct
        );
}
