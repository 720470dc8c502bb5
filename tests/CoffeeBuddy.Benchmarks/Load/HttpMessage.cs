using System.Buffers.Text;
using System.Text;

namespace CoffeeBuddy.Benchmarks.Load;

/// <summary>What of HTTP/1.1 the load needs.</summary>
internal static class HttpMessage
{
    private static readonly byte[] Lower = "content-length:"u8.ToArray();

    /// <returns>Null: the message has no such header.</returns>
    public static int? ContentLength(ReadOnlySpan<byte> head)
    {
        for (var start = head.IndexOf((byte)'\n') + 1; start > 0; )
        {
            var line = head[start..];
            if (line.Length > Lower.Length && Ascii.EqualsIgnoreCase(line[..Lower.Length], Lower))
            {
                var digits = line[Lower.Length..].TrimStart((byte)' ');
                return Utf8Parser.TryParse(digits, out int length, out _) ? length : null;
            }

            var next = line.IndexOf((byte)'\n');
            start = next < 0 ? 0 : start + next + 1;
        }

        return null;
    }

    /// <summary>Whether the response is complete.</summary>
    /// <param name="status">Its status code.</param>
    public static bool IsComplete(ReadOnlySpan<byte> response, out int status)
    {
        status = 0;
        var head = response.IndexOf("\r\n\r\n"u8);
        if (head < 0)
            return false;
        _ = Utf8Parser.TryParse(response[9..], out status, out _);
        if (ContentLength(response[..head]) is { } length)
            return response.Length >= head + 4 + length;
        return status == 204 || response.EndsWith("0\r\n\r\n"u8);
    }

    public static byte[] Get(string path) => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
}
