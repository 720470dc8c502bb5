using SlackSimulator.BlockKit;
using SlackSimulator.Json;
using SlackSimulator.Model;

namespace SlackSimulator.People;

/// <summary>Where the control is: in a message of a channel, or in a view.</summary>
internal sealed record Place(JsonArray Blocks, Channel? Channel, Message? Message, View? View)
{
    public static Place Of(JsonObject body, Person person, Lookup lookup, ViewStore views)
    {
        if (body["home"].IsTrue())
            return InView(views.Home(person.Id) ?? throw SimulatorError.NotFound("home", person.Id));
        if (body["view"].IsTrue())
            return InView(views.Top(person.Id) ?? throw SimulatorError.NotFound("view", person.Id));
        var channel = lookup.Channel(person, body["channel"].Text());
        var ts =
            body["ts"].Text() ?? throw SimulatorError.BadRequest("no_place", "channel and ts, view or home is needed.");
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

    /// <summary>The <c>container</c> of a payload.</summary>
    public JsonObject Container()
    {
        if (View is not null)
            return new JsonObject { ["type"] = "view", ["view_id"] = View.Id };
        var container = new JsonObject
        {
            ["type"] = "message",
            ["message_ts"] = Message!.Ts,
            ["channel_id"] = Channel!.Id,
            ["is_ephemeral"] = Message.IsEphemeral,
        };
        if (Message.ThreadTs is not null)
            container["thread_ts"] = Message.ThreadTs;
        return container;
    }

    /// <summary>Adds the view, or the channel and the message, to a payload.</summary>
    public void Describe(JsonObject payload, Workspace workspace)
    {
        if (View is not null)
        {
            payload["view"] = workspace.View(View, withState: true);
            return;
        }

        payload["channel"] = new JsonObject { ["id"] = Channel!.Id, ["name"] = Channel.PayloadName };
        // Slack does not store ephemeral messages, so its payload has none.
        if (!Message!.IsEphemeral)
            payload["message"] = workspace.Message(Message, Channel);
    }

    private static Place InView(View view) => new(view.Blocks, null, null, view);
}
