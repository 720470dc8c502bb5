namespace CoffeeBuddy.Deployment.Support;

/// <summary>
/// Files of the repository that are generated and reviewed there. With the environment variable
/// <c>COFFEEBUDDY_WRITE_GENERATED=1</c> the tests write them instead of comparing them.
/// </summary>
internal static class Reviewed
{
    private const string WriteVariable = "COFFEEBUDDY_WRITE_GENERATED";

    public static void Check(string path, string content)
    {
        var file = Repository.File(path);
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1")
            File.WriteAllText(file, content);
        Assert.True(
            File.Exists(file) && File.ReadAllText(file) == content,
            $"{path} is not what is generated. Write it with {WriteVariable}=1, and review the difference."
        );
    }
}
