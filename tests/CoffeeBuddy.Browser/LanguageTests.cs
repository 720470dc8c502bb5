using CoffeeBuddy.Browser.Support;

namespace CoffeeBuddy.Browser;

/// <summary>The language of a person on the page.</summary>
public sealed class LanguageTests(CoffeeOffice office) : PageTest(office)
{
    [Fact]
    public async Task Who_chooses_French_reads_French_and_the_channel_reads_English()
    {
        var noor = await Corner.WindowAsync(Corner.People[0]);
        await noor.App().ClickAsync();
        await noor.Button("Settings…").ClickAsync();
        await noor.Field("Language").SelectOptionAsync("Français");
        await noor.Modal().Button("Save").ClickAsync();
        await Expect(noor.Modal()).ToBeHiddenAsync();
        await Expect(noor.Locator("#home")).ToContainTextAsync("Tes boissons");
        await Expect(noor.Button("Paramètres…")).ToBeVisibleAsync();

        await noor.Locator("#sidebar").GetByText(Corner.Channel).ClickAsync();
        await noor.TypeAsync("/coffee");
        await noor.Field("Boisson").SelectOptionAsync("Mocha");
        await noor.Modal().Button("Commander").ClickAsync();

        await Expect(noor.Message("Ta commande")).ToContainTextAsync("Mocha");
        await Expect(noor.Announcement()).ToContainTextAsync("1 order");
    }
}
