namespace Support.Browser;

/// <summary>Starts the Chromium that is installed on this machine. Nothing is downloaded.</summary>
public static class SystemChromium
{
    private static readonly string[] Places =
    [
        // Chromium without the browser's own windows: half the CPU.
        "/usr/bin/chromium-headless-shell",
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
    ];

    /// <exception cref="InvalidOperationException">Chromium is not installed. The message says how to install
    /// it.</exception>
    public static Task<IBrowser> LaunchAsync(IPlaywright playwright)
    {
        var executable =
            Places.FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException(
                "This needs Chromium: apt-get update && apt-get install -y chromium-headless-shell fonts-noto-color-emoji"
            );
        return playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = executable,
                Args =
                [
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--no-first-run",
                ],
            }
        );
    }
}
