namespace Support.Browser;

/// <summary>Starts the Chromium that is installed on this machine. Nothing is downloaded.</summary>
public static class SystemChromium
{
    private static readonly string[] Places =
    [
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
                "This needs Chromium at /usr/bin/chromium: apt-get update && apt-get install -y chromium fonts-noto-color-emoji"
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
