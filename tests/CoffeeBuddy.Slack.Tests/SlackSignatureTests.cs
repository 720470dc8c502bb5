using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CoffeeBuddy.Slack.Payloads;
using Xunit;

namespace CoffeeBuddy.Slack.Tests;

public sealed class SlackSignatureTests
{
    private const string Secret = "a-signing-secret";
    private const string Timestamp = "1767600000";
    private static readonly DateTimeOffset SentAt = DateTimeOffset.FromUnixTimeSeconds(1767600000);
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("command=%2Fcoffee&text=caf%C3%A9");

    [Fact]
    public void A_signature_in_the_format_of_Slack_is_accepted() =>
        Assert.Equal(SignatureResult.Valid, Verify(Timestamp, Sign(Secret, Timestamp, Body)));

    // Computed with: printf 'v0:1767600000:command=%%2Fcoffee&text=caf%%C3%%A9' | openssl dgst -sha256 -hmac
    // a-signing-secret
    [Fact]
    public void A_signature_computed_by_openssl_is_accepted() =>
        Assert.Equal(
            SignatureResult.Valid,
            Verify(Timestamp, "v0=a5022226dfa88f11d030ae10d51402f6c6cbf3a2b4b63912e27acbf9a332f652")
        );

    [Fact]
    public void The_examples_of_the_Slack_libraries_are_accepted()
    {
        using var vectors = JsonDocument.Parse(Shared.ReadOrSkip("signature_vectors.json"));

        Assert.All(
            vectors.RootElement.EnumerateArray(),
            vector =>
            {
                string Field(string name) => vector.GetProperty(name).GetString()!;
                var now = DateTimeOffset.FromUnixTimeSeconds(long.Parse(Field("timestamp")));
                Assert.Equal(
                    SignatureResult.Valid,
                    SlackSignature.Verify(
                        Field("signing_secret"),
                        Field("timestamp"),
                        Field("signature"),
                        Encoding.UTF8.GetBytes(Field("body")),
                        now
                    )
                );
            }
        );
    }

    [Theory]
    [InlineData(300, SignatureResult.Valid)]
    [InlineData(-300, SignatureResult.Valid)]
    [InlineData(301, SignatureResult.Stale)]
    [InlineData(-301, SignatureResult.Stale)]
    public void A_request_more_than_300_seconds_in_the_past_or_future_is_refused(
        int seconds,
        SignatureResult expected
    ) =>
        Assert.Equal(
            expected,
            SlackSignature.Verify(Secret, Timestamp, Sign(Secret, Timestamp, Body), Body, SentAt.AddSeconds(seconds))
        );

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public void Without_a_secret_nothing_is_accepted(string? secret) =>
        Assert.Equal(
            SignatureResult.NoSecret,
            SlackSignature.Verify(secret, Timestamp, Sign(secret ?? "", Timestamp, Body), Body, SentAt)
        );

    [Theory]
    [InlineData(null, "v0=00")]
    [InlineData("", "v0=00")]
    [InlineData(Timestamp, null)]
    [InlineData(Timestamp, "")]
    public void A_missing_header_has_its_own_result(string? timestamp, string? signature) =>
        Assert.Equal(SignatureResult.MissingHeader, Verify(timestamp, signature));

    [Theory]
    [InlineData("yesterday")]
    [InlineData("-1767600000")]
    [InlineData(" 1767600000")]
    [InlineData("1767600000.5")]
    [InlineData("99999999999999999999")]
    [InlineData("999999999999")]
    public void A_timestamp_that_is_not_a_number_of_seconds_is_malformed(string timestamp) =>
        Assert.Equal(SignatureResult.Malformed, Verify(timestamp, Sign(Secret, timestamp, Body)));

    [Fact]
    public void A_signature_in_another_format_is_malformed()
    {
        var signature = Sign(Secret, Timestamp, Body);
        string[] malformed =
        [
            signature[3..],
            "v1" + signature[2..],
            signature[..^1],
            signature + "0",
            "v0=" + signature[3..].ToUpperInvariant(),
            "v0=" + new string('g', 64),
        ];

        Assert.All(malformed, text => Assert.Equal(SignatureResult.Malformed, Verify(Timestamp, text)));
    }

    [Fact]
    public void Another_body_timestamp_or_secret_does_not_match()
    {
        Assert.Equal(SignatureResult.Mismatch, Verify(Timestamp, Sign(Secret, Timestamp, [.. Body, (byte)'\n'])));
        Assert.Equal(SignatureResult.Mismatch, Verify(Timestamp, Sign(Secret, "1767600001", Body)));
        Assert.Equal(SignatureResult.Mismatch, Verify(Timestamp, Sign("another secret", Timestamp, Body)));
    }

    [Fact]
    public void During_a_rotation_both_secrets_are_accepted_but_no_third()
    {
        string[] secrets = ["new", "old"];
        SignatureResult With(string secret) =>
            SlackSignature.Verify(secrets, Timestamp, Sign(secret, Timestamp, Body), Body, SentAt);

        Assert.Equal(SignatureResult.Valid, With("new"));
        Assert.Equal(SignatureResult.Valid, With("old"));
        Assert.Equal(SignatureResult.Mismatch, With("older"));
    }

    private static SignatureResult Verify(string? timestamp, string? signature) =>
        SlackSignature.Verify(Secret, timestamp, signature, Body, SentAt);

    private static string Sign(string secret, string timestamp, byte[] body) =>
        "v0="
        + Convert.ToHexStringLower(
            HMACSHA256.HashData(
                Encoding.UTF8.GetBytes(secret),
                (byte[])[.. Encoding.UTF8.GetBytes($"v0:{timestamp}:"), .. body]
            )
        );
}
