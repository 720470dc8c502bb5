namespace SlackSimulator.Tests.Support;

/// <summary>
/// Public reference data that is not part of the repository. A test that needs it is skipped when it is missing.
/// </summary>
internal static class ReferenceData
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

        Assert.Skip($"The public reference data {name} is missing.");
        return "";
    }
}
