using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using YamlDotNet.RepresentationModel;

namespace CoffeeBuddy.Infrastructure.Kong;

/// <summary>deploy/kong/add-keys.mjs: the issuer's keys in kong.yml.</summary>
public sealed class IssuerKeyTests
{
    [Fact]
    public async Task Each_signature_key_of_the_issuer_becomes_a_credential_under_its_kid()
    {
        using var first = RSA.Create(2048);
        using var second = RSA.Create(2048);
        var jwks = new
        {
            keys = new[] { Jwk(first, "k1", "sig"), Jwk(second, "k2", "sig"), Jwk(first, "for-encryption", "enc") },
        };

        var root = await AddKeysAsync(JsonSerializer.Serialize(jwks));

        var secrets = root.List("consumers").Single().List("jwt_secrets");
        Assert.Equal(["k1", "k2"], secrets.Select(secret => secret.Text("key")));
        foreach (var (secret, key) in secrets.Zip([first, second]))
        {
            Assert.Empty(secret.Keys().Except(KongSchema.JwtSecret));
            Assert.Equal("RS256", secret.Text("algorithm"));
            using var read = RSA.Create();
            read.ImportFromPem(secret.Text("rsa_public_key"));
            Assert.Equal(key.ExportParameters(false).Modulus, read.ExportParameters(false).Modulus);
        }
    }

    [Fact]
    public async Task Without_a_key_nothing_is_written()
    {
        var (code, output, errors) = await RunAsync("""{"keys":[]}""");

        Assert.NotEqual(0, code);
        Assert.Empty(output);
        Assert.Contains("no RSA key", errors, StringComparison.Ordinal);
    }

    private static object Jwk(RSA key, string kid, string use)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return new
        {
            kty = "RSA",
            kid,
            use,
            alg = "RS256",
            n = WebEncoders.Base64UrlEncode(parameters.Modulus!),
            e = WebEncoders.Base64UrlEncode(parameters.Exponent!),
        };
    }

    private static async Task<YamlNode> AddKeysAsync(string jwks)
    {
        var (code, output, errors) = await RunAsync(jwks);
        Assert.True(code == 0, errors);
        var stream = new YamlStream();
        stream.Load(new StringReader(output));
        return stream.Documents.Single().RootNode;
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(string jwks)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, jwks, TestContext.Current.CancellationToken);
            return await Programs.RunAsync(
                "node",
                ["deploy/kong/add-keys.mjs", file],
                input: await File.ReadAllTextAsync(
                    Repository.File("deploy", "kong", "kong.yml"),
                    TestContext.Current.CancellationToken
                ),
                package: "nodejs"
            );
        }
        finally
        {
            File.Delete(file);
        }
    }
}
