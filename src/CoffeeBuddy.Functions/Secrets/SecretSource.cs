using Microsoft.Extensions.Configuration;

namespace CoffeeBuddy.Functions.Secrets;

/// <summary>
/// Settings that change while the worker runs. <see cref="SecretRefresh"/> reads them again; a failure leaves what is
/// known.
/// </summary>
public abstract class SecretSource : ConfigurationProvider
{
    /// <summary>The source in logs and metrics.</summary>
    public abstract string Name { get; }

    /// <summary>When to read again.</summary>
    public abstract TimeSpan Interval { get; }

    protected abstract Task<Dictionary<string, string?>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Reads again, and tells the options that use the settings when one has changed.</summary>
    /// <returns>The names of the changed settings.</returns>
    public async Task<IReadOnlyList<string>> RefreshAsync(CancellationToken cancellationToken)
    {
        var read = await ReadAsync(cancellationToken);
        var changed = read
            .Keys.Union(Data.Keys, StringComparer.OrdinalIgnoreCase)
            .Where(name => read.GetValueOrDefault(name) != (Data.TryGetValue(name, out var known) ? known : null))
            .Order(StringComparer.OrdinalIgnoreCase)
            .ToList();
        if (changed.Count == 0)
            return changed;
        Data = read;
        OnReload();
        return changed;
    }

    protected static Dictionary<string, string?> NewSettings() => new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The name of a setting from that of its variable: <c>Slack__BotToken</c> is <c>Slack:BotToken</c>.</summary>
    protected static string SettingOf(string variable) =>
        variable.Replace("__", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal);
}
