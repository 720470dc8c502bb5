using System.Runtime.CompilerServices;
using Xunit;

namespace CoffeeBuddy.Slack.Tests;

/// <summary>Slack's public data in a folder beside the project; read in place, and not always there.</summary>
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
