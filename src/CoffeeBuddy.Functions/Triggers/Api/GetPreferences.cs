using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Users;
using CoffeeBuddy.Functions.Runs;
using CoffeeBuddy.Functions.Security;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.Payloads;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Api;

/// <summary><c>GET /api/v1/users/{user_id}/preferences</c>: a person's last three different drinks.</summary>
public sealed class GetPreferences(PreferenceStore preferences, Permissions permissions)
{
    [Function(nameof(GetPreferences))]
    [BearerToken]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/users/{userId}/preferences")]
            HttpRequest request,
        string userId,
        FunctionContext context
    )
    {
        if (!SlackIds.IsUserId(userId))
            throw ApiRequest.Invalid("The address does not contain a Slack user id.");
        await permissions.RequireAsync(permissions.OfCaller(context.Caller()), Operation.SeePreferences, userId);
        var last = await preferences.LastAsync(userId, OrderRules.LastDrinks, context.CancellationToken);
        return TypedResults.Json(
            new PreferenceList(userId, [.. last.Select(PreferenceResource.From)]),
            ApiJson.Default.PreferenceList
        );
    }
}
