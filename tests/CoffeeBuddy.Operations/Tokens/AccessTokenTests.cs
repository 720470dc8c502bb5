using System.Text.Json.Nodes;

namespace CoffeeBuddy.Operations.Tokens;

/// <summary>Which JWTs of the issuer give access, in Ory Hydra's format and in that of RFC 9068.</summary>
public sealed class AccessTokenTests
{
    private static readonly Dictionary<string, Action<JsonObject, JsonObject>> Changes = new()
    {
        ["nothing"] = (_, _) => { },
        ["its type in other letters"] = (header, _) => header["typ"] = Swapped((string)header["typ"]!),
        ["one audience of several"] = (_, claims) => claims["aud"] = new JsonArray("wiki", FakeIssuer.Audience),
        ["no nbf"] = (_, claims) => claims.Remove("nbf"),
        ["times with fractions"] = (_, claims) => claims["exp"] = (long)claims["exp"]! + 0.5,
        ["other claims"] = (_, claims) => claims["department"] = new JsonObject { ["name"] = "Kitchen" },
        ["headers that are not critical"] = (header, _) => header["jku"] = "https://evil.example/keys",
        ["scopes twice, the same"] = (_, claims) =>
            (claims["scp"], claims["scope"]) = (new JsonArray("coffee.service"), "coffee.service"),
    };

    private static readonly Dictionary<string, Action<JsonObject, JsonObject>> Faults = new()
    {
        ["another issuer"] = (_, claims) => claims["iss"] = "https://other.example.com/",
        ["the issuer without its slash"] = (_, claims) => claims["iss"] = FakeIssuer.Name.TrimEnd('/'),
        ["no issuer"] = (_, claims) => claims.Remove("iss"),
        ["another audience"] = (_, claims) => claims["aud"] = "wiki",
        ["a longer audience"] = (_, claims) => claims["aud"] = new JsonArray(FakeIssuer.Audience + "-admin"),
        ["no audience"] = (_, claims) => claims.Remove("aud"),
        ["an audience in an object"] = (_, claims) => claims["aud"] = new JsonObject { ["a"] = FakeIssuer.Audience },
        ["expired a minute ago"] = (_, claims) => claims["exp"] = (long)claims["iat"]! - 60,
        ["no expiry"] = (_, claims) => claims.Remove("exp"),
        ["an expiry as text"] = (_, claims) => claims["exp"] = claims["exp"]!.ToString(),
        ["an expiry beyond all times"] = (_, claims) => claims["exp"] = 1e300,
        ["valid in a minute"] = (_, claims) => claims["nbf"] = (long)claims["iat"]! + 60,
        ["a text as nbf"] = (_, claims) => claims["nbf"] = "now",
        ["no subject"] = (_, claims) => claims.Remove("sub"),
        ["an empty subject"] = (_, claims) => claims["sub"] = "",
        ["a number as subject"] = (_, claims) => claims["sub"] = 7,
        ["no client"] = (_, claims) => claims.Remove("client_id"),
        ["no id"] = (_, claims) => claims.Remove("jti"),
        ["no time of issue"] = (_, claims) => claims.Remove("iat"),
        ["a time of issue as text"] = (_, claims) => claims["iat"] = "now",
        ["a nonce"] = (_, claims) => claims["nonce"] = "n",
        ["the hash of an access token"] = (_, claims) => claims["at_hash"] = "MTIz",
        ["the hash of a code"] = (_, claims) => claims["c_hash"] = "MTIz",
        ["a logout event"] = (_, claims) =>
            claims["events"] = new JsonObject
            {
                ["http://schemas.openid.net/event/backchannel-logout"] = new JsonObject(),
            },
        ["a key that the client must prove"] = (_, claims) => claims["cnf"] = new JsonObject { ["jkt"] = "x" },
        ["no type"] = (header, _) => header.Remove("typ"),
        ["the type of a logout token"] = (header, _) => header["typ"] = "logout+jwt",
        ["the type of an introspection"] = (header, _) => header["typ"] = "token-introspection+jwt",
        ["a critical extension"] = (header, _) => header["crit"] = new JsonArray("exp"),
        ["an empty list of critical extensions"] = (header, _) => header["crit"] = new JsonArray(),
        ["no key"] = (header, _) => header.Remove("kid"),
        ["a number as key"] = (header, _) => header["kid"] = 1,
        ["no algorithm"] = (header, _) => header.Remove("alg"),
        ["the algorithm none"] = (header, _) => header["alg"] = "none",
        ["the public key as a secret"] = (header, _) => header["alg"] = "HS256",
        ["another algorithm than its key's"] = (header, _) => header["alg"] = "PS256",
        ["a number as user id"] = (_, claims) => claims["slack_user_id"] = 7,
        ["null as user id"] = (_, claims) => claims["slack_user_id"] = null,
        ["a list as user id"] = (_, claims) => claims["slack_user_id"] = new JsonArray("U1"),
        ["a number as the application's user id"] = (_, claims) =>
            claims["ext"] = new JsonObject { ["slack_user_id"] = 7 },
        ["two user ids"] = (_, claims) =>
            (claims["slack_user_id"], claims["ext"]) = ("U1", new JsonObject { ["slack_user_id"] = "U2" }),
        ["a number as scopes"] = (_, claims) => claims["scp"] = 1,
        ["a list of numbers as scopes"] = (_, claims) => claims["scope"] = new JsonArray(1),
        ["scopes twice, different ones"] = (_, claims) =>
            (claims["scp"], claims["scope"]) = (new JsonArray("coffee.service"), "coffee.admin"),
    };

    /// <summary>RFC 9068 tokens can have these claims, but in Hydra's only id_tokens do.</summary>
    private static readonly string[] OfIdTokensOfHydra = ["azp", "auth_time", "acr", "amr", "sid", "rat"];

    public static TheoryData<bool, string> Good => Both(Changes.Keys);

    public static TheoryData<bool, string> Bad => Both(Faults.Keys);

    [Theory]
    [MemberData(nameof(Good))]
    public async Task An_access_token_is_accepted_with(bool hydra, string change)
    {
        await using var gate = new TokenGate();

        var admission = await gate.SendAsync(Token(gate, hydra, Changes[change]));

        Assert.Equal((200, "kiosk", true), (admission.Status, admission.Caller?.Subject, admission.Caller?.IsService));
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_token_is_refused_with(bool hydra, string fault)
    {
        await using var gate = new TokenGate();

        var admission = await gate.SendAsync(Token(gate, hydra, Faults[fault]));

        Assert.Equal((401, "Bearer error=\"invalid_token\""), (admission.Status, admission.Challenge));
    }

    [Theory]
    [InlineData("application/at+jwt", 200)]
    [InlineData("Application/AT+JWT", 200)]
    [InlineData("application/jwt", 401)]
    [InlineData("at+jwt2", 401)]
    public async Task The_type_decides(string type, int status)
    {
        await using var gate = new TokenGate();

        Assert.Equal(status, await gate.StatusAsync(gate.Issuer.Rfc9068((header, _) => header["typ"] = type)));
    }

    [Fact]
    public async Task Claims_about_the_login_are_of_access_tokens_in_one_format_and_of_id_tokens_in_the_other()
    {
        await using var gate = new TokenGate();
        foreach (var name in OfIdTokensOfHydra)
        {
            Assert.Equal(200, await gate.StatusAsync(gate.Issuer.Rfc9068((_, claims) => claims[name] = "x")));
            Assert.Equal(401, await gate.StatusAsync(gate.Issuer.Hydra((_, claims) => claims[name] = "x")));
        }
    }

    [Fact]
    public async Task The_id_token_of_a_client_whose_name_is_the_audience_is_refused()
    {
        await using var gate = new TokenGate();

        // As Hydra issues it for client_credentials-like logins: without nonce and at_hash.
        var token = gate.Issuer.Hydra(
            (_, claims) =>
            {
                foreach (var name in (string[])["client_id", "scp", "ext", "nbf"])
                    claims.Remove(name);
                claims["auth_time"] = claims["iat"]!.DeepClone();
                claims["rat"] = claims["iat"]!.DeepClone();
                claims["sid"] = "5d8e5a2c";
                claims["slack_user_id"] = "U0NOOR0000";
            }
        );

        Assert.Equal(401, await gate.StatusAsync(token));
    }

    [Fact]
    public async Task A_Hydra_token_always_has_its_scopes_also_when_there_are_none()
    {
        await using var gate = new TokenGate();

        Assert.Equal(200, await gate.StatusAsync(gate.Issuer.Hydra((_, claims) => claims["scp"] = new JsonArray())));
        Assert.Equal(401, await gate.StatusAsync(gate.Issuer.Hydra((_, claims) => claims.Remove("scp"))));
    }

    [Fact]
    public async Task An_element_of_the_list_of_scopes_is_one_scope()
    {
        await using var gate = new TokenGate();

        var admission = await gate.SendAsync(
            gate.Issuer.Hydra((_, claims) => claims["scp"] = new JsonArray("coffee.read coffee.service coffee.admin"))
        );

        Assert.Equal((200, false, false), (admission.Status, admission.Caller!.IsService, admission.Caller.IsAdmin));
    }

    [Theory]
    [InlineData("""{"alg":"RS256","typ":"JWT","kid":"first","kid":"first"}""", "{}")]
    [InlineData("""{"alg":"RS256","typ":"JWT","kid":"first"}""", """{"sub":"a","sub":"b"}""")]
    [InlineData("""{"alg":"RS256","typ":"JWT","kid":"first"}""", """{"sub":"\ud800"}""")]
    [InlineData("""{"alg":"RS256","typ":"JWT","kid":"first"}""", """{"\ud800":"x"}""")]
    [InlineData("""{"alg":"RS256","typ":"JWT","kid":"first"}""", """["sub"]""")]
    [InlineData("""{"alg":"RS256","typ":"JWT","kid":"first"}""", "")]
    [InlineData("words", "{}")]
    public async Task JSON_that_can_be_read_in_two_ways_or_not_at_all_is_refused(string header, string claims)
    {
        await using var gate = new TokenGate();

        Assert.Equal(401, await gate.StatusAsync(FakeIssuer.Jwt(header, claims)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("a,b")]
    [InlineData("..")]
    [InlineData("täst")]
    [InlineData("a.b.c")]
    [InlineData("=")]
    public async Task What_is_no_token_is_refused_without_a_question(string token)
    {
        await using var gate = new TokenGate();

        Assert.Equal(401, await gate.StatusAsync(token));
        Assert.Empty(gate.Issuer.Sent);
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("RS384")]
    [InlineData("RS512")]
    [InlineData("PS256")]
    [InlineData("PS384")]
    [InlineData("PS512")]
    public async Task Every_asymmetric_algorithm_is_accepted_from_an_RSA_key_for_it(string algorithm)
    {
        var key = TestKey.Rsa("rsa", alg: algorithm);
        await AcceptsAsync(key, algorithm);
        key.Jwk.Remove("alg");
        key.Jwk.Remove("use");
        await AcceptsAsync(key, algorithm);
        key.Jwk["alg"] = algorithm == "RS256" ? "PS256" : "RS256";
        await AcceptsAsync(key, algorithm, 401);
    }

    [Theory]
    [InlineData("ES256", "P-256")]
    [InlineData("ES384", "P-384")]
    [InlineData("ES512", "P-521")]
    public async Task Every_elliptic_algorithm_is_accepted_from_a_key_of_its_curve(string algorithm, string curve)
    {
        await AcceptsAsync(TestKey.Ec("ec", curve, algorithm), algorithm);
        await AcceptsAsync(TestKey.Ec("ec", curve, alg: null), algorithm);
        await AcceptsAsync(TestKey.Ec("ec", curve == "P-256" ? "P-384" : "P-256", alg: null), algorithm, 401);
    }

    [Fact]
    public async Task A_key_for_something_else_verifies_nothing()
    {
        await AcceptsAsync(With("use", "enc"), "RS256", 401);
        await AcceptsAsync(With("key_ops", new JsonArray("encrypt")), "RS256", 401);
        await AcceptsAsync(With("key_ops", new JsonArray("verify")), "RS256");
        await AcceptsAsync(With("kid", "other"), "RS256", 401);
        await AcceptsAsync(With("kid", "RSA"), "RS256", 401);
        await AcceptsAsync(With("alg", "RS384"), "RS256", 401);
        await AcceptsAsync(TestKey.Rsa("rsa", bits: 1024), "RS256", 401);

        static TestKey With(string name, JsonNode value)
        {
            var key = TestKey.Rsa("rsa");
            key.Jwk[name] = value;
            return key;
        }
    }

    [Fact]
    public async Task A_secret_among_the_published_keys_verifies_nothing()
    {
        await using var gate = new TokenGate();
        var secret = TestKey.Rsa("secret");
        secret.Jwk["kty"] = "oct";
        secret.Jwk["k"] = (string)secret.Jwk["n"]!;
        secret.Jwk["alg"] = "HS256";
        gate.Issuer.Published.Add(secret);

        Assert.Equal(401, await gate.StatusAsync(gate.Issuer.Hydra((header, _) => header["alg"] = "HS256", secret)));
    }

    [Fact]
    public async Task A_signature_of_another_key_with_the_same_id_is_refused()
    {
        await using var gate = new TokenGate();

        Assert.Equal(
            401,
            await gate.StatusAsync(gate.Issuer.Hydra((header, _) => header["kid"] = "first", FakeIssuer.Second))
        );
    }

    private static async Task AcceptsAsync(TestKey key, string algorithm, int status = 200)
    {
        await using var gate = new TokenGate();
        gate.Issuer.Published.Add(key);
        // The second time the key is known, so that nothing waits for another read.
        await gate.StatusAsync(gate.Issuer.Hydra());

        var answer = gate.StatusAsync(gate.Issuer.Rfc9068((header, _) => header["alg"] = algorithm, key));

        Assert.Equal(status, await gate.Time.DriveAsync(answer));
    }

    private static string Token(TokenGate gate, bool hydra, Action<JsonObject, JsonObject> change) =>
        hydra ? gate.Issuer.Hydra(change) : gate.Issuer.Rfc9068(change);

    private static TheoryData<bool, string> Both(IEnumerable<string> changes)
    {
        var data = new TheoryData<bool, string>();
        foreach (var change in changes)
        {
            data.Add(true, change);
            data.Add(false, change);
        }

        return data;
    }

    private static string Swapped(string text) =>
        string.Concat(
            text.Select(letter => char.IsUpper(letter) ? char.ToLowerInvariant(letter) : char.ToUpperInvariant(letter))
        );
}
