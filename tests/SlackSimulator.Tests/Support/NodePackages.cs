using System.Diagnostics;

namespace SlackSimulator.Tests.Support;

/// <summary>Installs Slack's SDKs beside the scripts when they are not there yet, and runs the scripts.</summary>
public sealed class NodePackages : IAsyncLifetime
{
    private static readonly string Folder = FindFolder();

    public async ValueTask InitializeAsync()
    {
        if (Directory.Exists(Path.Combine(Folder, "node_modules", "@slack", "bolt")))
            return;
        using var install = Start("npm", [], "ci", "--no-audit", "--no-fund", "--loglevel=error");
        var errors = await install.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await install.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(install.ExitCode == 0, errors);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal static Process Script(string name, SimulatorServer server, params (string Name, string Value)[] more)
    {
        var app = server.State.Options.App;
        (string, string)[] environment =
        [
            ("SLACK_API_URL", server.ApiAddress.ToString()), ("SLACK_BOT_TOKEN", app.BotToken), ("SLACK_APP_TOKEN", app.AppToken),
            ("SLACK_SIGNING_SECRET", app.SigningSecret), .. more,
        ];
        return Start("node", environment, name);
    }

    private static Process Start(string program, (string Name, string Value)[] environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
    }

    private static string FindFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "node", "package.json");
            if (File.Exists(path))
                return Path.GetDirectoryName(path)!;
        }

        throw new DirectoryNotFoundException("The node folder of the tests is not above their binaries.");
    }
}
