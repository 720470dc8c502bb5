using SlackSimulator.Json;
using SlackSimulator.Model;

namespace SlackSimulator.WebApi;

/// <summary>
/// <c>users.info</c>, <c>users.list</c>, <c>users.lookupByEmail</c>, <c>users.profile.get</c>,
/// <c>users.getPresence</c>.
/// </summary>
internal sealed class UserMethods(Workspace workspace) : IMethodFamily
{
    public IEnumerable<Method> All =>
        [
            new("users.info", Tier.Four, Info, ["users:read"], TakesJson: false),
            new("users.list", Tier.Two, List, ["users:read"], TakesJson: false),
            new("users.lookupByEmail", Tier.Three, LookupByEmail, ["users:read.email"], TakesJson: false),
            new("users.profile.get", Tier.Four, GetProfile, ["users.profile:read"], TakesJson: false),
            new("users.getPresence", Tier.Three, GetPresence, ["users:read"], TakesJson: false),
        ];

    // Without this scope, profiles have no e-mail address.
    private bool MayReadEmail => workspace.App.BotScopes.Contains("users:read.email", StringComparer.Ordinal);

    private JsonObject Info(MethodCall call)
    {
        var person = workspace.PersonById(call.Required("user")) ?? throw new SlackError("user_not_found");
        return new JsonObject { ["user"] = workspace.User(person, MayReadEmail, call.Flag("include_locale")) };
    }

    private JsonObject List(MethodCall call)
    {
        workspace.RequireTeam(call);
        var limit = call.Number("limit", 1000, 1, 1000);
        var (page, next) = call.Page([.. workspace.Users], limit);
        var withLocale = call.Flag("include_locale");
        return new JsonObject
        {
            ["members"] = page.Select(person => (JsonNode)workspace.User(person, MayReadEmail, withLocale))
                .ToJsonArray(),
            ["cache_ts"] = workspace.Clock.Now.ToUnixTimeSeconds(),
            ["response_metadata"] = new JsonObject { ["next_cursor"] = next },
        };
    }

    private JsonObject LookupByEmail(MethodCall call)
    {
        var email = call.Required("email");
        var person =
            workspace.Users.FirstOrDefault(person =>
                !person.Deleted && string.Equals(person.Email, email, StringComparison.OrdinalIgnoreCase)
            ) ?? throw new SlackError("users_not_found");
        return new JsonObject { ["user"] = workspace.User(person) };
    }

    private JsonObject GetProfile(MethodCall call)
    {
        var profile = workspace.Profile(UserOrBot(call), MayReadEmail);
        profile["fields"] = new JsonObject();
        return new JsonObject { ["profile"] = profile };
    }

    private JsonObject GetPresence(MethodCall call)
    {
        var person = UserOrBot(call);
        return new JsonObject { ["presence"] = person.IsAway || person.Deleted ? "away" : "active" };
    }

    private Person UserOrBot(MethodCall call) =>
        workspace.PersonById(call.Text("user") ?? workspace.App.BotUserId) ?? throw new SlackError("user_not_found");
}

internal static class OrgTokens
{
    /// <summary>A token of a whole organisation has no team, so listing needs to say which.</summary>
    public static void RequireTeam(this Workspace workspace, MethodCall call)
    {
        if (!workspace.IsOrgInstall)
            return;
        if (call.Text("team_id") is not { } team)
            throw new SlackError("missing_argument");
        if (!string.Equals(team, workspace.TeamId, StringComparison.Ordinal))
            throw new SlackError("team_not_found");
    }
}
