using System.Net.Http.Json;
using CoffeeBuddy.Sandbox;
using SlackSimulator.Control;

namespace CoffeeBuddy.Reliability.Support;

internal static class OfficeExtensions
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>A channel of the test's own, with everybody in it.</summary>
    public static async Task<string> NewChannelAsync(this Office office)
    {
        var id = Office.NewChannel();
        using var client = new HttpClient { BaseAddress = office.Sandbox.Slack.BaseAddress };
        using var response = await client.PostAsJsonAsync(
            "sim/channels",
            new
            {
                name = id.ToLowerInvariant(),
                id,
                has_bot = true,
            },
            TestContext.Current.CancellationToken
        );
        response.EnsureSuccessStatusCode();
        return id;
    }

    /// <summary>Somebody whom no other test knows, and who has ordered nothing yet.</summary>
    public static async Task<SlackPerson> HireAsync(this Office office)
    {
        var id = Office.NewUser();
        var client = new HttpClient { BaseAddress = office.Sandbox.Slack.BaseAddress };
        using var response = await client.PostAsJsonAsync(
            "sim/people",
            new { name = id, id },
            TestContext.Current.CancellationToken
        );
        response.EnsureSuccessStatusCode();
        return new SlackPerson(client, id);
    }

    /// <summary>Opens a run through the API.</summary>
    public static async Task<Guid> OpenRunAsync(this Office office, string channel, SlackPerson initiator) =>
        Guid.Parse(await office.Api.OpenRunAsync(office.Service(), initiator.Id, channel));

    /// <summary>Waits until the channel shows that there is a run.</summary>
    public static Task<SeenMessage> SeesAnnouncementAsync(this SlackPerson person, string channel) =>
        person.WaitToSeeAsync(channel, IsAnnouncement, Patience);

    /// <summary>The head of a run's thread.</summary>
    public static bool IsAnnouncement(SeenMessage message) =>
        !message.IsEphemeral
        && (message.ThreadTs is null or "" || message.ThreadTs == message.Ts)
        && message.Shown.Contains("is organising a coffee run", StringComparison.Ordinal);

    /// <summary>The app's calls of a method about a channel, in order.</summary>
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

    /// <summary>For how long the worker put the record off, each time.</summary>
    public static IReadOnlyList<TimeSpan> Waits(this Office office, StoredRecord record) =>
        [
            .. office
                .Log(WorkerRoles.Kafka)
                .LinesOf(
                    $"is called again for 1 records from {record.Topic} [{record.Partition}] @{record.Offset} on in "
                )
                .Select(line => TimeSpan.Parse((string)line["State"]!["Delay"]!)),
        ];

    public static Task NothingPendingAsync(this Office office) =>
        Eventually.TrueAsync(
            async () => await office.Rows.CountAsync("outbox WHERE published_at IS NULL") == 0,
            "every event is on Kafka"
        );
}
