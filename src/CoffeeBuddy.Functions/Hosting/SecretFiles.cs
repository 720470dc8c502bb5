using Microsoft.Extensions.Configuration;

namespace CoffeeBuddy.Functions.Hosting;

/// <summary>
/// Settings in files, as Vault Agent writes them: one file for each, named like the environment variable
/// (<c>Slack__BotToken</c>, in any case), with the value as its content.
/// </summary>
public static class SecretFiles
{
    /// <summary>The environment variable with the folder of the files.</summary>
    public const string FolderVariable = "CoffeeBuddy__SecretsFolder";

    /// <summary>Adds the files in the folder that the environment names. They override what was added before.</summary>
    public static IConfigurationBuilder AddSecretFiles(this IConfigurationBuilder configuration) =>
        configuration.AddSecretFiles(Environment.GetEnvironmentVariable(FolderVariable));

    /// <param name="configuration">Where the files are added.</param>
    /// <param name="folder">Null or empty: none. A missing folder has no settings, and the start reports those.</param>
    public static IConfigurationBuilder AddSecretFiles(this IConfigurationBuilder configuration, string? folder) =>
        string.IsNullOrEmpty(folder)
            ? configuration
            : configuration.AddKeyPerFile(Path.GetFullPath(folder), optional: true);
}
