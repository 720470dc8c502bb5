using CoffeeBuddy.Functions.Security;
using Microsoft.Extensions.Configuration;

namespace CoffeeBuddy.Functions.Secrets;

/// <summary>Adds the sources of secrets that the settings name: a folder of files, and Vault.</summary>
public static class SecretsConfiguration
{
    /// <summary>The sources that the environment names. They override what was added before.</summary>
    /// <inheritdoc cref="AddSecrets(IConfigurationBuilder, string?, TimeProvider?)"/>
    public static IReadOnlyList<SecretSource> AddSecrets(
        this IConfigurationBuilder configuration,
        TimeProvider? time = null
    ) => configuration.AddSecrets(Environment.GetEnvironmentVariable(SecretFiles.FolderVariable), time);

    /// <param name="configuration">Where they are added.</param>
    /// <param name="folder">The folder of the files; null or empty: none.</param>
    /// <param name="time">By which leases end; null: the system's.</param>
    /// <returns>The sources, for <see cref="SecretRefresh"/>.</returns>
    /// <exception cref="SecretsException">Vault's settings are wrong, or it does not give the secrets.</exception>
    public static IReadOnlyList<SecretSource> AddSecrets(
        this IConfigurationBuilder configuration,
        string? folder,
        TimeProvider? time = null
    )
    {
        List<SecretSource> sources = [];
        var settings = configuration as IConfiguration ?? configuration.Build();
        if (!string.IsNullOrEmpty(folder))
            sources.Add(new SecretFiles(Path.GetFullPath(folder)));
        if (settings.GetSection(VaultOptions.Section).Exists())
            sources.Add(
                VaultSecrets.Create(VaultOptions.Read(settings), TlsModule.Read(settings), time ?? TimeProvider.System)
            );
        foreach (var source in sources)
            configuration.Add(new FixedSource(source));
        return sources;
    }

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
