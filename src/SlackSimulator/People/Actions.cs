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
                Options.Find(element, chosen ?? "")?.Clone()
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
        if (place.View is { } view)
        {
            var container = new JsonObject { ["type"] = "view", ["view_id"] = view.Id };
            var inView = payloads.BlockActions(
                person,
                container,
                action,
                triggers.Issue(person.Id, view.Type is "home" ? null : view.Id)
            );
            inView["view"] = workspace.View(view, withState: true);
            return inView;
        }

        var (channel, message) = (place.Channel!, place.Message!);
        var where = new JsonObject
        {
            ["type"] = "message",
            ["message_ts"] = message.Ts,
            ["channel_id"] = channel.Id,
            ["is_ephemeral"] = message.IsEphemeral,
        };
        if (message.ThreadTs is not null)
            where["thread_ts"] = message.ThreadTs;
        var payload = payloads.BlockActions(person, where, action, triggers.Issue(person.Id, channelId: channel.Id));
        payload["channel"] = new JsonObject { ["id"] = channel.Id, ["name"] = channel.PayloadName };
        // Slack does not store ephemeral messages, so its payload has none.
        if (!message.IsEphemeral)
            payload["message"] = workspace.Message(message, channel);
        payload["state"] = state.ToJson();
        payload["response_url"] = responseUrls.Issue("actions", person.Id, channel, message);
        return payload;
    }

    // The choice has one of Slack's names: value, selected_option, selected_user and so on.
    private static JsonNode? Choice(JsonObject body) =>
        body.FirstOrDefault(property =>
            property.Key is "value" || property.Key.StartsWith("selected_", StringComparison.Ordinal)
        ).Value;

    /// <summary>Where the control is: in a message of a channel, or in a view.</summary>
    private sealed record Place(JsonArray Blocks, Channel? Channel, Message? Message, View? View)
    {
        public static Place Of(JsonObject body, Person person, Lookup lookup, ViewStore views)
        {
            if (body["home"].IsTrue())
                return InView(views.Home(person.Id) ?? throw SimulatorError.NotFound("home", person.Id));
            if (body["view"].IsTrue())
                return InView(views.Top(person.Id) ?? throw SimulatorError.NotFound("view", person.Id));
            var channel = lookup.Channel(person, body["channel"].Text());
            var ts =
                body["ts"].Text()
                ?? throw SimulatorError.BadRequest("no_place", "channel and ts, view or home is needed.");
            var message = Lookup.Message(person, channel, ts);
            return new Place(message.Blocks ?? [], channel, message, null);
        }

        public InputState State(Person person)
        {
            if (View is not null)
                return View.State;
            if (!Message!.States.TryGetValue(person.Id, out var state))
                Message.States[person.Id] = state = InputState.Of(Blocks);
            return state;
        }

        private static Place InView(View view) => new(view.Blocks, null, null, view);
    }
}
