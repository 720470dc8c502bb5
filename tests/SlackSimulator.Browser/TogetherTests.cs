using SlackSimulator.Browser.Support;

namespace SlackSimulator.Browser;

/// <summary>Reactions, pins, files, shortcuts, external menus and the consent page.</summary>
public sealed class TogetherTests(Chromium chromium, Axe axe) : IClassFixture<Axe>
{
    [Fact]
    public async Task A_reaction_is_added_counted_and_taken_back()
    {
        await using var office = await Office.OpenAsync(chromium);
        var noor = await office.WindowAsync();
        var priya = await office.WindowAsync("priya");
        await noor.TypeAsync("Cake in the kitchen");
        await MenuAsync(noor, "Cake in the kitchen", "Add a reaction", "🎉 tada");
        await Expect(Reaction(noor, "tada, 1")).ToHaveAttributeAsync("aria-pressed", "true");
        await Reaction(priya, "tada, 1").ClickAsync();
        await Expect(Reaction(noor, "tada, 2")).ToBeVisibleAsync();
        await axe.CheckAsync(noor, "a message with a reaction");
        await Reaction(noor, "tada, 2").ClickAsync();
        await Expect(Reaction(noor, "tada, 1")).ToHaveAttributeAsync("aria-pressed", "false");

        static ILocator Reaction(IPage page, string name) => page.Message("Cake in the kitchen").Button(name);
    }

    [Fact]
    public async Task A_message_is_pinned_and_unpinned()
    {
        await using var office = await Office.OpenAsync(chromium);
        var noor = await office.WindowAsync();
        await noor.TypeAsync("The kitchen is closed");
        await MenuAsync(noor, "The kitchen is closed", "Message actions", "Pin to the channel");
        await Expect(noor.Message("The kitchen is closed").GetByText("Pinned by Noor")).ToBeVisibleAsync();
        await MenuAsync(noor, "The kitchen is closed", "Message actions", "Unpin from the channel");
        await Expect(noor.Message("The kitchen is closed").GetByText("Pinned by Noor")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_file_can_be_opened_from_its_message()
    {
        await using var office = await Office.OpenAsync(chromium);
        var noor = await office.WindowAsync();
        await office.ControlAsync(
            HttpMethod.Post,
            "people/priya/files",
            new JsonObject
            {
                ["channel"] = "general",
                ["name"] = "menu.txt",
                ["text"] = "The menu",
                ["content"] = "Soup",
            }
        );
        var link = noor.Message("The menu").GetByRole(AriaRole.Link, new() { Name = "menu.txt" });
        var download = await noor.RunAndWaitForDownloadAsync(() => link.ClickAsync());
        Assert.Equal(
            "Soup",
            await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task An_uploaded_picture_is_shown_in_an_image_block()
    {
        await using var office = await Office.OpenAsync(chromium);
        var noor = await office.WindowAsync();
        var uploaded = await office.ControlAsync(
            HttpMethod.Post,
            "people/noor/files",
            new JsonObject
            {
                ["channel"] = "general",
                ["name"] = "dot.svg",
                ["content"] = """<svg xmlns="http://www.w3.org/2000/svg" width="30" height="30"/>""",
            }
        );
        await office.App.PostAsync(
            "A dot",
            new JsonArray(
                new JsonObject
                {
                    ["type"] = "image",
                    ["alt_text"] = "The dot",
                    ["slack_file"] = new JsonObject { ["id"] = (string)uploaded["file"]! },
                }
            )
        );
        var picture = noor.GetByRole(AriaRole.Img, new() { Name = "The dot" });
        await Expect(picture).ToHaveJSPropertyAsync("naturalWidth", 30);
    }

    [Fact]
    public async Task Shortcuts_are_sent_from_the_composer_and_from_a_message()
    {
        await using var office = await Office.OpenAsync(chromium);
        var noor = await office.WindowAsync();
        await noor.Button("Shortcuts").ClickAsync();
        await axe.CheckAsync(noor, "the shortcuts");
        await noor.GetByRole(AriaRole.Menuitem, new() { Name = "Ask who is hungry" }).ClickAsync();
        await Expect(noor.Message("Who is hungry? asks @Noor")).ToBeVisibleAsync();
        await MenuAsync(noor, "Who is hungry?", "Message actions", "Quote");
        await Expect(noor.Message("Quoted: Who is hungry?")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_external_menu_shows_what_the_app_finds()
    {
        await using var office = await Office.OpenAsync(chromium);
        var noor = await office.WindowAsync();
        await office.App.PostAsync(
            "Choose",
            JsonNode.Parse(
                """
                [{"type": "actions", "elements": [{
                  "type": "external_select", "action_id": "dish", "min_query_length": 2,
                  "placeholder": {"type": "plain_text", "text": "Find a dish"}}]}]
                """
            )
        );
        var search = noor.GetByRole(AriaRole.Searchbox, new() { Name = "Find a dish" });
        await search.FillAsync("s");
        await Expect(noor.GetByText("Type 2 or more characters.")).ToBeVisibleAsync();
        await search.FillAsync("so");
        await Expect(noor.GetByText("1 found.")).ToBeVisibleAsync();
        await axe.CheckAsync(noor, "an external menu");
        await noor.GetByRole(AriaRole.Combobox, new() { Name = "Options of dish" }).SelectOptionAsync("Soup");
        await Eventually.TrueAsync(
            () =>
                office
                    .Slack.Traffic.After(0)
                    .Any(entry =>
                        entry.Payload?.ToString().Contains("\"selected_option\":{\"text\"", StringComparison.Ordinal)
                        ?? false
                    ),
            "the choice is sent to the app"
        );
    }

    [Fact]
    public async Task A_person_allows_an_app_to_be_installed()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        var target = new Uri(office.App.Address, "installed");
        await page.GotoAsync(
            $"{office.Slack.BaseAddress}oauth/v2/authorize?client_id={office.Slack.State.Options.App.ClientId}"
                + $"&scope=chat:write,incoming-webhook&state=s1&redirect_uri={target}"
        );
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Lunch asks for access" })).ToBeVisibleAsync();
        await axe.CheckAsync(page, "the consent page");
        await page.GetByLabel("Where should it post?").SelectOptionAsync("#office");
        await page.Button("Allow").ClickAsync();
        await Expect(page.GetByText("Installed")).ToBeVisibleAsync();
        Assert.StartsWith(target + "?state=s1&code=", page.Url, StringComparison.Ordinal);
    }

    private static async Task MenuAsync(IPage page, string message, string menu, string item)
    {
        await page.Message(message).First.HoverAsync();
        await page.Message(message).First.Button(menu).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = item }).ClickAsync();
    }
}
