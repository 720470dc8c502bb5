using CoffeeBuddy.Chaos.Faults;
using CoffeeBuddy.Chaos.People;

namespace CoffeeBuddy.Chaos.Record;

public sealed record Run(
    Guid Id,
    string Channel,
    string Initiator,
    string? Runner,
    string Status,
    DateTime CreatedAt,
    DateTime? Deadline,
    DateTime? AssignedAt,
    DateTime? EmptySince,
    DateTime? ReminderSentAt,
    DateTime? ClosedAt,
    string? ClosedBy,
    int Version
)
{
    public bool IsActive => Status == "active";
}

public sealed record StoredOrder(Guid RunId, string Person, string Drink, string Size, DateTime CreatedAt);

/// <param name="Position">
/// That of its event in the outbox, which has the order in which changes were made: its numbers are given under the run's
/// lock, while <paramref name="At"/> is from before it. Null where there is none.
/// </param>
public sealed record AuditRow(
    string Type,
    string? Person,
    Guid? RunId,
    string? Drink,
    string? Size,
    string? Runner,
    DateTime At,
    long? Position
);

public sealed record LedgerRow(
    Guid RunId,
    string Kind,
    string Recipient,
    string? Channel,
    string? Ts,
    long ShownVersion,
    string? Error,
    bool Claimed
);

public sealed record OutboxRow(
    Guid EventId,
    long Position,
    string Topic,
    string Type,
    Guid? RunId,
    string? Person,
    bool Published
);

/// <summary>All that is known when everything has come to rest: what people were answered, what Slack has shown, what is stored, what is on Kafka.</summary>
internal sealed record Evidence
{
    public required PromiseBook Book { get; init; }
    public required IReadOnlyList<Post> Posts { get; init; }
    public required IReadOnlyList<Asked> Asked { get; init; }

    /// <summary>Ephemeral messages that Slack did not show, in a way that leaves it open to the app.</summary>
    public required IReadOnlySet<(string Person, string Text)> Unheard { get; init; }
    public required IReadOnlyCollection<Incident> Incidents { get; init; }

    /// <summary>Workers that ended as nobody wanted them to.</summary>
    public required IReadOnlyList<WorkerEnd> Ends { get; init; }
    public required IReadOnlyDictionary<Guid, Run> Runs { get; init; }
    public required IReadOnlyList<StoredOrder> Orders { get; init; }
    public required IReadOnlyList<AuditRow> Audit { get; init; }
    public required IReadOnlyList<LedgerRow> Ledger { get; init; }
    public required IReadOnlyList<OutboxRow> Outbox { get; init; }

    /// <summary>The ids of what was handled, and of what was begun but not finished.</summary>
    public required IReadOnlyDictionary<string, bool> Processed { get; init; }

    /// <summary>Sum of the counts of each person's remembered drinks.</summary>
    public required IReadOnlyDictionary<string, long> Preferences { get; init; }

    /// <summary>The ce_id of every record on each topic.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> OnKafka { get; init; }

    /// <summary>The ids of Slack's events that are on Kafka.</summary>
    public required IReadOnlySet<string> SlackEvents { get; init; }

    /// <summary>The cause of each dead letter.</summary>
    public required IReadOnlyList<string> DeadLetters { get; init; }

    /// <summary>Where the app cannot post.</summary>
    public required string WithoutApp { get; init; }

    /// <summary>By the database's clock.</summary>
    public required DateTime Now { get; init; }

    public ILookup<Guid, StoredOrder> OrdersOf => field ??= Orders.ToLookup(order => order.RunId);

    public ILookup<Guid, AuditRow> AuditOf =>
        field ??= Audit.Where(row => row.RunId is not null).ToLookup(row => row.RunId!.Value);

    /// <summary>What was posted of each run, the run being told by the message itself, by the ledger or by its thread.</summary>
    public ILookup<Guid, Post> PostsOf =>
        field ??= Posts
            .Select(post => (Post: post, Run: RunOf(post)))
            .Where(pair => pair.Run is not null)
            .ToLookup(pair => pair.Run!.Value, pair => pair.Post);

    /// <summary>What nobody can say the run of; nothing of the kind should exist.</summary>
    public IReadOnlyList<Post> Unattributed =>
        field ??= [.. Posts.Where(post => post.Kind == MessageKinds.Unknown || RunOf(post) is null)];

    private Dictionary<(string, string), Guid> ByPlace => field ??= Places();

    private Guid? RunOf(Post post) =>
        post.RunId is { } id && Runs.ContainsKey(id) ? id
        : ByPlace.TryGetValue((post.Channel, post.Ts), out var run) ? run
        : post.ThreadTs is { } thread && ByPlace.TryGetValue((post.Channel, thread), out run) ? run
        : OfClosedRun(post);

    private Dictionary<(string, string), Guid> Places()
    {
        var places = Ledger
            .Where(row => row is { Channel: not null, Ts: not null } && row.Kind != MessageKinds.Confirmation)
            .ToDictionary(row => (row.Channel!, row.Ts!), row => row.RunId);
        foreach (var post in Posts.Where(post => post is { Kind: MessageKinds.Announcement, RunId: not null }))
            places[(post.Channel, post.Ts)] = post.RunId!.Value;
        return places;
    }

    /// <summary>A message of a run that was over when it was first told of has no button: the newest run that fits and had ended by then.</summary>
    private Guid? OfClosedRun(Post post) =>
        Runs.Values.Where(run =>
                run.CreatedAt <= post.At.UtcDateTime && run.ClosedAt <= post.At.UtcDateTime.AddSeconds(1)
            )
            .Where(run =>
                post.Kind switch
                {
                    MessageKinds.Announcement => run.Channel == post.Channel && post.Mentions.Contains(run.Initiator),
                    MessageKinds.Completion => post.Text.Contains($"<#{run.Channel}>", StringComparison.Ordinal)
                        && OrdersOf[run.Id].Any(order => order.Person == post.Recipient),
                    MessageKinds.RunnerDm => run.Runner == post.Recipient
                        && post.Text.Contains($"<#{run.Channel}>", StringComparison.Ordinal),
                    _ => false,
                }
            )
            .MaxBy(run => run.CreatedAt)
            ?.Id
        ?? (
            post.Kind == MessageKinds.CannotPost
                ? Runs
                    .Values.Where(run => run.Initiator == post.Recipient && run.CreatedAt <= post.At.UtcDateTime)
                    .MaxBy(run => run.CreatedAt)
                    ?.Id
                : null
        );
}
