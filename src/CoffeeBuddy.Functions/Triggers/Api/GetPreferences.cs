using CoffeeBuddy.Core;
using CoffeeBuddy.Data.Users;
using CoffeeBuddy.Functions.Security;
using CoffeeBuddy.Slack.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Triggers.Api;

/// <summary><c>GET /api/v1/users/{user_id}/preferences</c>: a person's last three different drinks. One's own; services and admins see anybody's.</summary>
public sealed class GetPreferences(PreferenceStore preferences, IOptions<CoffeeOptions> options)
{
    private const int Most = 3;

    [Function(nameof(GetPreferences))]
    [BearerToken]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/users/{userId}/preferences")]
            HttpRequest request,
        string userId,
        FunctionContext context
    )
    {
        var caller = context.Caller();
        if (!SlackIds.IsUserId(userId))
            throw ApiRequest.Invalid("The address names no Slack user id.");
        if (caller.UserId != userId && !caller.IsService && !caller.IsAdmin(options.Value))
            throw ApiRequest.Forbidden("People see only their own preferences.");
        var last = await preferences.LastAsync(userId, Most, context.CancellationToken);
        return Results.Json(
            new PreferenceList(userId, [.. last.Select(PreferenceResource.From)]),
            ApiJson.Default.PreferenceList
        );
    }
}
