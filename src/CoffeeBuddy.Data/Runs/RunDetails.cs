using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Messages;

namespace CoffeeBuddy.Data.Runs;

/// <param name="Orders">The earliest first.</param>
/// <param name="Messages">What Slack shows of the run.</param>
/// <param name="Declines">Who was the runner and cannot go, the earliest first.</param>
/// <param name="Requests">Who was asked to go in the runner's place, the earliest first.</param>
/// <param name="Menu">That of the run's channel.</param>
public sealed record RunDetails(
    CoffeeRun Run,
    IReadOnlyList<Order> Orders,
    IReadOnlyList<ShownMessage> Messages,
    IReadOnlyList<Decline> Declines,
    IReadOnlyList<TakeOverRequest> Requests,
    Menu Menu
)
{
    /// <summary>The message of a kind (<see cref="MessageKinds"/>), if it was ever begun.</summary>
    public ShownMessage? Message(string kind, string recipient = "") =>
        Messages.FirstOrDefault(message => message.Kind == kind && message.Recipient == recipient);
}

/// <param name="Ts">Slack's id of the message; null while it is not known to be posted.</param>
/// <param name="Error">Slack's error when it cannot be posted at all.</param>
public sealed record ShownMessage(
    string Kind,
    string Recipient,
    string? ChannelId,
    string? Ts,
    long ShownVersion,
    string? Error
);

/// <param name="ParticipantUserIds">Who ordered, the earliest first.</param>
public sealed record RunHistoryEntry(CoffeeRun Run, IReadOnlyList<string> ParticipantUserIds, int OrderCount);
