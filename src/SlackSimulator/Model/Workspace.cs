using SlackSimulator.Control;

namespace SlackSimulator.Model;

/// <summary>The people, channels and messages of a workspace. The public members are thread-safe.</summary>
public sealed class Workspace
{
    private readonly Dictionary<string, Person> _people = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Channel> _channels = new(StringComparer.Ordinal);
    private readonly AppSettings _app;
    private readonly ChangeLog _changes;
    private readonly ServerAddress _address;

    internal Workspace(
        SimulatorOptions options,
        WorkspaceClock clock,
        AppSettings app,
        ChangeLog changes,
        ServerAddress address
    )
    {
        (Options, Clock, _app, _changes, _address) = (options, clock, app, changes, address);
        Ids = new IdSource(clock);
        Created = clock.Now;
        var bot = app.Current;
        AddPerson(
            new Person
            {
                Id = Person.SlackbotId,
                Name = "slackbot",
                RealName = "Slackbot",
            }
        );
        AddPerson(
            new Person
            {
                Id = bot.BotUserId,
                Name = bot.BotName,
                RealName = bot.Name,
                IsBot = true,
            }
        );
        foreach (var person in options.People)
            AddPerson(person);
        foreach (var channel in options.Channels)
            AddChannel(channel);
    }

    /// <summary>
    /// The options the simulator was started with. Later changes of the app's settings are not included.
    /// </summary>
    public SimulatorOptions Options { get; }

    /// <summary>The workspace's clock.</summary>
    public WorkspaceClock Clock { get; }

    /// <summary>
    /// The <c>updated</c> time of profiles. It is constant, so that an unchanged message is always rendered in the same
    /// way.
    /// </summary>
    internal DateTimeOffset Created { get; }

    /// <summary>The lock for all state of the workspace. It is recursive.</summary>
    internal Lock Gate { get; } = new();

    internal IdSource Ids { get; }

    /// <summary>The address of the simulator, for URLs in payloads.</summary>
    internal Uri Address => _address.Value;

    internal AppOptions App => _app.Current;

    internal string TeamId => Options.TeamId;

    internal EnterpriseOptions? Enterprise => Options.Enterprise;

    internal bool IsOrgInstall => Options.Enterprise is { OrgInstall: true };

    /// <summary>All people, without the app's bot and Slackbot.</summary>
    public IReadOnlyList<Person> People
    {
        get
        {
            lock (Gate)
                return
                [
                    .. _people.Values.Where(person =>
                        !person.IsBot && !string.Equals(person.Id, Person.SlackbotId, StringComparison.Ordinal)
                    ),
                ];
        }
    }

    /// <summary>All conversations, including direct messages.</summary>
    public IReadOnlyList<Channel> Channels
    {
        get
        {
            lock (Gate)
                return [.. _channels.Values];
        }
    }

    internal IEnumerable<Person> Users => _people.Values;

    /// <summary>Finds a user by id or handle; null when there is none.</summary>
    public Person? FindPerson(string idOrName)
    {
        lock (Gate)
        {
            return _people.GetValueOrDefault(idOrName)
                ?? _people.Values.FirstOrDefault(person =>
                    string.Equals(person.Name, idOrName, StringComparison.OrdinalIgnoreCase)
                );
        }
    }

    /// <summary>Finds a channel by id, or by name with or without #; null when there is none.</summary>
    public Channel? FindChannel(string idOrName)
    {
        lock (Gate)
        {
            return _channels.GetValueOrDefault(idOrName)
                ?? _channels.Values.FirstOrDefault(channel =>
                    string.Equals(channel.Name, idOrName.TrimStart('#'), StringComparison.Ordinal)
                    && channel.Name.Length > 0
                );
        }
    }

    /// <summary>A channel's messages, oldest first, including replies in threads and ephemeral messages.</summary>
    public IReadOnlyList<Message> MessagesOf(Channel channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        lock (Gate)
            return [.. channel.Messages];
    }

    internal Person? PersonById(string id) => _people.GetValueOrDefault(id);

    internal Channel? ChannelById(string id) => _channels.GetValueOrDefault(id);

    internal Person AddPerson(PersonOptions options)
    {
        var id =
            options.Id
            ?? Free(
                IdSource.Readable(Enterprise is null ? "U" : "W", options.Name),
                Enterprise is null ? "U" : "W",
                _people.ContainsKey
            );
        return AddPerson(
            new Person
            {
                Id = id,
                Name = options.Name.ToLowerInvariant(),
                RealName = options.Name,
                DisplayName = options.DisplayName ?? "",
                Email = options.Email ?? $"{options.Name.ToLowerInvariant()}@example.com",
                TimeZone = options.TimeZone,
                IsAdmin = options.IsAdmin,
                Locale = options.Locale,
            }
        );
    }

    internal void Replace(Person person) => _people[person.Id] = person;

    /// <param name="creator">The user id of the creator; null for the first person.</param>
    internal Channel AddChannel(ChannelOptions options, string? creator = null)
    {
        var id = options.Id ?? Free(IdSource.Readable("C", options.Name), "C", _channels.ContainsKey);
        var channel = new Channel(
            id,
            options.Name,
            options.IsPrivate ? ChannelKind.Private : ChannelKind.Public,
            Clock.Now,
            creator ?? (People.Count > 0 ? People[0].Id : App.BotUserId)
        )
        {
            IsArchived = options.IsArchived,
        };
        channel.Members.AddRange(
            options.Members is null
                ? People.Select(person => person.Id)
                : options.Members.Select(member =>
                    FindPerson(member)?.Id ?? throw SimulatorError.NotFound("person", member)
                )
        );
        if (options.HasBot)
            channel.Members.Add(App.BotUserId);
        return Add(channel);
    }

    /// <summary>The direct messages of a person and the bot. They are created at first use.</summary>
    internal Channel DirectMessages(string userId) => Conversation(ChannelKind.DirectMessage, [userId, App.BotUserId]);

    /// <summary>The conversation with exactly these members. It is created at first use.</summary>
    internal Channel Conversation(ChannelKind kind, IReadOnlyList<string> members)
    {
        var open = _channels.Values.FirstOrDefault(channel =>
            channel.Kind == kind && channel.Members.ToHashSet().SetEquals(members)
        );
        if (open is not null)
            return open;
        var id = Ids.Next(kind == ChannelKind.DirectMessage ? "D" : "G");
        var channel = new Channel(id, "", kind, Clock.Now, App.BotUserId);
        channel.Members.AddRange(members.Distinct());
        return Add(channel);
    }

    private static string Free(string readable, string prefix, Func<string, bool> taken)
    {
        var id = readable;
        for (var number = 2; taken(id); number++)
            id = IdSource.Readable(prefix, readable[2..] + number);
        return id;
    }

    private Person AddPerson(Person person)
    {
        if (!_people.TryAdd(person.Id, person))
            throw SimulatorError.BadRequest("id_taken", $"There is already someone with the id {person.Id}.");
        _changes.Publish("person.added", new JsonObject { ["user"] = person.Id });
        return person;
    }

    private Channel Add(Channel channel)
    {
        if (!_channels.TryAdd(channel.Id, channel))
            throw SimulatorError.BadRequest("id_taken", $"There is already a channel with the id {channel.Id}.");
        _changes.Publish("channel.added", new JsonObject { ["channel"] = channel.Id });
        return channel;
    }
}
