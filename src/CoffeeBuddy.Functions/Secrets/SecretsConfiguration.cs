using CoffeeBuddy.Functions.Security;
using Microsoft.Extensions.Configuration;

namespace CoffeeBuddy.Functions.Secrets;

/// <summary>Adds the sources of secrets that the settings name: a folder of files, and Vault.</summary>
public static class SecretsConfiguration
{
    /// <summary>They override what was added before.</summary>
    /// <param name="configuration">Where they are added.</param>
    /// <param name="time">By which leases end; null: the system's.</param>
    /// <returns>The sources, for <see cref="SecretRefresh"/>.</returns>
    /// <exception cref="SecretsException">Vault's settings are wrong, or it does not give the secrets.</exception>
    public static IReadOnlyList<SecretSource> AddSecrets(
        this IConfigurationBuilder configuration,
        TimeProvider? time = null
    )
    {
        List<SecretSource> sources = [];
        var settings = configuration as IConfiguration ?? configuration.Build();
        if (Environment.GetEnvironmentVariable(SecretFiles.FolderVariable) is { Length: > 0 } folder)
            sources.Add(new SecretFiles(Path.GetFullPath(folder)));
        if (settings.GetSection(VaultOptions.Section).Exists())
            sources.Add(
                VaultSecrets.Create(VaultOptions.Read(settings), TlsModule.Read(settings), time ?? TimeProvider.System)
            );
        foreach (var source in sources)
            configuration.Add(new FixedSource(source));
        return sources;
    }

    /// <param name="configuration">Where the files are added.</param>
    /// <param name="folder">Null or empty: none.</param>
    public static IConfigurationBuilder AddSecretFiles(this IConfigurationBuilder configuration, string? folder) =>
        string.IsNullOrEmpty(folder)
            ? configuration
            : configuration.Add(new FixedSource(new SecretFiles(Path.GetFullPath(folder))));

    /// <summary>
    /// The same provider for each build: a configuration manager builds all its sources again when one is inserted.
    /// </summary>
    private sealed class FixedSource(SecretSource source) : IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => source;
    }
}

/// <summary>The secrets cannot be had. The message is a sentence for an operator, without a secret.</summary>
public class SecretsException(string message, Exception? inner = null) : Exception(message, inner);
