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
    public void Every_issuers_way_to_write_it_is_understood(string json)
    {
        var caller = Caller.From(Elements(json), Claim);

        Assert.Equal(("s", "U1"), (caller.Subject, caller.UserId));
        Assert.Equal(["coffee.service", "openid"], caller.Scopes.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Claims_as_the_token_handler_gives_them_are_understood()
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
    public void A_person_is_no_service_whatever_the_scopes_say()
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
    public void A_service_without_a_subject_is_known_by_its_client() =>
        Assert.Equal("reports", Caller.From(Elements("""{"client_id":"reports"}"""), Claim).Subject);

    [Theory]
    [InlineData("""{"sub":"s"}""")]
    [InlineData("""{"sub":"s","scp":[],"scope":"","ext":{}}""")]
    [InlineData("""{"sub":"s","ext":"U1"}""")]
    [InlineData("""{"sub":"s","ext":null,"scope":null}""")]
    public void What_is_not_there_gives_no_right(string json)
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
