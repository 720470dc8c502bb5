using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace OnPremFunctions.Hosting;

/// <summary>Replaces <c>%Setting%</c> by its value in the configuration.</summary>
internal sealed partial class SettingResolver(IConfiguration configuration)
{
    /// <summary>
    /// Resolves <paramref name="text"/> and reports each setting without a value to <paramref name="unresolved"/>.
    /// </summary>
    public string Resolve(string text, Action<string> unresolved) =>
        Reference.Replace(
            text,
            match =>
            {
                var name = match.Groups["name"].Value;
                if (configuration[name] is { Length: > 0 } value)
                    return value;

                unresolved(
                    $"the setting %{name}% has no value (environment variable {name.Replace(":", "__", StringComparison.Ordinal)})"
                );
                return "";
            }
        );

    [GeneratedRegex("%(?<name>[^%]+)%", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Reference { get; }
}
