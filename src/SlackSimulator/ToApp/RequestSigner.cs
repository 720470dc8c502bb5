using System.Security.Cryptography;
using System.Text;

namespace SlackSimulator.ToApp;

/// <summary>Signs requests as described at https://docs.slack.dev/authentication/verifying-requests-from-slack/.</summary>
public static class RequestSigner
{
    /// <summary>
    /// The value of <c>X-Slack-Signature</c>: <c>v0=</c> and the HMAC-SHA256 of <c>v0:{timestamp}:{body}</c> in
    /// lower-case hex.
    /// </summary>
    /// <param name="signingSecret">The app's signing secret.</param>
    /// <param name="timestamp">The value of <c>X-Slack-Request-Timestamp</c>: Unix seconds.</param>
    /// <param name="body">The raw body of the request.</param>
    public static string Sign(string signingSecret, string timestamp, ReadOnlySpan<byte> body)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(signingSecret));
        mac.AppendData(Encoding.UTF8.GetBytes($"v0:{timestamp}:"));
        mac.AppendData(body);
        return "v0=" + Convert.ToHexStringLower(mac.GetHashAndReset());
    }
}
