using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace CoffeeBuddy.Operations.Tokens;

/// <summary>A key of the issuer, and how it is published.</summary>
internal sealed class TestKey
{
    // Made once for each name: the tests ask for dozens, and a key takes up to a second.
    private static readonly ConcurrentDictionary<(string Kid, int Bits), RSA> Keys = new();

    private readonly AsymmetricAlgorithm _key;

    private TestKey(AsymmetricAlgorithm key, string kid, JsonObject jwk)
    {
        (_key, Kid, Jwk) = (key, kid, jwk);
        Jwk["kid"] = kid;
        Jwk["use"] = "sig";
    }

    public string Kid { get; }

    /// <summary>The public key as the issuer publishes it. Tests change it.</summary>
    public JsonObject Jwk { get; }

    public static TestKey Rsa(string kid, int bits = 2048, string? alg = "RS256")
    {
        var rsa = Keys.GetOrAdd((kid, bits), static key => RSA.Create(key.Bits));
        var key = rsa.ExportParameters(includePrivateParameters: false);
        var jwk = new JsonObject
        {
            ["kty"] = "RSA",
            ["n"] = Base64Url.EncodeToString(key.Modulus),
            ["e"] = Base64Url.EncodeToString(key.Exponent),
        };
        if (alg is not null)
            jwk["alg"] = alg;
        return new TestKey(rsa, kid, jwk);
    }

    public static TestKey Ec(string kid, string curve, string? alg)
    {
        var ecdsa = ECDsa.Create(
            curve switch
            {
                "P-256" => ECCurve.NamedCurves.nistP256,
                "P-384" => ECCurve.NamedCurves.nistP384,
                _ => ECCurve.NamedCurves.nistP521,
            }
        );
        var point = ecdsa.ExportParameters(includePrivateParameters: false).Q;
        var jwk = new JsonObject
        {
            ["kty"] = "EC",
            ["crv"] = curve,
            ["x"] = Base64Url.EncodeToString(point.X),
            ["y"] = Base64Url.EncodeToString(point.Y),
        };
        if (alg is not null)
            jwk["alg"] = alg;
        return new TestKey(ecdsa, kid, jwk);
    }

    /// <summary>The signature; for HS256 with the public key as the secret, for any other name none.</summary>
    public byte[] Sign(string algorithm, byte[] data)
    {
        if (algorithm is "HS256")
            return HMACSHA256.HashData(Base64Url.DecodeFromChars((string)Jwk["n"]!), data);
        if (algorithm is not ['R' or 'P' or 'E', 'S', ..])
            return [];
        var hash = algorithm[2..] switch
        {
            "256" => HashAlgorithmName.SHA256,
            "384" => HashAlgorithmName.SHA384,
            _ => HashAlgorithmName.SHA512,
        };
        return _key switch
        {
            RSA rsa => rsa.SignData(
                data,
                hash,
                algorithm[0] == 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1
            ),
            ECDsa ecdsa => ecdsa.SignData(data, hash),
            _ => [],
        };
    }
}
