using SlackSimulator.Model;

namespace SlackSimulator.People;

/// <summary>
/// Finds the people, channels and messages that a request names; throws the 404 answer otherwise. Called under the
/// workspace's lock.
/// </summary>
internal sealed class Lookup(Workspace workspace)
{
    /// <summary>Finds a person by id or name.</summary>
    public Person Person(string idOrName) =>
        workspace.FindPerson(idOrName) is { IsBot: false } person
            ? person
            : throw SimulatorError.NotFound("person", idOrName);

    /// <summary>Finds a channel by id, name or <c>dm</c>. The person must be a member.</summary>
    public Channel Channel(Person person, string? idOrName)
    {
        if (idOrName is not { Length: > 0 })
            throw SimulatorError.BadRequest("no_channel", "channel is needed: an id, a name, or dm.");
        if (idOrName is "dm")
            return workspace.DirectMessages(person.Id);
        var channel = Channel(idOrName);
        return channel.HasMember(person.Id)
            ? channel
            : throw SimulatorError.BadRequest("not_in_channel", $"{person.Shown} is not a member of {idOrName}.");
    }

    public Channel Channel(string idOrName) =>
        workspace.FindChannel(idOrName) ?? throw SimulatorError.NotFound("channel", idOrName);

    /// <summary>Finds a message that the person sees.</summary>
    public static Message Message(Person person, Channel channel, string ts) =>
        MessageStore.Find(channel, ts) is { } message && Sees(person, message)
            ? message
            : throw SimulatorError.NotFound("message", ts);

    /// <summary>Finds a message that the whole channel sees and that was not deleted.</summary>
    public (Channel Channel, Message Message) Shared(Person person, string? channelName, string? ts)
    {
        var channel = Channel(person, channelName);
        var message = Message(person, channel, ts ?? throw SimulatorError.BadRequest("no_ts", "ts is needed."));
        return message is { IsEphemeral: false, IsDeleted: false }
            ? (channel, message)
            : throw SimulatorError.NotFound("message", message.Ts);
    }

    public static bool Sees(Person person, Message message) =>
        message.OnlyFor is null || string.Equals(message.OnlyFor, person.Id, StringComparison.Ordinal);
}
