using SlackSimulator.Control;

namespace CoffeeBuddy.Reliability.Support;

internal static class OfficeExtensions
{
    /// <summary>Opens a run through the API.</summary>
    public static async Task<Guid> OpenRunAsync(this Office office, string channel, SlackPerson initiator) =>
        Guid.Parse(await office.Api.OpenRunAsync(office.Service(), initiator.Id, channel));

    /// <summary>Waits until the channel shows the announcement of a run.</summary>
    public static Task<SeenMessage> SeesAnnouncementAsync(this SlackPerson person, string channel) =>
        person.WaitToSeeAsync(channel, IsAnnouncement, Guard.Timeout);

    public static bool IsAnnouncement(SeenMessage message) =>
        !message.IsEphemeral
        && (message.ThreadTs is null or "" || message.ThreadTs == message.Ts)
        && message.Shown.Contains("is organising a coffee run", StringComparison.Ordinal);

    /// <summary>The app's calls of a Slack method for a channel, in order.</summary>
    public static IReadOnlyList<TrafficEntry> Calls(this Office office, string method, string channel) =>
        [
            .. office
                .Sandbox.Slack.Traffic.After(0)
                .Where(entry =>
                    entry.Direction == "from_app"
                    && entry.Kind == method
                    && entry.Payload is { } payload
                    && payload.TryGetProperty("channel", out var about)
                    && about.GetString() == channel
                ),
        ];

    /// <summary>The delays before the retries of a record, from the log of the kafka worker.</summary>
    public static IReadOnlyList<TimeSpan> Waits(this Office office, Topics.Record record) =>
        [
            .. office
                .Log(WorkerRoles.Kafka)
                .LinesOf($"will retry 1 records from {record.Topic} [{record.Partition}] @{record.Offset} in ")
                .Select(line => TimeSpan.Parse((string)line["State"]!["Delay"]!)),
        ];

    public static Task NothingPendingAsync(this Office office) =>
        Eventually.TrueAsync(
            async () => await office.Rows.CountAsync("outbox WHERE published_at IS NULL") == 0,
            "every event is published"
        );
}
