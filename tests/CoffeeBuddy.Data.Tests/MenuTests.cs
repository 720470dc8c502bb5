using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Data.Menus;
using CoffeeBuddy.Data.Runs;

namespace CoffeeBuddy.Data.Tests;

/// <summary>Menus of workspaces and channels, and the orders that they refuse.</summary>
public sealed class MenuTests(PostgresServer server) : DatabaseTest(server)
{
    private static readonly MenuDocument Beans = new(
        ["Espresso", "Flat White"],
        ["Small", "Large"],
        ["Oat milk"],
        "Beans & Co",
        "https://beans.example",
        AllowsFreeText: false
    );

    private MenuStore Menus =>
        field ??= new MenuStore(Database, Time, Microsoft.Extensions.Options.Options.Create(Options));

    [Fact]
    public async Task The_channels_menu_comes_with_the_run_the_form_and_the_thread()
    {
        Assert.Same(Options.Menu, (await OpenAsync()).Menu);
        await WriteAsync(Workspace, new(["Tea"], ["Cup"], []));
        await WriteAsync(Channel, Beans);

        var opened = await OpenAsync();
        var details = await Runs.GetAsync(opened.Run.RunId, Cancellation);
        Assert.Equal(Beans.Drinks, opened.Menu.Drinks);
        Assert.Equal(new Shop("Beans & Co", "https://beans.example"), details!.Menu.Shop);
        Assert.Equal(Beans.Sizes, (await Menus.OfRunAsync(opened.Run.RunId, Cancellation)).Sizes);
        Assert.Equal(Beans.Drinks, (await Menus.OfChannelAsync(Workspace, Channel, Cancellation)).Drinks);
        Assert.Equal(["Tea"], (await OpenAsync(channel: "C2")).Menu.Drinks);
        Assert.Same(Options.Menu, await Menus.OfRunAsync(Guid.NewGuid(), Cancellation));

        await WriteAsync(Channel, null);
        Assert.Equal(["Tea"], (await OpenAsync()).Menu.Drinks);
    }

    [Fact]
    public async Task Of_two_admins_the_second_is_told_and_what_the_first_has_written_stays()
    {
        var read = (await Menus.ReadAsync(Workspace, Channel, Cancellation)).Own;
        Assert.Equal(0, read.Version);
        var (first, _) = await SaveAsync(read with { Document = Beans }, "U1");

        var (second, now) = await SaveAsync(read with { Document = Beans with { ShopName = "Other" } }, "U2");

        Assert.Equal((true, false), (first, second));
        Assert.Equal(("Beans & Co", 1), (now.Document!.ShopName, now.Version));
        // After a lost answer the same change is sent again.
        Assert.True((await SaveAsync(read with { Document = Beans }, "U1")).Saved);
        var rows = await QueryAsync<(string Type, string Admin, string Shop)>(
            "SELECT event_type, payload->>'user_id', payload->'menu'->>'shop_name' FROM audit_log ORDER BY log_id"
        );
        Assert.Equal([("menu_changed", "U1", "Beans & Co")], rows);
    }

    [Fact]
    public async Task What_is_sold_out_or_not_on_the_menu_is_refused_by_every_way_and_orders_that_are_placed_stay()
    {
        var run = await OpenWithOrdersAsync(Channel, "U1");
        await Menus.SaveAsync(
            new(Channel, Beans, new SoldOut(["Espresso"], ["Oat milk"], Now.AddHours(1)), 0),
            Workspace,
            "UADMIN",
            AuditTypes.SoldOutChanged,
            Cancellation
        );
        var (outbox, audit) = (await CountAsync("outbox"), await CountAsync("audit_log"));

        var soldOut = await OrderAsync(run, "U2", Espresso);
        Assert.Equal(OrderOutcome.NotOffered, soldOut.Outcome);
        Assert.Equal(new MenuRefusal(OrderField.DrinkType, "Espresso", IsSoldOut: true), soldOut.Refusal);
        var offMenu = await Runs.PlaceGuestOrderAsync(new(run.RunId, "U2", null, Tea, null), "Kim", Cancellation);
        Assert.Equal(new MenuRefusal(OrderField.DrinkType, "Tea", IsSoldOut: false), offMenu.Refusal);
        var byReply = await Runs.AmendOrderAsync(
            new(run.RunId, "U2", DrinkChange.To(new("Flat White", "Small", ["Oat milk"])), Now),
            Cancellation
        );
        Assert.Equal((OrderOutcome.NotOffered, OrderField.Customizations), (byReply.Outcome, byReply.Refusal!.Field));
        var byApi = await Runs.PlaceOrderAsync(
            new(run.RunId, "U2", null, Espresso, null, IdempotencyKey: new("reports", "1", "hash")),
            Cancellation
        );
        Assert.Equal(soldOut.Refusal, byApi.Refusal);
        Assert.Equal(0, await CountAsync("all_orders WHERE user_id = 'U2'"));
        Assert.Equal((outbox, audit), (await CountAsync("outbox"), await CountAsync("audit_log")));

        // The latte with oat milk of before.
        Assert.Equal(OrderOutcome.Replaced, (await OrderAsync(run, "U1", Latte, "hot")).Outcome);
        Assert.Equal(OrderOutcome.NotOffered, (await OrderAsync(run, "U1", Espresso)).Outcome);
        Assert.Equal("Latte", await FirstAsync("SELECT drink_type FROM orders WHERE user_id = 'U1'"));

        Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(OrderOutcome.Placed, (await OrderAsync(run, "U2", Espresso)).Outcome);
    }

    private async Task<string> FirstAsync(string sql) => (await QueryAsync<string>(sql))[0];

    private Task<(bool Saved, StoredMenu Now)> SaveAsync(StoredMenu menu, string admin) =>
        Menus.SaveAsync(menu, Workspace, admin, AuditTypes.MenuChanged, Cancellation);

    private async Task WriteAsync(string place, MenuDocument? document)
    {
        var stored = await Menus.ReadAsync(Workspace, place == Workspace ? null : place, Cancellation);
        Assert.True((await SaveAsync(stored.Own with { Document = document }, "UADMIN")).Saved);
    }
}
