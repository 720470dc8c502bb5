using System.Globalization;
using System.Security.Cryptography;

namespace SlackSimulator.Model;

/// <summary>Creates ids in Slack's formats. The numbered ones are created under the workspace's lock.</summary>
internal sealed class IdSource(WorkspaceClock clock)
{
    private long _lastMicroseconds;
    private int _next;

    /// <summary>
    /// A message's ts: workspace time as Unix seconds with microseconds, greater than every earlier ts.
    /// </summary>
    public string NextTs()
    {
        var now = (clock.Now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        _lastMicroseconds = Math.Max(now, _lastMicroseconds + 1);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{_lastMicroseconds / 1_000_000}.{_lastMicroseconds % 1_000_000:D6}"
        );
    }

    /// <summary>A numbered id such as <c>D0SIM00007</c>.</summary>
    public string Next(string prefix) => $"{prefix}0SIM{++_next:D5}";

    /// <summary>An id with the name in it, such as <c>U0NOOR0000</c>.</summary>
    public static string Readable(string prefix, string name)
    {
        var letters = string.Concat(name.ToUpperInvariant().Where(char.IsAsciiLetterOrDigit));
        return (prefix + "0" + letters).PadRight(10, '0');
    }

    public static string Secret(int bytes = 12) => RandomNumberGenerator.GetHexString(bytes * 2, lowercase: true);

    /// <summary>Five random letters or digits, as Slack creates for blocks and elements without an id.</summary>
    public static string Short() =>
        RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 5);
}
