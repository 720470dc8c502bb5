namespace CoffeeBuddy.Functions.Tests;

/// <summary>The scan that EndToEnd and Chaos do at their end finds what it looks for.</summary>
public sealed class LeakScanTests
{
    [Theory]
    [InlineData("told Ana <ana@example.com>", "an e-mail address")]
    [InlineData("Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln", "a JSON web token")]
    [InlineData("token xoxb-1234-abcd", "a token of Slack")]
    [InlineData("v0=0123456789abcdef0123", "a signature of Slack")]
    [InlineData("https://hooks.slack.com/actions/T0SIM00001/17/abcdefgh", "a response_url")]
    [InlineData("Host=db;Password=open-sesame", "a password")]
    [InlineData("drank a ZANZIBARINO", "\"Zanzibarino\"")]
    public void What_must_not_leave_the_worker_is_found(string text, string what) =>
        Assert.Equal([$"http.log has {what}: {text}"], LeakScan.Find("http.log", ["fine", text], Canaries.All));

    [Fact]
    public void Ids_and_times_are_not() =>
        Assert.Empty(
            LeakScan.Find(
                "http.log",
                ["order in T0SIM00001 by U0NOOR0000: placed", "2026-01-31T08:00:00Z coffee.orders/3@17"],
                Canaries.All
            )
        );
}
