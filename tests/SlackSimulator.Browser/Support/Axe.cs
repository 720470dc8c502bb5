using System.Text.Json;
using SlackSimulator.Tests.Support;

namespace SlackSimulator.Browser.Support;

/// <summary>axe-core, installed once by <c>npm ci</c> from the lock file in <c>node/</c>.</summary>
public sealed class Axe : IAsyncLifetime
{
    private string _source = "";

    public async ValueTask InitializeAsync()
    {
        // The tests of other pages use it as well.
        var folder = await NodeFolder.InstallAsync("tests/SlackSimulator.Browser/node");
        _source = await File.ReadAllTextAsync(Path.Combine(folder.Path, "node_modules", "axe-core", "axe.min.js"));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Fails with what axe finds serious or critical on the page as it stands.</summary>
    internal async Task CheckAsync(IPage page, string what)
    {
        // The page's policy allows no foreign script, so axe comes in through the debugger.
        await page.EvaluateAsync(_source + "; undefined");
        var found = await page.EvaluateAsync<JsonElement>(
            """
            async () => (await axe.run(document)).violations
              .filter(each => ['serious', 'critical'].includes(each.impact))
              .map(each => `${each.id}: ${each.help} at ${each.nodes.map(node => node.target.join(' ') + ' ' + (node.any[0]?.message ?? '')).join('; ')}`)
            """
        );
        Assert.True(found.GetArrayLength() == 0, $"{what}:\n{string.Join('\n', found.EnumerateArray())}");
    }
}
