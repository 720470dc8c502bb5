using System.Text.Json.Nodes;
using CoffeeBuddy.EndToEnd.Support;

namespace CoffeeBuddy.EndToEnd;

/// <summary>The list for the barista.</summary>
public sealed class BaristaTests(WholeOffice office) : EndToEndTest(office)
{
    [Fact]
    public async Task Fifty_orders_are_one_readable_list_with_the_total_and_who_gets_what()
    {
        var corner = await Office.CornerAsync(3);
        var (ana, ben, eli) = (corner.People[0], corner.People[1], corner.People[2]);
        await corner.OrderAsync(ana, "Latte", "Large", ["Oat milk", "Decaf"], "`extra` <hot>");
        await corner.OrderAsync(ben, "Tea", "Small");
        // The others have ordered too, as 47 people of the database.
        var run = await corner.RunIdAsync();
        await Rows.ExecuteAsync(
            """
            INSERT INTO users (user_id, created_at, updated_at) SELECT 'UB' || @run || n, now(), now() FROM generate_series(1, 47) n;
            INSERT INTO orders (order_id, run_id, user_id, drink_type, size, customizations, created_at)
            SELECT gen_random_uuid(), @run::uuid, 'UB' || @run || n, CASE WHEN n % 2 = 0 THEN 'Tea' ELSE 'Espresso' END, 'Small', '["Sugar"]', now()
            FROM generate_series(1, 47) n;
            """,
            new { run = run.ToString() }
        );
        await corner.OrderAsync(eli, "Latte", "Large", ["Decaf", "Oat milk"]);
        var summary = await corner.SummaryAsync("*50 orders so far*");

        var view = await FormAsync(
            ana,
            () => ana.ClickAsync(summary, "run_barista"),
            view => (string?)view["title"]!["text"] == "Barista's list"
        );

        var blocks = (JsonArray)view["blocks"]!;
        Assert.Equal("*50 drinks, 4 different*", (string?)blocks[0]!["text"]!["text"]);
        Assert.Equal(
            """
            24 x Small Espresso, Sugar
            2 x Large Latte, Oat milk, Decaf
                1 x `extra` <hot>
            1 x Small Tea
            23 x Small Tea, Sugar
            """,
            (string?)blocks[1]!["elements"]![0]!["elements"]![0]!["text"]
        );
        var people = string.Join('\n', blocks.Skip(3).Select(block => (string?)block!["text"]!["text"]));
        Assert.Equal(50, people.Split('\n').Length);
        Assert.Contains($"<@{eli.Id}> — Large Latte, Oat milk, Decaf", people, StringComparison.Ordinal);
    }
}
