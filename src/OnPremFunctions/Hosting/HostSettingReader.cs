using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace OnPremFunctions.Hosting;

/// <summary>
/// Reads values of host.json. An invalid value adds a fault and reads as its default, so that all faults are found at
/// once.
/// </summary>
internal sealed class HostSettingReader(IConfigurationSection section, ICollection<string> faults)
{
    public string Text(string path, string fallback) => section[path] ?? fallback;

    public int Number(string path, int fallback, int least, int most)
    {
        if (section[path] is not { } text)
            return fallback;
        if (
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= least
            && value <= most
        )
            return value;

        faults.Add($"{Name(path)} is \"{text}\", but must be a whole number from {least} to {most}.");
        return fallback;
    }

    public TimeSpan Duration(string path, TimeSpan fallback, TimeSpan most)
    {
        if (section[path] is not { } text)
            return fallback;
        if (Durations.TryParse(text, out var value) && value > TimeSpan.Zero && value <= most)
            return value;

        faults.Add($"{Name(path)} is \"{text}\", but must be hh:mm:ss, above 00:00:00 and at most {most:c}.");
        return fallback;
    }

    /// <returns>Null when it is not set.</returns>
    public int? OptionalNumber(string path, int least, int most) =>
        section[path] is null ? null : Number(path, least, least, most);

    /// <returns>Null when it is not set.</returns>
    public TimeSpan? OptionalDuration(string path, TimeSpan most) =>
        section[path] is null ? null : Duration(path, most, most);

    public T OneOf<T>(string path, T fallback)
        where T : struct, Enum
    {
        if (section[path] is not { } text)
            return fallback;
        if (Enum.GetNames<T>().Contains(text, StringComparer.OrdinalIgnoreCase))
            return Enum.Parse<T>(text, ignoreCase: true);

        faults.Add($"{Name(path)} is \"{text}\", but must be one of {string.Join(", ", Enum.GetNames<T>())}.");
        return fallback;
    }

    private static string Name(string path) => $"host.json: {path.Replace(':', '.')}";
}
