namespace SlackSimulator.Tests.Support;

/// <summary>Public reference data beside the project; a test that needs it is skipped where it is missing.</summary>
internal static class SharedFiles
{
    public static JsonNode ReadOrSkip(string name) => JsonNode.Parse(TextOrSkip(name))!;

    public static string TextOrSkip(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "shared", "slack", name);
            if (File.Exists(path))
                return File.ReadAllText(path);
        }

        Assert.Skip($"../shared/slack/{name} is not there.");
        return "";
    }
}
