using System.Text.Json;
using CoffeeBuddy.Core.Runs;

namespace CoffeeBuddy.Data.Outbox;

/// <summary>The data of a run's event: ids. What people drink is not in events.</summary>
/// <param name="UserId">The person who caused the event; null for the system.</param>
public sealed record EventData(
    Guid RunId,
    string WorkspaceId,
    string ChannelId,
    string? UserId = null,
    Guid? OrderId = null,
    string? RunnerUserId = null
)
{
    internal static EventData Of(CoffeeRun run, string? userId = null, Guid? orderId = null) =>
        new(run.RunId, run.WorkspaceId, run.ChannelId, userId, orderId, run.RunnerUserId);

    public string ToJson() => JsonSerializer.Serialize(this, DataJson.Default.EventData);

    /// <exception cref="JsonException">The text is not the data of a run's event.</exception>
    public static EventData Parse(string json) =>
        JsonSerializer.Deserialize(json, DataJson.Default.EventData)
        ?? throw new JsonException("The event has no data.");
}
