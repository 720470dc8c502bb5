using System.Security.Cryptography;
using System.Text;

namespace CoffeeBuddy.Functions.Events;

/// <summary>The keys that are derived from one secret, <see cref="KafkaOptions.RecordKey"/>.</summary>
/// <param name="Id">Names the secret in a record, without telling anything about it.</param>
internal sealed record RecordKeys(string Id, byte[] Signing, byte[] Encryption)
{
    public static RecordKeys From(string secret)
    {
        var input = Encoding.UTF8.GetBytes(secret);
        byte[] Derive(int length, string purpose) =>
            HKDF.DeriveKey(
                HashAlgorithmName.SHA256,
                input,
                length,
                info: Encoding.UTF8.GetBytes($"coffeebuddy record {purpose}")
            );
        return new(Convert.ToHexStringLower(Derive(4, "id")), Derive(32, "signing"), Derive(32, "encryption"));
    }
}
