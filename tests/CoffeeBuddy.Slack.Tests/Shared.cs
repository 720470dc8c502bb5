using System.Runtime.CompilerServices;
using Xunit;

namespace CoffeeBuddy.Slack.Tests;

/// <summary>
/// Slack's public data files in a folder next to the repository. A test is skipped when its file does not exist.
/// </summary>
internal static class Shared
{
    public static string ReadOrSkip(string name)
    {
        var file = Path.Combine(Folder(), name);
        Assert.SkipUnless(File.Exists(file), $"../shared/slack/{name} is not there.");
        return File.ReadAllText(file);
    }

    private static string Folder([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "../../../shared/slack"));
}
