using System.Diagnostics;
using System.Text.Json;

namespace SlackSimulator.Browser.Support;

/// <summary>axe-core, installed once by <c>npm ci</c> from the lock file in <c>node/</c>.</summary>
public sealed class Axe : IAsyncLifetime
{
    private string _source = "";

    public async ValueTask InitializeAsync()
    {
        var folder = NodeFolder();
        using var npm = Process.Start(new ProcessStartInfo("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException("npm could not be started: install Node 20.");
        var output = npm.StandardOutput.ReadToEndAsync();
        var errors = npm.StandardError.ReadToEndAsync();
        await npm.WaitForExitAsync();
        if (npm.ExitCode != 0)
            throw new InvalidOperationException($"npm ci in {folder} failed: {await output}{await errors}");
        _source = await File.ReadAllTextAsync(Path.Combine(folder, "node_modules", "axe-core", "axe.min.js"));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Fails with what axe finds serious or critical on the page as it stands.</summary>
    internal async Task CheckAsync(IPage page, string what)
    {
        // The page's policy allows no foreign script, so axe comes in through the debugger.
        await page.EvaluateAsync(_source + "; undefined");
        var found = await page.EvaluateAsync<JsonElement>("""
            async () => (await axe.run(document)).violations
              .filter(each => ['serious', 'critical'].includes(each.impact))
              .map(each => `${each.id}: ${each.help} at ${each.nodes.map(node => node.target.join(' ') + ' ' + (node.any[0]?.message ?? '')).join('; ')}`)
            """);
        Assert.True(found.GetArrayLength() == 0, $"{what}:\n{string.Join('\n', found.EnumerateArray())}");
    }

    private static string NodeFolder()
    {
        // Another project's tests may use it as well.
        const string here = "tests/SlackSimulator.Browser/node";
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, here)))
            folder = folder.Parent;
        return folder is null ? throw new DirectoryNotFoundException("The tests run from below the repository's folder.") : Path.Combine(folder.FullName, here);
    }
}
