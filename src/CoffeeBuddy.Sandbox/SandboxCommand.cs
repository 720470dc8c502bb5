using CoffeeBuddy.Sandbox.Parts;

namespace CoffeeBuddy.Sandbox;

/// <summary>What to do with a sandbox that is up. Returns when done.</summary>
public delegate Task SandboxMode(SandboxHost sandbox, TextWriter output, CancellationToken stop);

/// <summary>The command line: starts the sandbox, does what was asked for, and stops it whatever happens.</summary>
public static class SandboxCommand
{
    private const int SlackPort = 5080;
    private const int HttpPort = 7071;

    /// <summary>What can be asked for by name; without a name the sandbox stays up until it is stopped.</summary>
    private static readonly Dictionary<string, SandboxMode> Modes = new(StringComparer.Ordinal)
    {
        ["demo"] = Demo.PlayAsync,
    };

    /// <returns>0 when stopped or done, 1 when a part failed, 2 for arguments it does not know.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        SandboxMode? mode = null;
        if (arguments.Length > 1 || (arguments is [var name] && !Modes.TryGetValue(name, out mode)))
        {
            await output.WriteLineAsync(
                $"Usage: dotnet run --project src/CoffeeBuddy.Sandbox{string.Concat(Modes.Keys.Select(known => $" [-- {known}]"))}"
            );
            return 2;
        }

        var screen = new SandboxScreen(output);
        var options = ForAPerson(screen, demo: mode is not null);
        screen.Welcome();
        try
        {
            await using var sandbox = await SandboxHost.StartAsync(options, stop);
            screen.WhereToLook(sandbox, options);
            await Task.WhenAny(
                    sandbox.WatchAsync(stop),
                    mode?.Invoke(sandbox, output, stop) ?? Task.Delay(Timeout.Infinite, stop)
                )
                .Unwrap();
            screen.Stopping();
            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            screen.Stopping();
            return 0;
        }
        catch (PartFailedException failure)
        {
            screen.Failed(failure.Message);
            return 1;
        }
    }

    private static SandboxOptions ForAPerson(SandboxScreen screen, bool demo) =>
        new()
        {
            Slack = new SandboxOptions().Slack with { Port = FreePort.Prefer(SlackPort) },
            HttpPort = FreePort.Prefer(HttpPort),
            Postgres = new EmbeddedPostgresOptions { Log = screen.Remark },
            LogFolder = FreshFolder(Path.Combine(WorkFolder.Path, "sandbox")),
            Settings = demo ? Demo.Settings : new Dictionary<string, string?>(),
            OnReady = screen.Ready,
        };

    private static string FreshFolder(string path)
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        return Directory.CreateDirectory(path).FullName;
    }
}
