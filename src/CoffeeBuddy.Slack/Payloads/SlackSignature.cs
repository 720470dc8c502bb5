using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CoffeeBuddy.Slack.Payloads;

/// <summary>
/// Verifies that a request comes from Slack (https://docs.slack.dev/authentication/verifying-requests-from-slack):
/// HMAC-SHA256 over <c>v0:{timestamp}:{raw body}</c>, written as <c>v0=</c> and lower-case hexadecimal.
/// </summary>
public static class SlackSignature
{
    public const string SignatureHeader = "X-Slack-Signature";
    public const string TimestampHeader = "X-Slack-Request-Timestamp";

    /// <summary>How far a request's timestamp may be from now, before or after.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(300);

    private const string Version = "v0=";
    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");
    private const int HexLength = 2 * HMACSHA256.HashSizeInBytes;

    public static SignatureResult Verify(
        string? signingSecret,
        string? timestamp,
        string? signature,
        ReadOnlySpan<byte> body,
        DateTimeOffset now
    ) => Verify(signingSecret is null ? [] : [signingSecret], timestamp, signature, body, now);

    /// <param name="signingSecrets">The current secret and, during a rotation, the previous one.</param>
    /// <param name="body">The bytes of the body as received.</param>
    public static SignatureResult Verify(
        IReadOnlyCollection<string> signingSecrets,
        string? timestamp,
        string? signature,
        ReadOnlySpan<byte> body,
        DateTimeOffset now
    )
    {
        if (signingSecrets.All(string.IsNullOrWhiteSpace))
            return SignatureResult.NoSecret;
        if (string.IsNullOrEmpty(timestamp) || string.IsNullOrEmpty(signature))
            return SignatureResult.MissingHeader;
        if (!TryReadTimestamp(timestamp, out var sentAt) || !TryReadSignature(signature, out var claimed))
            return SignatureResult.Malformed;
        if ((now - sentAt).Duration() > Tolerance)
            return SignatureResult.Stale;

        // Always try every secret, so that the duration does not show which one matched.
        var valid = false;
        foreach (var secret in signingSecrets.Where(secret => !string.IsNullOrWhiteSpace(secret)))
            valid |= CryptographicOperations.FixedTimeEquals(Hash(secret, timestamp, body), claimed);
        return valid ? SignatureResult.Valid : SignatureResult.Mismatch;
    }

    private static bool TryReadTimestamp(string timestamp, out DateTimeOffset sentAt)
    {
        sentAt = default;
        // Eleven digits reach the year 5138, which DateTimeOffset can represent.
        if (
            timestamp.Length > 11
            || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        )
            return false;
        sentAt = DateTimeOffset.FromUnixTimeSeconds(seconds);
        return true;
    }

    private static bool TryReadSignature(string signature, out byte[] claimed)
    {
        claimed = [];
        if (signature.Length != Version.Length + HexLength || !signature.StartsWith(Version, StringComparison.Ordinal))
            return false;
        var hex = signature.AsSpan(Version.Length);
        if (hex.ContainsAnyExcept(LowerHex))
            return false;
        claimed = Convert.FromHexString(hex);
        return true;
    }

    private static byte[] Hash(string secret, string timestamp, ReadOnlySpan<byte> body)
    {
        // In one piece: a hash in steps allocates native memory and a finalizer for each request.
        var prefix = $"v0:{timestamp}:";
        var signed = ArrayPool<byte>.Shared.Rent(prefix.Length + body.Length);
        try
        {
            var length = Encoding.ASCII.GetBytes(prefix, signed);
            body.CopyTo(signed.AsSpan(length));
            return HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed.AsSpan(0, length + body.Length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(signed);
        }
    }
}
