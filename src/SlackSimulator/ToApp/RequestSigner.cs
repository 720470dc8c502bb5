using System.Security.Cryptography;
using System.Text;

namespace SlackSimulator.ToApp;

/// <summary>Signs requests as Slack does: <c>v0=</c> and the lower-case hex HMAC-SHA256 of <c>v0:{timestamp}:{body}</c>.</summary>
public static class RequestSigner
{
    public static string Sign(string signingSecret, string timestamp, ReadOnlySpan<byte> body)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(signingSecret));
        mac.AppendData(Encoding.UTF8.GetBytes($"v0:{timestamp}:"));
        mac.AppendData(body);
        return "v0=" + Convert.ToHexStringLower(mac.GetHashAndReset());
    }
}
