using CoffeeBuddy.Deployment.Support;

namespace CoffeeBuddy.Deployment.Pipeline;

/// <summary>secretlint over the repository, with what <c>.secretlintrc.yml</c> allows.</summary>
public sealed class SecretScanTests : IDisposable
{
    // secretlint takes files below the current folder only.
    private static readonly string Folder = Path.Combine("artifacts", $"scan-{Guid.NewGuid():N}");

    private readonly DirectoryInfo _folder = Directory.CreateDirectory(Repository.File(Folder));

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task No_tracked_file_contains_a_secret()
    {
        var (code, files, errors) = await Programs.RunAsync("git", ["ls-files"]);
        Assert.True(code == 0, errors);

        var found = await ScanAsync(
            files.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(file => !IsGeneratedOrBinary(file))
        );

        Assert.True(found.Code == 0, found.Output);
    }

    [Fact]
    public async Task A_secret_is_found_also_beside_one_that_is_allowed()
    {
        var file = Path.Combine(Folder, "notes.txt");
        // Put together here, so that the first test does not find them.
        await File.WriteAllTextAsync(
            Repository.File(file),
            $"xoxb-simulated-bot-token\n{"xox"}b-123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx\n",
            TestContext.Current.CancellationToken
        );

        var found = await ScanAsync([file]);

        Assert.Equal(1, found.Code);
        Assert.Contains("2:0", found.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("1:0", found.Output, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output)> ScanAsync(IEnumerable<string> files)
    {
        var secretlint = await NodeTools.PathOfAsync("secretlint/bin/secretlint.js");
        var (code, output, errors) = await Programs.RunAsync(
            "node",
            [secretlint, "--secretlintrc", ".secretlintrc.yml", "--maskSecrets", .. files]
        );
        return (code, output + errors);
    }

    /// <summary>Lock files are long lists of hashes; pictures have no text.</summary>
    private static bool IsGeneratedOrBinary(string file) =>
        Path.GetFileName(file) is "package-lock.json" or "packages.lock.json"
        || Path.GetExtension(file) is ".png" or ".webp" or ".gif" or ".woff2";
}
