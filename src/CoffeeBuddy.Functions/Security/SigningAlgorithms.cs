using Microsoft.IdentityModel.Tokens;

namespace CoffeeBuddy.Functions.Security;

/// <summary>
/// The signature algorithms accepted, all asymmetric (RFC 7518, 3.1), and the keys that they go with.
/// </summary>
internal static class SigningAlgorithms
{
    private const int SmallestRsaKey = 2048;

    /// <summary>The curve of each algorithm; null for RSA.</summary>
    private static readonly Dictionary<string, string?> Curves = new(StringComparer.Ordinal)
    {
        [SecurityAlgorithms.RsaSha256] = null,
        [SecurityAlgorithms.RsaSha384] = null,
        [SecurityAlgorithms.RsaSha512] = null,
        [SecurityAlgorithms.RsaSsaPssSha256] = null,
        [SecurityAlgorithms.RsaSsaPssSha384] = null,
        [SecurityAlgorithms.RsaSsaPssSha512] = null,
        [SecurityAlgorithms.EcdsaSha256] = JsonWebKeyECTypes.P256,
        [SecurityAlgorithms.EcdsaSha384] = JsonWebKeyECTypes.P384,
        [SecurityAlgorithms.EcdsaSha512] = JsonWebKeyECTypes.P521,
    };

    public static IEnumerable<string> Names => Curves.Keys;

    public static bool Contains(string algorithm) => Curves.ContainsKey(algorithm);

    /// <summary>
    /// Whether the issuer published the key for this algorithm (RFC 7517, 4.1 to 4.4). A key that names its algorithm
    /// verifies no other.
    /// </summary>
    public static bool MayVerify(JsonWebKey key, string algorithm) =>
        Curves.TryGetValue(algorithm, out var curve)
        && (key.Alg is null || key.Alg == algorithm)
        && key.Use is null or "sig"
        && (key.KeyOps.Count == 0 || key.KeyOps.Contains("verify"))
        && (
            curve is null
                ? key.Kty == JsonWebAlgorithmsKeyTypes.RSA && key.KeySize >= SmallestRsaKey
                : key.Kty == JsonWebAlgorithmsKeyTypes.EllipticCurve && key.Crv == curve
        );
}
