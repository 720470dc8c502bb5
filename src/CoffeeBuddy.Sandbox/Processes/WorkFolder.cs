namespace CoffeeBuddy.Sandbox.Processes;

/// <summary>Folder for downloads and logs, which are not part of the source.</summary>
public static class WorkFolder
{
    /// <summary>
    /// The folder in COFFEEBUDDY_CACHE, else <c>.cache</c> in the repository that contains this program, else
    /// <c>coffeebuddy</c> in the user's local application data.
    /// </summary>
    public static string Path { get; } = Find();

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("COFFEEBUDDY_CACHE") is { Length: > 0 } chosen)
            return chosen;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "CoffeeBuddy.sln")))
                return System.IO.Path.Combine(folder.FullName, ".cache");
        }

        return System.IO.Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData),
            "coffeebuddy"
        );
    }
}
