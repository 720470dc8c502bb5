using System.Text.Json;
using CoffeeBuddy.Functions.Security;

namespace CoffeeBuddy.Functions.Tests;

public sealed class CallerTests
{
    [Theory]
    [InlineData("""{"sub":"s","scope":"openid coffee.service","slack_user_id":"U1"}""")]
    [InlineData("""{"sub":"s","scp":["openid","coffee.service"],"ext":{"slack_user_id":"U1"}}""")]
    [InlineData("""{"sub":"s","scp":"openid coffee.service","slack_user_id":"U1","ext":{"slack_user_id":"U1"}}""")]
    [InlineData(
        """{"sub":"s","scp":["openid","coffee.service"],"scope":"coffee.service openid","slack_user_id":"U1"}"""
    )]
    public void Claims_are_read_in_the_format_of_each_issuer(string json)
    {
        var caller = From(json);

        Assert.Equal(("s", "U1"), (caller.Subject, caller.UserId));
        Assert.Equal(["coffee.service", "openid"], caller.Scopes.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_person_with_the_service_scope_is_no_service()
    {
        Assert.True(From("""{"sub":"s","scope":"coffee.service"}""").IsService);
        Assert.False(From("""{"sub":"s","scope":"coffee.service","slack_user_id":"U1"}""").IsService);
        Assert.False(From("""{"sub":"s","scope":"coffee.services xcoffee.service"}""").IsService);
    }

    [Theory]
    [InlineData("""{"sub":"s","scope":"coffee.service","slack_user_id":7}""")]
    [InlineData("""{"sub":"s","scope":"coffee.service","slack_user_id":null}""")]
    [InlineData("""{"sub":"s","scope":"coffee.service","slack_user_id":true}""")]
    [InlineData("""{"sub":"s","scope":"coffee.service","slack_user_id":["U1"]}""")]
    [InlineData("""{"sub":"s","scope":"coffee.service","slack_user_id":{"id":"U1"}}""")]
    [InlineData("""{"sub":"s","scope":"coffee.service","ext":{"slack_user_id":7}}""")]
    [InlineData("""{"sub":"s","scope":"coffee.service","slack_user_id":"U1","ext":{"slack_user_id":7}}""")]
    [InlineData("""{"sub":"s","scope":"coffee.service","slack_user_id":"U1","ext":{"slack_user_id":"U2"}}""")]
    [InlineData("""{"sub":"s","scp":["openid"],"scope":"coffee.service"}""")]
    [InlineData("""{"sub":"s","scp":7}""")]
    [InlineData("""{"sub":"s","scp":[7]}""")]
    [InlineData("""{"sub":7,"client_id":"s"}""")]
    [InlineData("""{"sub":"","client_id":"s"}""")]
    [InlineData("""{"sub":"s\u0000"}""")]
    [InlineData("{}")]
    public void Claims_that_cannot_be_read_or_that_disagree_make_the_token_invalid(string json) =>
        Assert.Throws<InvalidTokenException>(() => From(json));

    [Fact]
    public void An_element_of_a_list_is_one_scope()
    {
        var caller = From("""{"sub":"s","scp":["coffee.read coffee.service coffee.admin"]}""");

        Assert.Single(caller.Scopes);
        Assert.False(caller.IsService || caller.IsAdmin);
    }

    [Fact]
    public void A_service_without_a_subject_is_identified_by_its_client_id() =>
        Assert.Equal("reports", From("""{"client_id":"reports"}""").Subject);

    [Theory]
    [InlineData("""{"sub":"s"}""")]
    [InlineData("""{"sub":"s","scp":[],"scope":"","ext":{}}""")]
    [InlineData("""{"sub":"s","ext":"U1"}""")]
    [InlineData("""{"sub":"s","ext":null,"scope":null}""")]
    public void Missing_claims_give_no_rights(string json)
    {
        var caller = From(json);

        Assert.Null(caller.UserId);
        Assert.False(caller.IsService || caller.IsAdmin);
    }

    private static Caller From(string json)
    {
        using var claims = JsonDocument.Parse(json);
        return Caller.From(claims.RootElement, "slack_user_id");
    }
}
