using System.Text.Json;
using CoffeeBuddy.Functions.Security;

namespace CoffeeBuddy.Functions.Tests;

public sealed class CallerTests
{
    private const string Claim = "slack_user_id";

    [Theory]
    [InlineData("""{"sub":"s","scope":"openid coffee.service","slack_user_id":"U1"}""")]
    [InlineData("""{"sub":"s","scp":["openid","coffee.service"],"ext":{"slack_user_id":"U1"}}""")]
    [InlineData("""{"sub":"s","scp":"openid coffee.service","slack_user_id":"U1","ext":{"slack_user_id":"U2"}}""")]
    [InlineData("""{"sub":"s","scp":["openid"],"scope":"coffee.service","slack_user_id":"U1"}""")]
    public void Claims_are_read_in_the_format_of_each_issuer(string json)
    {
        var caller = Caller.From(Elements(json), Claim);

        Assert.Equal(("s", "U1"), (caller.Subject, caller.UserId));
        Assert.Equal(["coffee.service", "openid"], caller.Scopes.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Claims_are_read_as_the_token_handler_returns_them()
    {
        var claims = new Dictionary<string, object>
        {
            ["sub"] = "s",
            ["scp"] = new List<object> { "coffee.admin" },
            [Claim] = "U1",
        };

        var caller = Caller.From(claims, Claim);

        Assert.Equal(("U1", true), (caller.UserId, caller.IsAdmin));
    }

    [Fact]
    public void A_person_with_the_service_scope_is_no_service()
    {
        Assert.True(Caller.From(Elements("""{"sub":"s","scope":"coffee.service"}"""), Claim).IsService);
        Assert.False(
            Caller.From(Elements("""{"sub":"s","scope":"coffee.service","slack_user_id":"U1"}"""), Claim).IsService
        );
        Assert.False(
            Caller.From(Elements("""{"sub":"s","scope":"coffee.services xcoffee.service"}"""), Claim).IsService
        );
    }

    [Fact]
    public void A_service_without_a_subject_is_identified_by_its_client_id() =>
        Assert.Equal("reports", Caller.From(Elements("""{"client_id":"reports"}"""), Claim).Subject);

    [Theory]
    [InlineData("""{"sub":"s"}""")]
    [InlineData("""{"sub":"s","scp":[],"scope":"","ext":{}}""")]
    [InlineData("""{"sub":"s","ext":"U1"}""")]
    [InlineData("""{"sub":"s","ext":null,"scope":null}""")]
    public void Missing_claims_give_no_rights(string json)
    {
        var caller = Caller.From(Elements(json), Claim);

        Assert.Null(caller.UserId);
        Assert.False(caller.IsService || caller.IsAdmin);
    }

    private static Dictionary<string, object> Elements(string json) =>
        JsonDocument
            .Parse(json)
            .RootElement.EnumerateObject()
            .ToDictionary(claim => claim.Name, claim => (object)claim.Value);
}
