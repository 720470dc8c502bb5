using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Data.Runs;

namespace CoffeeBuddy.Functions.Runs;

public sealed partial class RunActions
{
    /// <summary>Checks an order as a person filled it in; one with errors is counted as invalid.</summary>
    /// <returns>All errors at once; empty when the order can be placed.</returns>
    public IReadOnlyList<OrderError> Validate(
        string? drinkType,
        string? size,
        IReadOnlyList<string>? customizations,
        string? note,
        string? guest = null
    )
    {
        var errors = OrderRules.Validate(drinkType, size, customizations, note, guest);
        if (errors.Count > 0)
            metrics.OrderTaken("invalid");
        return errors;
    }

    /// <summary>Places a person's order in a run, in place of their earlier one.</summary>
    /// <exception cref="IdempotencyConflictException">The key was used for a different request.</exception>
    public Task<OrderResult> OrderAsync(PlaceOrder command) =>
        ChangeAsync(
            token =>
                runs.PlaceOrderAsync(
                    command with
                    {
                        DisplayName = command.DisplayName is { } name ? PlainName.Of(name) : null,
                        TraceParent = TraceParent,
                    },
                    token
                ),
            result => result.Events,
            CountOrder
        );

    /// <summary>Places a person's order for a guest, in place of the earlier one for this guest.</summary>
    public Task<OrderResult> OrderForGuestAsync(PlaceOrder command, string guest) =>
        ChangeAsync(
            token =>
                runs.PlaceGuestOrderAsync(
                    command with
                    {
                        DisplayName = command.DisplayName is { } name ? PlainName.Of(name) : null,
                        TraceParent = TraceParent,
                    },
                    PlainName.Of(guest),
                    token
                ),
            result => result.Events,
            CountOrder
        );

    /// <summary>Changes the order that a person has in a run, or places it.</summary>
    public Task<OrderResult> AmendAsync(AmendOrder command) =>
        ChangeAsync(
            token => runs.AmendOrderAsync(command with { TraceParent = TraceParent }, token),
            result => result.Events,
            CountOrder
        );

    /// <summary>Withdraws a person's order for a guest.</summary>
    public Task<OrderResult> WithdrawForGuestAsync(Guid orderId, string userId) =>
        ChangeAsync(
            token => runs.WithdrawGuestOrderAsync(orderId, userId, TraceParent, token),
            result => result.Events,
            CountOrder
        );

    /// <summary>Withdraws a person's order.</summary>
    /// <param name="asOf">When the person asked for it; an order that they placed later is kept. Null: now.</param>
    public Task<OrderResult> WithdrawAsync(Guid runId, string userId, DateTimeOffset? asOf) =>
        ChangeAsync(
            token => runs.WithdrawOrderAsync(runId, userId, TraceParent, token, asOf),
            result => result.Events,
            CountOrder
        );

    private void CountOrder(OrderResult result)
    {
        if (!result.Replayed)
            metrics.OrderTaken(result.Outcome.ToString().ToLowerInvariant());
    }
}
