using System.Text.Json;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Data.Messages;

namespace CoffeeBuddy.Data.Menus;

/// <summary>A row of menus (m) as Dapper reads it.</summary>
internal sealed class MenuRow
{
    public const string Columns = "m.place_id, m.menu::text AS menu, m.sold_out::text AS sold_out, m.version";

    /// <summary>At most two rows: what is stored for the run's channel and for its workspace.</summary>
    public const string OfRun = $"""
        SELECT {Columns} FROM menus m
        WHERE m.place_id = ANY ((SELECT ARRAY[r.workspace_id, r.channel_id] FROM coffee_runs r WHERE r.run_id = @runId)::varchar[]);
        """;

    /// <summary>The same for the run whose announcement a thread starts with.</summary>
    public const string OfThread = $"""
        SELECT {Columns} FROM menus m
        WHERE m.place_id = ANY ((
            SELECT ARRAY[r.workspace_id, r.channel_id] FROM slack_messages s JOIN coffee_runs r ON r.run_id = s.run_id
            WHERE s.kind = '{MessageKinds.Announcement}' AND s.channel_id = @channelId AND s.ts = @threadTs)::varchar[]);
        """;

    public const string OfPlaces = $"SELECT {Columns} FROM menus m WHERE m.place_id = ANY (@places::varchar[]);";

    public string PlaceId { get; set; } = "";
    public string? Menu { get; set; }
    public string? SoldOut { get; set; }
    public int Version { get; set; }

    /// <summary>The menu of a channel.</summary>
    public static Menu MenuOf(
        IEnumerable<MenuRow> rows,
        string workspaceId,
        string channelId,
        Menu configured,
        DateTimeOffset now
    )
    {
        var stored = rows.Select(row => row.ToStored()).ToList();
        return Core.Orders.Menu.Of(
            stored.Find(menu => menu.PlaceId == channelId),
            stored.Find(menu => menu.PlaceId == workspaceId),
            configured,
            now
        );
    }

    public StoredMenu ToStored() =>
        new(
            PlaceId,
            Menu is null ? null : JsonSerializer.Deserialize(Menu, DataJson.Default.MenuDocument),
            SoldOut is null ? null : JsonSerializer.Deserialize(SoldOut, DataJson.Default.SoldOut),
            Version
        );
}
