using SlackSimulator.BlockKit;
using SlackSimulator.Json;
using SlackSimulator.Model;
using SlackSimulator.ToApp;

namespace SlackSimulator.People;

/// <summary>
/// Sends a person's clicks and choices in messages, modals and homes to the app (<c>block_actions</c>).
/// </summary>
internal sealed class Actions(
    Workspace workspace,
    Lookup lookup,
    Payloads payloads,
    Triggers triggers,
    ResponseUrls responseUrls,
    ViewStore views,
    AppDelivery delivery
)
{
    public async Task<JsonObject> ActAsync(string user, JsonObject body, CancellationToken cancellationToken)
    {
        AppRequest request;
        JsonNode? confirm;
        lock (workspace.Gate)
        {
            var person = lookup.Person(user);
            var place = Place.Of(body, person, lookup, views);
            var (block, element) = Find(place.Blocks, body);
            confirm = element["confirm"]?.DeepClone();
            if (confirm is not null && body["confirm"] is JsonValue answered && !answered.IsTrue())
                return new JsonObject
                {
                    ["ok"] = false,
                    ["error"] = "not_confirmed",
                    ["confirm"] = confirm,
                };
            var state = place.State(person);
            state.Fill(place.Blocks, body["values"] as JsonObject);
            if (ElementValues.KeepsState(element))
                state.Set(block, element, Choice(body));
            request = payloads.Interaction(Payload(person, place, state, Action(block, element, state, body)));
        }

        var answer = await delivery.SendAsync(request, cancellationToken);
        var result = new JsonObject
        {
            ["ok"] = answer.Ok,
            ["status"] = answer.Status,
            ["elapsed_ms"] = answer.ElapsedMs,
            ["error"] = answer.Failure,
        };
        if (confirm is not null)
            result["confirm"] = confirm;
        return result;
    }

    private static (JsonObject Block, JsonObject Element) Find(JsonArray blocks, JsonObject body)
    {
        var actionId =
            body["action_id"].Text() ?? throw SimulatorError.BadRequest("no_action_id", "action_id is needed.");
        var (block, element) =
            Elements.Find(blocks, actionId, body["block_id"].Text(), body["value"].Scalar())
            ?? throw SimulatorError.NotFound("element", actionId);
        if (block["type"].Text() is "input" && !block["dispatch_action"].IsTrue())
            throw SimulatorError.BadRequest(
                "not_dispatched",
                $"{actionId} is an input without dispatch_action: set it through view/state or view/submit."
            );
        return (block, element);
    }

    private JsonObject Action(JsonObject block, JsonObject element, InputState state, JsonObject body)
    {
        var type = element["type"].Text()!;
        var action = new JsonObject
        {
            ["type"] = type,
            ["action_id"] = element["action_id"].Text(),
            ["block_id"] = block["block_id"].Text(),
        };
        if (ElementValues.KeepsState(element))
        {
            foreach (var (name, value) in state.Get(block, element).Where(property => property.Key is not "type"))
                action[name] = value?.DeepClone();
        }
        else if (type is "overflow")
        {
            var chosen = body["selected_option"] is JsonObject option
                ? option["value"].Text()
                : (body["selected_option"] ?? body["value"]).Scalar();
            action["selected_option"] =
                Options.Find(Options.Of(element), chosen ?? "")?.Clone()
                ?? throw SimulatorError.BadRequest("option_not_found", $"The menu offers no option {chosen}.");
        }

        foreach (var name in (string[])["text", "value", "style", "placeholder"])
        {
            if (element[name] is { } shown && !action.ContainsKey(name))
                action[name] = shown.DeepClone();
        }

        action["action_ts"] = workspace.Ids.NextTs();
        return action;
    }

    private JsonObject Payload(Person person, Place place, InputState state, JsonObject action)
    {
        var trigger = place.View is { } view
            ? triggers.Issue(person.Id, view.Type is "home" ? null : view.Id)
            : triggers.Issue(person.Id, channelId: place.Channel!.Id);
        var payload = payloads.BlockActions(person, place.Container(), action, trigger);
        place.Describe(payload, workspace);
        if (place is not { Channel: { } channel, Message: { } message })
            return payload;
        payload["state"] = state.ToJson();
        payload["response_url"] = responseUrls.Issue("actions", person.Id, channel, message);
        return payload;
    }

    // The choice has one of Slack's names: value, selected_option, selected_user and so on.
    private static JsonNode? Choice(JsonObject body) =>
        body.FirstOrDefault(property =>
            property.Key is "value" || property.Key.StartsWith("selected_", StringComparison.Ordinal)
        ).Value;
}
