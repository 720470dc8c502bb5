using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoffeeBuddy.EndToEnd.Support;

namespace CoffeeBuddy.EndToEnd;

/// <summary>Menus of channels, which admins change from their Home tab, and what is sold out.</summary>
public sealed class MenuTests(WholeOffice office) : EndToEndTest(office)
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private SlackPerson Admin => Office.PersonOf(WholeOffice.Admin);

    [Fact]
    public async Task An_admin_writes_the_menu_of_a_channel_and_people_order_from_it()
    {
        var corner = await Office.CornerAsync(2);
        var (ana, ben) = (corner.People[0], corner.People[1]);
        await OpenMenuAsync(corner);
        await ShowAsync("menu_edit");

        var refused = await Admin.SubmitAsync(
            ("drinks:0", "Flat White\nGreen Tea"),
            ("shop_link:0", "http://x.example")
        );
        Assert.Equal(["shop_link:0", "shop_name:0"], Errors(refused).Select(error => error.Key).Order());
        var saved = await Admin.SubmitAsync(
            ("sizes:0", "Cup"),
            ("customizations:0", ""),
            ("shop_name:0", "Beans & Co"),
            ("shop_link:0", "https://beans.example"),
            ("free_text:0", Array.Empty<string>())
        );

        Assert.Contains("This channel has a menu of its own.", Shown(saved), StringComparison.Ordinal);
        var form = await corner.FormAsync(ana);
        Assert.Equal(["Flat White", "Green Tea"], Options(form, "drink"));
        Assert.Equal(["Cup"], Options(form, "size"));
        Assert.DoesNotContain("\"other:0\"", form.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("<https://beans.example|Beans &amp; Co>", Text(form), StringComparison.Ordinal);
        Assert.True((bool)(await ana.SubmitAsync(("drink:0", "Flat White")))["closed"]!);
        var announcement = await corner.AnnouncementAsync("<https://beans.example|Beans &amp; Co>");
        await ben.SayAsync(corner.Channel, "green tea please", announcement.Ts);
        await corner.SummaryAsync($"Cup Green Tea — <@{ben.Id}>");
        // Of the menu from the settings.
        await ben.SayAsync(corner.Channel, "espresso please", announcement.Ts);
        await ben.SayAsync(corner.Channel, "flat white please", announcement.Ts);
        await corner.SummaryAsync($"Cup Flat White — <@{ana.Id}> <@{ben.Id}>");
        Assert.Equal(
            1,
            await Rows.CountAsync(
                "audit_log WHERE event_type = 'menu_changed' AND payload->>'channel_id' = @Channel AND payload->>'user_id' = @Admin",
                new { corner.Channel, WholeOffice.Admin }
            )
        );

        await OpenMenuAsync(corner);
        await ShowAsync("menu_text");
        var exported = (string)Input((await Admin.ViewAsync())!, "text")["initial_value"]!;
        Assert.StartsWith("# Shop\nBeans & Co\n# Link\nhttps://beans.example\n", exported, StringComparison.Ordinal);
        Assert.Contains(
            "Chai",
            Shown(await Admin.SubmitAsync(("text:0", exported.Replace("Green Tea", "Chai", StringComparison.Ordinal)))),
            StringComparison.Ordinal
        );
        Assert.Equal(["Flat White", "Chai"], Options(await corner.FormAsync(ana), "drink"));
    }

    [Fact]
    public async Task What_is_sold_out_today_is_refused_in_the_form_as_the_usual_and_in_the_thread()
    {
        var corner = await Office.CornerAsync(2);
        var (ana, ben) = (corner.People[0], corner.People[1]);
        await corner.OrderAsync(ben, "Mocha");
        await corner.AnnouncementAsync("1 order");
        await ben.CommandAsync(corner.Channel, "/coffee-cancel");
        await corner.AnnouncementAsync("Cancelled");
        await corner.FormAsync(ana);
        var announcement = await corner.AnnouncementAsync("No orders yet");

        await OpenMenuAsync(corner);
        await ShowAsync("menu_sold_out");
        var saved = await Admin.SubmitAsync(
            ("sold_out_drinks:0", new[] { "Mocha", "Tea" }),
            ("sold_out_customizations:0", new[] { "Sugar" })
        );
        Assert.Contains("~Tea~ (sold out)", Shown(saved), StringComparison.Ordinal);

        var late = await ana.SubmitAsync(("drink:0", "Tea"));
        var error = Assert.Single(Errors(late));
        Assert.Equal(
            ("drink:0", "\"Tea\" is sold out today. Choose something else."),
            (error.Key, (string?)error.Value)
        );
        var form = await FormAsync(
            ben,
            () => ben.ClickAsync(announcement, "order_usual"),
            view => Text(view).Contains("Mocha\\\" is sold out today.", StringComparison.Ordinal)
        );
        Assert.DoesNotContain("Mocha", Options(form, "drink"));
        Assert.DoesNotContain("Sugar", Options(form, "customizations"));
        await ben.SayAsync(corner.Channel, "small tea", announcement.Ts);
        await ToldAsync(corner, ben, "\"Tea\" is sold out today.");
        Assert.Equal(0, await Rows.CountAsync("orders WHERE run_id = @run", new { run = await corner.RunIdAsync() }));

        await Rows.ExecuteAsync(
            "UPDATE menus SET sold_out = jsonb_set(sold_out, '{until}', to_jsonb(now())) WHERE place_id = @Channel",
            new { corner.Channel }
        );
        await corner.OrderAsync(ben, "Mocha");
    }

    [Fact]
    public async Task Who_is_no_admin_neither_sees_the_menus_nor_can_open_one()
    {
        var corner = await Office.CornerAsync(1);
        var person = corner.People[0];
        await Office.OpenHomeAsync(person);
        Assert.DoesNotContain("menu_open", await Office.HomeAsync(person, "settings_open"), StringComparison.Ordinal);

        var answer = await Office.Slack.InteractionAsync(
            $$$"""
            {"type":"block_actions","user":{"id":"{{{person.Id}}}"},"team":{"id":"T0SIM00001"},"trigger_id":"1.2.{{{person.Id}}}",
             "view":{"id":"V1","type":"home"},"actions":[{"action_id":"menu_open","action_ts":"1.3"}]}
            """
        );

        answer.Is(200);
        Assert.Equal(
            1,
            await Rows.CountAsync(
                "audit_log WHERE event_type = 'access_refused' AND payload->>'operation' = 'ChangeMenu' AND payload->>'user_id' = @Id",
                new { person.Id }
            )
        );
    }

    /// <summary>Shows the menu of the channel to the admin.</summary>
    private async Task OpenMenuAsync(Corner corner)
    {
        await Office.OpenHomeAsync(Admin);
        await Office.HomeAsync(Admin, "menu_open");
        await FormAsync(
            Admin,
            () => Admin.ClickAsync("home", "menu_open"),
            view => Text(view).Contains("Menu of the workspace", StringComparison.Ordinal)
        );
        await FormAsync(
            Admin,
            () => Admin.ChooseChannelAsync("menu_channel", corner.Channel),
            view => Text(view).Contains($"Menu of <#{corner.Channel}>", StringComparison.Ordinal)
        );
    }

    private Task<JsonNode> ShowAsync(string form) =>
        FormAsync(Admin, () => Admin.ClickAsync("view", form), view => (string?)view["callback_id"] == form);

    private static JsonObject Errors(JsonNode answer) => Assert.IsType<JsonObject>(answer["errors"]);

    private static string Shown(JsonNode answer) => Text(answer["view"]!);

    private static string Text(JsonNode view) => view["blocks"]!.ToJsonString(Readable);

    private static IEnumerable<string> Options(JsonNode form, string input) =>
        Input(form, input)["options"]!.AsArray().Select(option => (string)option!["value"]!);

    private static JsonNode Input(JsonNode form, string input) =>
        form["blocks"]!.AsArray().First(block => (string?)block!["block_id"] == $"{input}:0")!["element"]!;
}
