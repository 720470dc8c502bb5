using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CoffeeBuddy.Slack.Payloads;

/// <summary>Why a request's signature was accepted or refused.</summary>
public enum SignatureResult
{
    Valid,

    /// <summary>No signing secret is configured: nothing can be trusted.</summary>
    NoSecret,

    /// <summary>The timestamp or signature header is missing or empty.</summary>
    MissingHeader,

    /// <summary>A header is not written as Slack writes it.</summary>
    Malformed,

    /// <summary>The timestamp is too far from now, in either direction.</summary>
    Stale,

    /// <summary>The signature was not made with any of the secrets over this body.</summary>
    Mismatch,
}

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

    /// <param name="signingSecrets">The current secret and, while it is being rotated, the previous one.</param>
    /// <param name="body">The body's bytes as they were received.</param>
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

        // Every secret is tried: which of them matched must not show in the time taken.
        var valid = false;
        foreach (var secret in signingSecrets.Where(secret => !string.IsNullOrWhiteSpace(secret)))
            valid |= CryptographicOperations.FixedTimeEquals(Hash(secret, timestamp, body), claimed);
        return valid ? SignatureResult.Valid : SignatureResult.Mismatch;
    }

    private static bool TryReadTimestamp(string timestamp, out DateTimeOffset sentAt)
    {
        sentAt = default;
        // Eleven digits reach the year 5138 and stay within what DateTimeOffset can hold.
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
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.UTF8.GetBytes($"v0:{timestamp}:"));
        hmac.AppendData(body);
        return hmac.GetHashAndReset();
    }
}
