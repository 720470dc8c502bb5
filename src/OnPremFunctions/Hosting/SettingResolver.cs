using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace OnPremFunctions.Hosting;

/// <summary>Replaces <c>%Setting%</c> by the configuration's value.</summary>
internal sealed partial class SettingResolver(IConfiguration configuration)
{
    /// <summary>What <paramref name="text"/> stands for; every setting that does not exist is reported to <paramref name="unresolved"/>.</summary>
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
