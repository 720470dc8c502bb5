using System.Security.Cryptography;
using System.Text;
using CoffeeBuddy.Sandbox;

namespace CoffeeBuddy.Support;

/// <summary>
/// A record in the format that docs/security.md describes, made independently of the worker's own code.
/// </summary>
public sealed record SealedRecord(byte[]? Key, byte[] Value, IReadOnlyList<(string Name, byte[]? Value)> Headers)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <param name="secret">Null for the secret of the sandbox.</param>
    public static SealedRecord Seal(
        string topic,
        byte[]? key,
        byte[] value,
        IReadOnlyList<(string Name, byte[]? Value)> headers,
        string? secret = null
    )
    {
        if (topic == "slack.events")
        {
            value = Encrypt(value, secret);
            headers = [.. headers, ("ce_encryption", "A256GCM"u8.ToArray())];
        }

        List<byte[]> parts = [Encoding.UTF8.GetBytes(topic), key ?? [], value];
        foreach (var header in headers.Where(header => header.Name.StartsWith("ce_", StringComparison.Ordinal)))
            parts.AddRange([Encoding.UTF8.GetBytes(header.Name), header.Value ?? []]);
        byte[] signed = [.. parts.SelectMany(part => BitConverter.GetBytes(part.Length).Reverse().Concat(part))];
        var mac = HMACSHA256.HashData(Derive(secret, "signing", 32), signed);
        var id = Convert.ToHexStringLower(Derive(secret, "id", 4));
        return new(key, value, [.. headers, ("mac", Encoding.UTF8.GetBytes($"{id}:{Convert.ToBase64String(mac)}"))]);
    }

    public static byte[] Decrypt(byte[] encrypted)
    {
        var value = new byte[encrypted.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(Derive(null, "encryption", 32), TagBytes);
        aes.Decrypt(
            encrypted.AsSpan(0, NonceBytes),
            encrypted.AsSpan(NonceBytes..^TagBytes),
            encrypted.AsSpan(^TagBytes..),
            value
        );
        return value;
    }

    private static byte[] Encrypt(byte[] value, string? secret)
    {
        var nonce = RandomNumberGenerator.GetBytes(NonceBytes);
        var (ciphertext, tag) = (new byte[value.Length], new byte[TagBytes]);
        using var aes = new AesGcm(Derive(secret, "encryption", 32), TagBytes);
        aes.Encrypt(nonce, value, ciphertext, tag);
        return [.. nonce, .. ciphertext, .. tag];
    }

    private static byte[] Derive(string? secret, string purpose, int length) =>
        HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            Encoding.UTF8.GetBytes(secret ?? SandboxOptions.RecordKey),
            length,
            info: Encoding.UTF8.GetBytes($"coffeebuddy record {purpose}")
        );
}
