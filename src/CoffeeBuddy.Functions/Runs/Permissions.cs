using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Functions.Security;
using CoffeeBuddy.Slack.Payloads;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Runs;

/// <summary>The person for whom something is done.</summary>
/// <param name="HasAdminScope">Whether the access token has the admin scope. Slack's requests have no token.</param>
public sealed record Actor(string UserId, bool HasAdminScope = false);

/// <summary>
/// Who may act for whom, and see what. What the initiator, the runner and admins may do to a run:
/// <see cref="RunRules"/>.
/// </summary>
public sealed class Permissions(IOptions<CoffeeOptions> options)
{
    /// <summary>Admins have the admin scope or are configured.</summary>
    public bool IsAdmin(Actor actor) => actor.HasAdminScope || options.Value.IsAdmin(actor.UserId);

    /// <summary>The person for whom a caller of the API acts: themselves; for a service, the person it names.</summary>
    /// <param name="named">The request's <c>user_id</c>; null when there is none.</param>
    /// <exception cref="RequestRefusedException">403: the caller may not act for that person; 400: a service named no
    /// person.</exception>
    public static Actor ActorFor(Caller caller, string? named)
    {
        if (caller.UserId is { } own)
        {
            if (!SlackIds.IsUserId(own))
                throw Forbidden("The access token's user id is not a Slack user id.");
            if (named is not null && named != own)
                throw Forbidden("You can act only for yourself: leave user_id out, or give your own.");
            return new(own, caller.IsAdmin);
        }

        if (!caller.IsService)
            throw BearerTokenCheck.InsufficientScope(
                Caller.ServiceScope,
                $"The access token has neither a Slack user id nor the scope {Caller.ServiceScope}."
            );
        if (named is null)
            throw Invalid("user_id is missing: give the Slack user id of the person for whom you act.");
        if (!SlackIds.IsUserId(named))
            throw Invalid("user_id is not a Slack user id.");
        return new(named, caller.IsAdmin);
    }

    /// <summary>Services and admins see all runs, orders and preferences.</summary>
    public bool SeesEverything(Caller caller) =>
        caller.IsService || caller.IsAdmin || (caller.UserId is { } userId && options.Value.IsAdmin(userId));

    /// <summary>People see their own order; the runner sees all orders of the run.</summary>
    public bool MaySee(Caller caller, CoffeeRun run, Order order) =>
        SeesEverything(caller)
        || (caller.UserId is { } userId && (order.UserId == userId || run.RunnerUserId == userId));

    /// <summary>People see their own preferences.</summary>
    public bool MaySeePreferences(Caller caller, string userId) => SeesEverything(caller) || caller.UserId == userId;

    private static RequestRefusedException Forbidden(string detail) =>
        new(StatusCodes.Status403Forbidden, "Not allowed.", detail);

    private static RequestRefusedException Invalid(string detail) =>
        new(StatusCodes.Status400BadRequest, "The request is not valid.", detail);
}
