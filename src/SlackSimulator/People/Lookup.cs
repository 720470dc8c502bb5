using SlackSimulator.Model;

namespace SlackSimulator.People;

/// <summary>Finds who and what a request of the person's API names, or answers that there is no such thing. Called under the lock.</summary>
internal sealed class Lookup(Workspace workspace)
{
    /// <summary>By id or name.</summary>
    public Person Person(string idOrName) =>
        workspace.FindPerson(idOrName) is { IsBot: false } person
            ? person
            : throw SimError.NotFound("person", idOrName);

    /// <summary>By id, name or <c>dm</c>, and only when the person is in it.</summary>
    public Channel Channel(Person person, string? idOrName)
    {
        if (idOrName is not { Length: > 0 })
            throw SimError.Bad("no_channel", "channel is needed: an id, a name, or dm.");
        if (idOrName is "dm")
            return workspace.DirectMessages(person.Id);
        var channel = Channel(idOrName);
        return channel.HasMember(person.Id)
            ? channel
            : throw SimError.Bad("not_in_channel", $"{person.Shown} is not a member of {idOrName}.");
    }

    public Channel Channel(string idOrName) =>
        workspace.FindChannel(idOrName) ?? throw SimError.NotFound("channel", idOrName);

    /// <summary>A message this person sees.</summary>
    public static Message Message(Person person, Channel channel, string ts) =>
        MessageBoard.Find(channel, ts) is { } message && Sees(person, message)
            ? message
            : throw SimError.NotFound("message", ts);

    public static bool Sees(Person person, Message message) =>
        message.OnlyFor is null || string.Equals(message.OnlyFor, person.Id, StringComparison.Ordinal);
}
