using System.Net.Mime;
using System.Text;
using SlackSimulator.BlockKit;
using SlackSimulator.Json;
using SlackSimulator.Model;
using SlackSimulator.ToApp;

namespace SlackSimulator.People;

/// <summary>
/// Creates the requests for slash commands, clicks and submissions. Called under the workspace's lock.
/// </summary>
internal sealed class Payloads(Workspace workspace, ResponseUrls responseUrls)
{
    public AppRequest Command(
        Person person,
        Channel channel,
        string command,
        string text,
        string triggerId,
        string responseUrl
    )
    {
        var form = new JsonObject
        {
            ["token"] = workspace.App.VerificationToken,
            ["team_id"] = workspace.TeamId,
            ["team_domain"] = workspace.Options.TeamDomain,
        };
        if (workspace.Enterprise is { } enterprise)
            (form["enterprise_id"], form["enterprise_name"]) = (enterprise.Id, enterprise.Name);
        form["channel_id"] = channel.Id;
        form["channel_name"] = channel.PayloadName;
        form["user_id"] = person.Id;
        form["user_name"] = person.Name;
        form["command"] = command;
        form["text"] = text;
        form["api_app_id"] = workspace.App.AppId;
        // Slack sends it as text in forms and as a boolean in JSON.
        form["is_enterprise_install"] = workspace.IsOrgInstall ? "true" : "false";
        form["response_url"] = responseUrl;
        form["trigger_id"] = triggerId;
        var body = string.Join('&', form.Select(field => $"{field.Key}={Encode(field.Value.Scalar() ?? "")}"));
        return new AppRequest(
            "command",
            workspace.App.CommandsUrl,
            MediaTypeNames.Application.FormUrlEncoded,
            Encoding.UTF8.GetBytes(body),
            "slash_commands",
            form
        )
        {
            AcceptsResponse = true,
        };
    }

    public AppRequest Interaction(JsonObject payload) =>
        new(
            "interaction",
            payload["type"].Text() is "block_suggestion" ? workspace.App.OptionsUrl : workspace.App.InteractivityUrl,
            MediaTypeNames.Application.FormUrlEncoded,
            Encoding.UTF8.GetBytes("payload=" + Encode(payload.ToWire())),
            "interactive",
            payload
        )
        {
            AcceptsResponse = payload["type"].Text() is "view_submission" or "block_suggestion",
        };

    public JsonObject BlockActions(Person person, JsonObject container, JsonObject action, string triggerId)
    {
        var payload = Head("block_actions", person);
        payload["container"] = container;
        payload["trigger_id"] = triggerId;
        AddTeam(payload);
        payload["actions"] = new JsonArray(action);
        return payload;
    }

    /// <param name="type"><c>shortcut</c> or <c>message_action</c>.</param>
    public JsonObject Shortcut(string type, Person person, string callbackId, string triggerId)
    {
        var payload = Head(type, person);
        AddTeam(payload);
        payload["action_ts"] = workspace.Ids.NextTs();
        payload["callback_id"] = callbackId;
        payload["trigger_id"] = triggerId;
        return payload;
    }

    public JsonObject BlockSuggestion(
        Person person,
        JsonObject container,
        string actionId,
        string blockId,
        string value
    )
    {
        var payload = Head("block_suggestion", person);
        payload["container"] = container;
        AddTeam(payload);
        payload["action_id"] = actionId;
        payload["block_id"] = blockId;
        payload["value"] = value;
        return payload;
    }

    public JsonObject ViewSubmission(Person person, View view, string triggerId)
    {
        var payload = Head("view_submission", person);
        AddTeam(payload);
        payload["trigger_id"] = triggerId;
        payload["view"] = workspace.View(view, withState: true);
        payload["response_urls"] = ResponseAddresses(person, view).ToJsonArray();
        return payload;
    }

    /// <summary>A response_url for each conversation chosen in an input with <c>response_url_enabled</c>.</summary>
    private IEnumerable<JsonNode> ResponseAddresses(Person person, View view) =>
        from block in view.Blocks.OfType<JsonObject>()
        where block["type"].Text() is "input"
        let element = block["element"]!.AsObject()
        where element["response_url_enabled"].IsTrue()
        let channel = workspace.FindChannel(ElementValues.Chosen(view.State.Get(block, element)).Text() ?? "")
        where channel is not null
        select new JsonObject
        {
            ["block_id"] = block["block_id"].Text(),
            ["action_id"] = element["action_id"].Text(),
            ["channel_id"] = channel.Id,
            ["response_url"] = responseUrls.Issue("app", person.Id, channel),
        };

    public JsonObject ViewClosed(Person person, View view, bool cleared)
    {
        var payload = Head("view_closed", person);
        AddTeam(payload);
        payload["view"] = workspace.View(view, withState: true);
        payload["is_cleared"] = cleared;
        payload["response_urls"] = new JsonArray();
        return payload;
    }

    private JsonObject Head(string type, Person person) =>
        new()
        {
            ["type"] = type,
            ["user"] = new JsonObject
            {
                ["id"] = person.Id,
                ["username"] = person.Name,
                ["name"] = person.Name,
                ["team_id"] = workspace.TeamId,
            },
            ["api_app_id"] = workspace.App.AppId,
            ["token"] = workspace.App.VerificationToken,
        };

    private void AddTeam(JsonObject payload)
    {
        var team = new JsonObject { ["id"] = workspace.TeamId, ["domain"] = workspace.Options.TeamDomain };
        if (workspace.Enterprise is { } enterprise)
            (team["enterprise_id"], team["enterprise_name"]) = (enterprise.Id, enterprise.Name);
        payload["team"] = workspace.IsOrgInstall ? null : team;
        payload["enterprise"] = workspace.Enterprise is { } org
            ? new JsonObject { ["id"] = org.Id, ["name"] = org.Name }
            : null;
        payload["is_enterprise_install"] = workspace.IsOrgInstall;
    }

    // Forms encode a space as a plus sign.
    private static string Encode(string text) =>
        Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);
}
