using SlackSimulator.Model;
using SlackSimulator.ToApp;

namespace SlackSimulator.WebApi;

/// <summary><c>oauth.v2.access</c>: exchanges the code of the consent page for the bot token.</summary>
internal sealed class OAuthMethods(Workspace workspace, AppSettings app, Installations installations, Webhooks webhooks)
    : IMethodFamily
{
    public IEnumerable<Method> All =>
        [new("oauth.v2.access", Tier.Four, Access, [], TakesJson: false, Token: TokenKind.None)];

    private JsonObject Access(MethodCall call)
    {
        if (call.Text("client_id") != workspace.App.ClientId)
            throw new SlackError("invalid_client_id");
        if (call.Text("client_secret") != workspace.App.ClientSecret)
            throw new SlackError("bad_client_secret");
        if (call.Text("grant_type") is not (null or "authorization_code"))
            throw new SlackError("invalid_grant_type");
        var consent = installations.Exchange(call.Text("code") ?? "") ?? throw new SlackError("invalid_code");
        if (consent.RedirectUri is { } named && call.Text("redirect_uri") is var given && given != named)
            throw new SlackError("bad_redirect_uri");
        // From now on the token has the scopes that were allowed, and no others.
        app.Set(current => current with { BotScopes = consent.Scopes });
        return Answer(consent);
    }

    private JsonObject Answer(Consent consent)
    {
        var answer = new JsonObject
        {
            ["app_id"] = workspace.App.AppId,
            ["authed_user"] = new JsonObject { ["id"] = consent.Person.Id },
            ["scope"] = string.Join(',', consent.Scopes),
            ["token_type"] = "bot",
            ["access_token"] = workspace.App.BotToken,
            ["bot_user_id"] = workspace.App.BotUserId,
            ["team"] = workspace.IsOrgInstall
                ? null
                : new JsonObject { ["id"] = workspace.TeamId, ["name"] = workspace.Options.TeamName },
            ["enterprise"] = workspace.Enterprise is { } enterprise
                ? new JsonObject { ["id"] = enterprise.Id, ["name"] = enterprise.Name }
                : null,
            ["is_enterprise_install"] = workspace.IsOrgInstall,
        };
        if (consent.Channel is { } channel)
            answer["incoming_webhook"] = new JsonObject
            {
                ["channel"] = channel.IsNamed ? "#" + channel.Name : channel.PayloadName,
                ["channel_id"] = channel.Id,
                ["configuration_url"] = workspace.Address.ToString(),
                ["url"] = webhooks.Create(channel).ToString(),
            };
        return answer;
    }
}
