namespace CoffeeBuddy.Sandbox.Parts;

/// <summary>Where files go that are made here and belong to nobody's source: downloads and logs.</summary>
public static class WorkFolder
{
    /// <summary>
    /// The folder that COFFEEBUDDY_CACHE names, else <c>.cache</c> of the repository that this program was built in, else
    /// the user's own.
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
