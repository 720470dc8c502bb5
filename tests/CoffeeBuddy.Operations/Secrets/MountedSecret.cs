using System.Diagnostics;

namespace CoffeeBuddy.Operations.Secrets;

/// <summary>
/// A folder as Kubernetes mounts a Secret: each file is a link into <c>..data</c>, itself a link, which is replaced when
/// the Secret changes.
/// </summary>
internal sealed class MountedSecret(string folder)
{
    private int _versions;

    public string Folder => folder;

    public void Write(params (string Name, string Content)[] files)
    {
        var version = Directory.CreateDirectory(Path.Combine(folder, $"..{++_versions}"));
        foreach (var (name, content) in files)
        {
            File.WriteAllText(Path.Combine(version.FullName, name), content);
            var link = Path.Combine(folder, name);
            if (!File.Exists(link))
                File.CreateSymbolicLink(link, Path.Combine("..data", name));
        }

        var next = Path.Combine(folder, "..data_tmp");
        Directory.CreateSymbolicLink(next, version.Name);
        // rename(2), which replaces a link to a folder. .NET refuses that.
        using var move = Process.Start("mv", ["--no-target-directory", next, Path.Combine(folder, "..data")]);
        move.WaitForExit();
        Assert.Equal(0, move.ExitCode);
    }
}
