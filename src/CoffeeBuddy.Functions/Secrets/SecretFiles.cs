namespace CoffeeBuddy.Functions.Secrets;

/// <summary>
/// Settings in files, as Kubernetes mounts a Secret and Vault Agent writes them: one file for each, named like the
/// environment variable (<c>Slack__BotToken</c>, in any case), with the value as its content. They are read every 5 s,
/// because both replace files by swapping links, which file watchers do not see.
/// </summary>
/// <param name="folder">A missing one is no error: the start reports required settings without a value.</param>
public sealed class SecretFiles(string folder) : SecretSource
{
    /// <summary>The environment variable with the folder of the files.</summary>
    public const string FolderVariable = "CoffeeBuddy__SecretsFolder";

    public override string Name => "files";

    public override TimeSpan Interval => TimeSpan.FromSeconds(5);

    public override void Load() => Data = Directory.Exists(folder) ? Read() : NewSettings();

    /// <exception cref="IOException">The folder or a file cannot be read.</exception>
    protected override Task<Dictionary<string, string?>> ReadAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Read());

    private Dictionary<string, string?> Read()
    {
        var version = Version();
        try
        {
            return Read(version);
        }
        catch (IOException) when (version != Version())
        {
            // The kubelet has deleted it after the swap.
            return Read(Version());
        }
    }

    /// <summary>
    /// The folder that a mounted Secret's link <c>..data</c> leads to, so that all values are of one version; the links
    /// beside it, one for each key, would lead to the next version in the middle. Elsewhere the folder itself.
    /// </summary>
    private string Version()
    {
        var link = new DirectoryInfo(Path.Combine(folder, "..data"));
        return link.LinkTarget is null ? folder : link.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
    }

    private static Dictionary<string, string?> Read(string version)
    {
        var settings = NewSettings();
        foreach (var file in Directory.EnumerateFiles(version))
            settings[SettingOf(Path.GetFileName(file))] = WithoutLineBreak(File.ReadAllText(file));
        return settings;
    }

    private static string WithoutLineBreak(string text)
    {
        var end = text.EndsWith('\n') ? text.Length - 1 : text.Length;
        return text[..(end < text.Length && end > 0 && text[end - 1] == '\r' ? end - 1 : end)];
    }
}
