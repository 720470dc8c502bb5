using System.Text.Json.Nodes;

namespace CoffeeBuddy.Functions.Tests;

public sealed class PreferencesTests(ApiOffice office)
{
    private readonly string _noor = ApiOffice.NewUser();

    [Fact]
    public async Task The_last_three_different_drinks_are_listed_the_latest_first()
    {
        foreach (var drink in (string[])["Mocha", "Latte", "Tea", "latte", "Espresso"])
        {
            var run = await office.Api.OpenRunAsync(office.Service(), ApiOffice.NewUser());
            (await office.Api.OrderAsync(office.Service(), run, _noor, drink)).Is(201);
        }

        var answer = (await office.Api.GetAsync($"users/{_noor}/preferences", office.Person(_noor))).Is(200);

        Assert.Equal(_noor, (string?)answer.Json["user_id"]);
        Assert.Equal(
            ["Espresso 1", "Latte 2", "Tea 1"],
            ((JsonArray)answer.Json["preferences"]!).Select(preference =>
                $"{preference!["drink_type"]} {preference["order_count"]}"
            )
        );
    }

    [Fact]
    public async Task A_person_without_orders_has_no_preferences() =>
        Assert.Empty(
            (JsonArray)
                (await office.Api.GetAsync($"users/{_noor}/preferences", office.Person(_noor))).Is(200).Json[
                    "preferences"
                ]!
        );

    [Fact]
    public async Task Services_and_admins_see_all_preferences_and_people_only_their_own()
    {
        (await office.Api.GetAsync($"users/{_noor}/preferences", office.Service())).Is(200);
        (
            await office.Api.GetAsync($"users/{_noor}/preferences", office.Person(ApiOffice.NewUser(), "coffee.admin"))
        ).Is(200);

        var answer = await office.RefusesAsync(
            "GetPreferences",
            403,
            () => office.Api.GetAsync($"users/{_noor}/preferences", office.Person(ApiOffice.NewUser()))
        );

        answer.IsProblem(403, "Not allowed.", "You can see only your own preferences.");
    }

    [Theory]
    [InlineData("noor")]
    [InlineData("U%20")]
    [InlineData("B0BOT")]
    public async Task An_address_without_a_Slack_user_id_is_refused(string userId)
    {
        var answer = await office.RefusesAsync(
            "GetPreferences",
            400,
            () => office.Api.GetAsync($"users/{userId}/preferences", office.Service())
        );

        answer.IsProblem(400, "The request is not valid.", "The address does not contain a Slack user id.");
    }
}
