using SlackSimulator.Json;
using SlackSimulator.Model;

namespace SlackSimulator.People;

/// <summary>Adds and removes a person's reactions and pins.</summary>
internal sealed class Responses(Workspace workspace, Lookup lookup, Reactions reactions, Pins pins)
{
    public JsonObject Pin(string user, JsonObject body)
    {
        lock (workspace.Gate)
        {
            var person = lookup.Person(user);
            var (channel, message) = lookup.Shared(person, body["channel"].Text(), body["ts"].Text());
            if (!pins.Add(channel, message, person.Id))
                throw SimulatorError.BadRequest("already_pinned", "The message is already pinned.");
            return new JsonObject { ["ok"] = true };
        }
    }

    public JsonObject Unpin(string user, string? channelName, string? ts)
    {
        lock (workspace.Gate)
        {
            var person = lookup.Person(user);
            var (channel, message) = lookup.Shared(person, channelName, ts);
            if (!pins.Remove(channel, message, person.Id))
                throw SimulatorError.BadRequest("no_pin", "The message is not pinned.");
            return new JsonObject { ["ok"] = true };
        }
    }

    public JsonObject React(string user, JsonObject body) =>
        Change(
            user,
            body["channel"].Text(),
            body["ts"].Text(),
            body["name"].Text(),
            (channel, message, name, person) =>
                reactions.Add(channel, message, name, person.Id)
                    ? null
                    : ("already_reacted", "The person has already added this emoji.")
        );

    public JsonObject Unreact(string user, string? channelName, string? ts, string? emoji) =>
        Change(
            user,
            channelName,
            ts,
            emoji,
            (channel, message, name, person) =>
                reactions.Remove(channel, message, name, person.Id)
                    ? null
                    : ("no_reaction", "The person has not added this emoji.")
        );

    private JsonObject Change(
        string user,
        string? channelName,
        string? ts,
        string? emoji,
        Func<Channel, Message, string, Person, (string Code, string Detail)?> change
    )
    {
        lock (workspace.Gate)
        {
            var person = lookup.Person(user);
            var (channel, message) = lookup.Shared(person, channelName, ts);
            var name =
                EmojiName.Canonical(emoji ?? "")
                ?? throw SimulatorError.BadRequest("invalid_name", "name is the name of an emoji, without colons.");
            if (change(channel, message, name, person) is var (code, detail))
                throw SimulatorError.BadRequest(code, detail);
            return new JsonObject { ["ok"] = true };
        }
    }
}
