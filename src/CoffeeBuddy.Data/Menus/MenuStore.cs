using System.Text.Json;
using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Data.Connections;
using Dapper;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Data.Menus;

/// <summary>What is stored for a channel and for its workspace.</summary>
/// <param name="Channel">Null: it is about the workspace's menu, which channels without one of their own have.</param>
public sealed record PlaceMenus(StoredMenu? Channel, StoredMenu Workspace)
{
    /// <summary>What an admin changes here.</summary>
    public StoredMenu Own => Channel ?? Workspace;

    /// <summary>The same after a change of <see cref="Own"/>.</summary>
    public PlaceMenus With(StoredMenu own) => Channel is null ? new(null, own) : this with { Channel = own };
}

/// <summary>The menus of workspaces and channels.</summary>
public sealed class MenuStore(Database database, TimeProvider time, IOptions<CoffeeOptions> options)
{
    private readonly Menu _configured = options.Value.Menu;

    /// <param name="channelId">Null: only the workspace's.</param>
    public async Task<PlaceMenus> ReadAsync(string workspaceId, string? channelId, CancellationToken ct)
    {
        var stored = (await ListAsync(workspaceId, channelId, ct)).ConvertAll(row => row.ToStored());
        StoredMenu Of(string placeId) =>
            stored.Find(menu => menu.PlaceId == placeId) ?? new(placeId, Document: null, SoldOut: null, Version: 0);
        return new(channelId is null ? null : Of(channelId), Of(workspaceId));
    }

    /// <summary>The menu that applies in a channel now.</summary>
    public async Task<Menu> OfChannelAsync(string workspaceId, string channelId, CancellationToken ct) =>
        MenuRow.MenuOf(
            await ListAsync(workspaceId, channelId, ct),
            workspaceId,
            channelId,
            _configured,
            time.GetUtcNow()
        );

    /// <summary>The menu of a run's channel; the configured one when there is no such run.</summary>
    public Task<Menu> OfRunAsync(Guid runId, CancellationToken ct) =>
        database.RunAsync(
            async (connection, token) =>
            {
                const string Sql =
                    $"SELECT workspace_id, channel_id FROM coffee_runs WHERE run_id = @runId; {MenuRow.OfRun}";
                await using var results = await connection.QueryMultipleAsync(
                    new CommandDefinition(Sql, new { runId }, cancellationToken: token)
                );
                var (workspaceId, channelId) = await results.ReadSingleOrDefaultAsync<(string, string)>();
                var rows = await results.ReadAsync<MenuRow>();
                return MenuRow.MenuOf(rows, workspaceId, channelId, _configured, time.GetUtcNow());
            },
            ct
        );

    /// <summary>The menu that applies at a place now.</summary>
    public Menu Applying(PlaceMenus menus) => Menu.Of(menus.Channel, menus.Workspace, _configured, time.GetUtcNow());

    /// <summary>Stores what an admin has changed, unless somebody else has changed it since it was read.</summary>
    /// <param name="changed">With the version that was read.</param>
    /// <param name="auditType">Menu changed, menu removed, or sold out changed.</param>
    /// <returns>False when somebody else has changed it, and what is stored now.</returns>
    public Task<(bool Saved, StoredMenu Now)> SaveAsync(
        StoredMenu changed,
        string workspaceId,
        string userId,
        string auditType,
        CancellationToken ct
    )
    {
        const string Sql = $"""
            WITH changed AS (
                INSERT INTO menus AS m (place_id, menu, sold_out, version, changed_at)
                VALUES (@PlaceId, @menu::jsonb, @soldOut::jsonb, 1, @now)
                ON CONFLICT (place_id) DO UPDATE
                SET menu = excluded.menu, sold_out = excluded.sold_out, version = m.version + 1, changed_at = excluded.changed_at
                WHERE m.version = @Version
                RETURNING m.place_id
            ), audited AS (
                INSERT INTO audit_log (log_id, event_type, user_id, payload, "timestamp", origin)
                SELECT @logId, @auditType, (SELECT u.user_id FROM users u WHERE u.user_id = @userId), @payload::jsonb, @now, @origin
                FROM changed
            )
            SELECT place_id FROM changed;
            {MenuRow.OfPlaces}
            """;
        var now = time.Now();
        var menu = Write(changed.Document, DataJson.Default.MenuDocument);
        var soldOut = Write(changed.SoldOut, DataJson.Default.SoldOut);
        var parameters = new
        {
            changed.PlaceId,
            menu,
            soldOut,
            changed.Version,
            now,
            logId = Guid.CreateVersion7(now),
            auditType,
            userId,
            payload = new AuditPayload
            {
                WorkspaceId = workspaceId,
                ChannelId = changed.PlaceId == workspaceId ? null : changed.PlaceId,
                UserId = userId,
                Menu = auditType == AuditTypes.MenuChanged ? changed.Document : null,
                SoldOut = auditType == AuditTypes.SoldOutChanged ? changed.SoldOut : null,
                AsAdmin = true,
            }.ToJson(),
            origin = AuditOrigin.Current.Name,
            places = new[] { changed.PlaceId },
        };
        return database.RunAsync(
            async (connection, token) =>
            {
                await using var results = await connection.QueryMultipleAsync(
                    new CommandDefinition(Sql, parameters, cancellationToken: token)
                );
                var saved = (await results.ReadAsync<string>()).Any();
                var stored = (await results.ReadSingleAsync<MenuRow>()).ToStored();
                // A repetition after a lost answer finds what it has stored.
                return (saved || IsSame(stored), stored);
            },
            ct
        );

        bool IsSame(StoredMenu stored) =>
            stored.Version == changed.Version + 1
            && Write(stored.Document, DataJson.Default.MenuDocument) == menu
            && Write(stored.SoldOut, DataJson.Default.SoldOut) == soldOut;
    }

    private Task<List<MenuRow>> ListAsync(string workspaceId, string? channelId, CancellationToken ct)
    {
        string[] places = channelId is null ? [workspaceId] : [workspaceId, channelId];
        return database.RunAsync(
            async (connection, token) =>
                (
                    await connection.QueryAsync<MenuRow>(
                        new CommandDefinition(MenuRow.OfPlaces, new { places }, cancellationToken: token)
                    )
                ).AsList(),
            ct
        );
    }

    private static string? Write<T>(T? value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> json)
        where T : class => value is null ? null : JsonSerializer.Serialize(value, json);
}
