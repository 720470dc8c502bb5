namespace CoffeeBuddy.Data;

/// <summary>
/// The time limits that depend on each other, from the database to Slack, Kafka and the mail relay. A claim or lease
/// must outlast the work it protects: otherwise two workers do the same work. A test checks that they fit.
/// </summary>
public static class TimeBudget
{
    /// <summary>Default limit for the database work of one operation, connecting included.</summary>
    public static readonly TimeSpan DatabaseWork = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Default limit for one database operation: the wait for its turn, then <see cref="DatabaseWork"/>.
    /// </summary>
    public static readonly TimeSpan DatabaseOperation = TimeSpan.FromSeconds(8);

    /// <summary>
    /// Limit for one change of a run. Longer than storing it (<see cref="DatabaseOperation"/>) and the longest wait for
    /// Kafka (<see cref="KafkaWait"/>).
    /// </summary>
    public static readonly TimeSpan RunAction = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Longest call of Slack's Web API that can be configured, including the wait for the rate limiter.
    /// </summary>
    public static readonly TimeSpan SlackCall = TimeSpan.FromSeconds(14);

    /// <summary>Calls to show a message: find the person's channel, then post or update.</summary>
    public const int CallsToShow = 2;

    /// <summary>
    /// Calls to search for a message first: find the channel, up to three pages of history, then post or update.
    /// </summary>
    public const int CallsToSearchAndShow = 5;

    /// <summary>How long a message is claimed. Longer than <see cref="CallsToShow"/> calls.</summary>
    public static readonly TimeSpan MessageClaim = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a message is claimed that is searched for first. Longer than <see cref="CallsToSearchAndShow"/> calls.
    /// </summary>
    public static readonly TimeSpan MessageSearchClaim = TimeSpan.FromSeconds(75);

    /// <summary>
    /// How long the result of a Slack call is kept while the database is away. Longer than one attempt to store it
    /// (<see cref="DatabaseOperation"/>), shorter than the claim: after the claim another worker searches for the
    /// message.
    /// </summary>
    public static readonly TimeSpan MessageResult = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Wait before a message with unknown outcome is searched for: Slack's history shows a new message with a delay.
    /// </summary>
    public static readonly TimeSpan MessageSettling = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Longest time to send one e-mail that can be configured. E-mails are claimed like messages, so it is shorter than
    /// their claim.
    /// </summary>
    public static readonly TimeSpan Email = TimeSpan.FromSeconds(25);

    /// <summary>How long a Slack event or click is claimed. Its handler makes two calls at most.</summary>
    public static readonly TimeSpan EventClaim = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Calls to send a file: find the person's channel, get an address, send the content, post the file, answer the
    /// click.
    /// </summary>
    public const int CallsToSendFile = 5;

    /// <summary>
    /// How long a click that sends a file is claimed. Longer than <see cref="CallsToSendFile"/> calls, reading the
    /// statistics, and asking Slack who is in the channel.
    /// </summary>
    public static readonly TimeSpan FileClaim = TimeSpan.FromSeconds(90);

    /// <summary>
    /// Longest time a request can be configured to wait for Kafka to confirm its events; the producer goes on after it.
    /// </summary>
    public static readonly TimeSpan KafkaWait = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long the Kafka producer tries to deliver a record. After it the record is certainly not in flight.
    /// </summary>
    public static readonly TimeSpan KafkaDelivery = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long the sweep leaves a new event to the worker that stored it: at least as long as the producer tries.
    /// </summary>
    public static readonly TimeSpan OutboxWriterLease = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long the sweep leases events. Half of it is spent waiting for Kafka, which must be longer than the producer
    /// tries. Short, because after an outage the events wait for the end of the last lease.
    /// </summary>
    public static readonly TimeSpan OutboxSweepLease = TimeSpan.FromSeconds(12);
}
