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
    int Version,
    int RemindersSent
)
{
    public bool IsActive => Status == "active";
}

/// <param name="Id">That of the run which it becomes.</param>
public sealed record StoredPlan(Guid Id, string Person, string Status, DateTime StartsAt);

public sealed record StoredOrder(Guid RunId, string Person, string Drink, string Size, DateTime CreatedAt);

/// <param name="Position">
/// The outbox id of its event; null if there is none. Outbox ids have the order of the changes: they are assigned under
/// the lock of the run, while <paramref name="At"/> is taken before.
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

/// <summary>
/// Everything recorded at the end of the run: the answers, Slack's messages, the stored rows, the records in Kafka.
/// </summary>
internal sealed record Evidence
{
    public required PromiseBook Book { get; init; }
    public required IReadOnlyList<Post> Posts { get; init; }
    public required IReadOnlyList<Asked> Asked { get; init; }

    /// <summary>Ephemeral messages that Slack did not show, where the app cannot know that.</summary>
    public required IReadOnlySet<(string Person, string Text)> Unheard { get; init; }
    public required IReadOnlyCollection<Incident> Incidents { get; init; }

    /// <summary>Workers that ended unexpectedly.</summary>
    public required IReadOnlyList<WorkerEnd> Ends { get; init; }
    public required IReadOnlyDictionary<Guid, Run> Runs { get; init; }
    public required IReadOnlyDictionary<Guid, StoredPlan> Planned { get; init; }
    public required IReadOnlyList<StoredOrder> Orders { get; init; }
    public required IReadOnlyList<AuditRow> Audit { get; init; }
    public required IReadOnlyList<LedgerRow> Ledger { get; init; }
    public required IReadOnlyList<OutboxRow> Outbox { get; init; }

    /// <summary>The ids of events that were started, and whether they were finished.</summary>
    public required IReadOnlyDictionary<string, bool> Processed { get; init; }

    /// <summary>Sum of the order counts in each person's preferences.</summary>
    public required IReadOnlyDictionary<string, long> Preferences { get; init; }

    /// <summary>The ce_id of every record on each topic.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> OnKafka { get; init; }

    /// <summary>The cause of each dead letter.</summary>
    public required IReadOnlyList<string> DeadLetters { get; init; }

    /// <summary>The channel in which the app cannot post.</summary>
    public required string WithoutApp { get; init; }

    /// <summary>By the database's clock.</summary>
    public required DateTime Now { get; init; }

    public ILookup<Guid, StoredOrder> OrdersOf => field ??= Orders.ToLookup(order => order.RunId);

    public ILookup<Guid, AuditRow> AuditOf =>
        field ??= Audit.Where(row => row.RunId is not null).ToLookup(row => row.RunId!.Value);

    /// <summary>
    /// The posts of each run, and of each planned run. The run is found by the buttons of the message, by slack_messages, or by the thread.
    /// </summary>
    public ILookup<Guid, Post> PostsOf =>
        field ??= Posts
            .Select(post => (Post: post, Run: RunOf(post)))
            .Where(pair => pair.Run is not null)
            .ToLookup(pair => pair.Run!.Value, pair => pair.Post);

    /// <summary>Where the run's thread starts; null: it has none.</summary>
    public (string Channel, string Ts)? ThreadOf(Guid run) =>
        Ledger.FirstOrDefault(row =>
            row.RunId == run && row is { Kind: MessageKinds.Announcement, Channel: not null, Ts: not null }
        )
            is { } announcement
            ? (announcement.Channel!, announcement.Ts!)
            : null;

    /// <summary>Posts whose run is unknown. There should be none.</summary>
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
            // The row of an ephemeral message has the announcement's place.
            .Where(row =>
                row is { Channel: not null, Ts: not null }
                && row.Kind is not (MessageKinds.Confirmation or MessageKinds.Answer or MessageKinds.TooLate)
            )
            .ToDictionary(row => (row.Channel!, row.Ts!), row => row.RunId);
        foreach (var post in Posts.Where(post => post is { Kind: MessageKinds.Announcement, RunId: not null }))
            places[(post.Channel, post.Ts)] = post.RunId!.Value;
        return places;
    }

    /// <summary>
    /// The first message of a run that had already ended has no button: takes the newest ended run that fits.
    /// </summary>
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
