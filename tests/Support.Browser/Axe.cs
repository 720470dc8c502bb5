using System.Text.Json;

namespace Support.Browser;

/// <summary>Checks pages with axe-core (https://github.com/dequelabs/axe-core), installed from the lock file in <c>tests/SlackSimulator.Browser/node</c>.</summary>
public sealed class Axe : IAsyncLifetime
{
    private string _source = "";

    public async ValueTask InitializeAsync()
    {
        var folder = await NodeFolder.InstallAsync("tests/SlackSimulator.Browser/node");
        _source = await File.ReadAllTextAsync(Path.Combine(folder.Path, "node_modules", "axe-core", "axe.min.js"));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Fails with the serious and critical problems that axe finds on the page in its current state.</summary>
    public async Task CheckAsync(IPage page, string what)
    {
        // The page's Content-Security-Policy allows no other script, so axe is evaluated through the debugger.
        if (!await page.EvaluateAsync<bool>("() => 'axe' in window"))
            await page.EvaluateAsync(_source + "; undefined");
        var found = await page.EvaluateAsync<JsonElement>(
            """
            async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
              .filter(each => ['serious', 'critical'].includes(each.impact))
              .map(each => `${each.id}: ${each.help} at ${each.nodes.map(node => node.target.join(' ') + ' ' + (node.any[0]?.message ?? '')).join('; ')}`)
            """
        );
        Assert.True(found.GetArrayLength() == 0, $"{what}:\n{string.Join('\n', found.EnumerateArray())}");
    }
}
