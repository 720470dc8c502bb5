using SlackSimulator.Model;

namespace SlackSimulator.WebApi;

/// <summary>What a person has allowed on the consent page.</summary>
/// <param name="RedirectUri">The redirect address that the app named; null when it named none.</param>
/// <param name="Channel">The channel of the incoming webhook; null without one.</param>
internal sealed record Consent(
    Person Person,
    IReadOnlyList<string> Scopes,
    string? RedirectUri,
    Channel? Channel,
    DateTimeOffset At
);

/// <summary>The codes of the consent page. A code is valid once, for ten minutes of workspace time.</summary>
/// <remarks>Called under the workspace's lock.</remarks>
internal sealed class Installations(WorkspaceClock clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);
    private readonly Dictionary<string, Consent> _codes = new(StringComparer.Ordinal);

    /// <returns>The code for the app.</returns>
    public string Allow(Consent consent)
    {
        foreach (var (old, _) in _codes.Where(pair => IsOld(pair.Value)).ToList())
            _codes.Remove(old);
        var code = $"{IdSource.Secret(5)}.{IdSource.Secret(5)}.{IdSource.Secret(32)}";
        _codes[code] = consent;
        return code;
    }

    /// <returns>Null for a code that is unknown, used or too old.</returns>
    public Consent? Exchange(string code) => _codes.Remove(code, out var consent) && !IsOld(consent) ? consent : null;

    private bool IsOld(Consent consent) => clock.Now - consent.At > Lifetime;
}
