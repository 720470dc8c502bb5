using SlackSimulator.Json;
using SlackSimulator.Model;
using SlackSimulator.ToApp;

namespace SlackSimulator.WebApi;

/// <summary>
/// <c>api.test</c>, <c>auth.test</c>, <c>team.info</c>, <c>bots.info</c>, <c>apps.connections.open</c>.
/// </summary>
internal sealed class TeamMethods(Workspace workspace, SocketMode socket) : IMethodFamily
{
    public IEnumerable<Method> All =>
        [
            new("api.test", null, ApiTest, [], Token: TokenKind.None),
            new("auth.test", null, _ => AuthTest(), []),
            new("team.info", Tier.Three, _ => TeamInfo(), ["team:read"], TakesJson: false),
            new("bots.info", Tier.Three, BotsInfo, ["users:read"], TakesJson: false),
            new(
                "apps.connections.open",
                Tier.Three,
                _ => new JsonObject { ["url"] = socket.NewAddress().ToString() },
                ["connections:write"],
                Token: TokenKind.App
            ),
        ];

    private static JsonObject ApiTest(MethodCall call)
    {
        var arguments = call.Arguments.Clone();
        arguments.Remove("token");
        return call.Text("error") is { } error
            ? throw new SlackError(error) { Extra = new JsonObject { ["args"] = arguments } }
            : new JsonObject { ["args"] = arguments };
    }

    private JsonObject AuthTest()
    {
        var answer = new JsonObject
        {
            ["url"] = $"https://{workspace.Options.TeamDomain}.slack.com/",
            ["team"] = workspace.Options.TeamName,
            ["user"] = workspace.App.BotName,
            ["team_id"] = workspace.IsOrgInstall ? null : workspace.TeamId,
            ["user_id"] = workspace.App.BotUserId,
            ["bot_id"] = workspace.App.BotId,
            ["is_enterprise_install"] = workspace.IsOrgInstall,
        };
        if (workspace.Enterprise is { } enterprise)
            answer["enterprise_id"] = enterprise.Id;
        return answer;
    }

    private JsonObject TeamInfo()
    {
        var team = new JsonObject
        {
            ["id"] = workspace.TeamId,
            ["name"] = workspace.Options.TeamName,
            ["url"] = $"https://{workspace.Options.TeamDomain}.slack.com/",
            ["domain"] = workspace.Options.TeamDomain,
            ["email_domain"] = "",
            ["icon"] = new JsonObject { ["image_default"] = true },
        };
        if (workspace.Enterprise is { } enterprise)
            (team["enterprise_id"], team["enterprise_name"]) = (enterprise.Id, enterprise.Name);
        return new JsonObject { ["team"] = team };
    }

    private JsonObject BotsInfo(MethodCall call)
    {
        if (call.Text("bot") is { } bot && !string.Equals(bot, workspace.App.BotId, StringComparison.Ordinal))
            throw new SlackError("bot_not_found");
        var profile = workspace.BotProfile();
        profile.Remove("team_id");
        return new JsonObject { ["bot"] = profile };
    }
}
