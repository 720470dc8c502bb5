using System.Security.Cryptography;
using System.Text;
using CoffeeBuddy.Sandbox.Processes;

namespace CoffeeBuddy.Sandbox.Postgres;

/// <summary>
/// A copy of the folder that <c>initdb</c> created, with its password, for the next clusters of the same programs,
/// because <c>initdb</c> takes over a second of CPU. Only this user can read it.
/// </summary>
internal sealed class ClusterCache(PostgresBinaries binaries)
{
    private readonly string _folder = Path.Combine(
        WorkFolder.Path,
        "postgres",
        $"cluster-{Hash($"{Environment.UserName} {binaries.Initdb} {File.GetLastWriteTimeUtc(binaries.Initdb):O}")}"
    );

    /// <summary>Copies the cluster into this folder. Does nothing if there is none yet.</summary>
    public void CopyTo(string folder)
    {
        if (Directory.Exists(_folder))
            Copy(_folder, folder);
    }

    /// <summary>
    /// Keeps the cluster in this folder, which must not have been started. Without write access nothing is kept.
    /// </summary>
    public void Keep(string folder)
    {
        var copy = $"{_folder}-{Guid.NewGuid():N}";
        try
        {
            Copy(folder, copy);
            // Only a complete copy gets the name that CopyTo looks for.
            Directory.Move(copy, _folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Another process kept its cluster first, or there is no write access.
            if (Directory.Exists(copy))
                Directory.Delete(copy, recursive: true);
        }
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(to, File.GetUnixFileMode(from));
        foreach (var file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
        foreach (var folder in Directory.EnumerateDirectories(from))
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
    }

    private static string Hash(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];
}
