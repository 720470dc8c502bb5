using System.Text;
using SlackSimulator.ToApp;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>Each of the three addresses reads only requests that Slack has signed within the last minutes.</summary>
public sealed class SignatureTests(ApiOffice office)
{
    private static readonly byte[] Body = Encoding.UTF8.GetBytes(
        """{"type":"url_verification","challenge":"a-challenge"}"""
    );

    public static TheoryData<string, string, string> Refused
    {
        get
        {
            var cases = new TheoryData<string, string, string>();
            foreach (
                var (path, function) in (ReadOnlySpan<(string, string)>)
                    [
                        ("slack/commands", "SlackCommands"),
                        ("slack/interactions", "SlackInteractions"),
                        ("slack/events", "SlackEvents"),
                    ]
            )
            {
                foreach (
                    var kind in (ReadOnlySpan<string>)
                        [
                            "another secret",
                            "another body",
                            "no signature",
                            "no timestamp",
                            "stale",
                            "future",
                            "no number",
                            "capitals",
                            "version 1",
                            "empty",
                        ]
                )
                    cases.Add(path, function, kind);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_request_not_signed_by_Slack_is_refused(string path, string function, string kind)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var timestamp = (
            kind switch
            {
                "stale" => now - 330,
                "future" => now + 330,
                _ => now,
            }
        ).ToString();
        var signature = RequestSigner.Sign(
            kind == "another secret" ? "guessed" : SlackSender.Secret,
            timestamp,
            kind == "another body" ? "other"u8.ToArray() : Body
        );
        (string? sentTimestamp, string? sentSignature, var reason) = kind switch
        {
            "no signature" => (timestamp, null, "MissingHeader"),
            "no timestamp" => (null, signature, "MissingHeader"),
            "no number" => ("now", signature, "Malformed"),
            "capitals" => (timestamp, "v0=" + signature[3..].ToUpperInvariant(), "Malformed"),
            "version 1" => (timestamp, "v1=" + signature[3..], "Malformed"),
            "empty" => (timestamp, "v0=", "Malformed"),
            "stale" or "future" => (timestamp, signature, "Stale"),
            _ => (timestamp, signature, "Mismatch"),
        };

        var answer = await office.RefusesAsync(
            function,
            401,
            () => office.Slack.PostAsync(path, Body, sentTimestamp, sentSignature),
            signature
        );

        answer.IsProblem(401, "The request is not signed by Slack.", $"Signature: {reason}.");
    }

    [Fact]
    public async Task A_request_signed_by_Slack_is_read()
    {
        var answer = (await office.Slack.PostAsync("slack/events", Body)).Is(200);

        Assert.Equal(("text/plain", "a-challenge"), (answer.MediaType, answer.Text));
    }

    [Theory]
    [InlineData("slack/commands")]
    [InlineData("slack/interactions")]
    [InlineData("slack/events")]
    public async Task Slacks_certificate_check_is_answered_without_a_signature(string path)
    {
        Assert.Empty((await office.Slack.GetAsync($"{path}?ssl_check=1&token=anything")).Is(200).Text);
        (await office.Slack.GetAsync(path)).IsProblem(400, "Nothing to read here.", "Slack posts to this address.");
    }
}
