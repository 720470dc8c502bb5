using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Functions.Security;
using CoffeeBuddy.Slack.Payloads;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Runs;

/// <summary>Who asks.</summary>
/// <param name="UserId">The person who acts, or for whom a service acts; null: a program that acts for nobody.</param>
/// <param name="IsAdmin">Of a service that acts for a person: only where both are.</param>
/// <param name="Subject">The subject of the access token; null: the request is Slack's.</param>
public sealed record Actor(string? UserId, bool IsAdmin, bool IsService = false, string? Subject = null);

/// <summary>
/// Decides whether somebody may do something, by <see cref="AccessRules"/>: the only place that does. Every refusal goes
/// through <see cref="RefusedAsync"/>.
/// </summary>
public sealed partial class Permissions(
    ChannelMembers members,
    AuditStore audit,
    IOptions<CoffeeOptions> options,
    ILogger<Permissions> logger
)
{
    private const string NotAllowedTitle = "Not allowed.";
    private const string NoSuchRun = "There is no such run.";

    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);

    /// <summary>The person who has sent a request of Slack.</summary>
    public Actor OfSlack(string userId) => new(userId, options.Value.IsAdmin(userId));

    /// <summary>The caller of the API: a person, or a service with the person it names.</summary>
    /// <param name="named">The request's <c>user_id</c>; null when there is none.</param>
    /// <exception cref="RequestRefusedException">403: the caller may not act, or not for that person; 400: not a user
    /// id.</exception>
    public Actor OfCaller(Caller caller, string? named = null)
    {
        if (caller.UserId is { } own)
        {
            if (!SlackIds.IsUserId(own))
                throw Forbidden("The access token's user id is not a Slack user id.");
            if (named is not null && named != own)
                throw Forbidden("You can act only for yourself: leave user_id out, or give your own.");
            return new(own, caller.IsAdmin || options.Value.IsAdmin(own), Subject: caller.Subject);
        }

        if (!caller.IsService)
        {
            if (!caller.IsAdmin)
                throw BearerTokenCheck.InsufficientScope(
                    Caller.ServiceScope,
                    $"The access token has neither a Slack user id nor the scope {Caller.ServiceScope}."
                );
            if (named is not null)
                throw BearerTokenCheck.InsufficientScope(
                    Caller.ServiceScope,
                    $"Only a token with the scope {Caller.ServiceScope} can act for a person."
                );
        }
        if (named is not null && !SlackIds.IsUserId(named))
            throw Invalid("user_id is not a Slack user id.");
        // A service has its own rights, and for a person none that the person does not have.
        var isAdmin = caller.IsAdmin && (named is null || options.Value.IsAdmin(named));
        return new(named, isAdmin, caller.IsService, caller.Subject);
    }

    /// <summary>The person for whom an order is placed or a run is opened.</summary>
    /// <exception cref="RequestRefusedException">400: a service named no person; 403: an admin without a Slack user id
    /// cannot act as a person.</exception>
    public static string PersonOf(Actor actor) =>
        actor.UserId
        ?? throw (
            actor.IsService
                ? Invalid("user_id is missing: give the Slack user id of the person for whom you act.")
                : Forbidden("The access token has no Slack user id.")
        );

    /// <summary>Whether the workspace, or its organisation, is one of those that are served.</summary>
    public bool Serves(string workspaceId, string? enterpriseId) =>
        options.Value.Workspaces is var served
        && (served.Contains(workspaceId) || (enterpriseId is not null && served.Contains(enterpriseId)));

    /// <summary>The workspace of a request of Slack.</summary>
    /// <param name="userId">Null: Slack does not say who has caused it.</param>
    /// <exception cref="RequestRefusedException">403: the workspace is not one of those that are served.</exception>
    public void RequireWorkspace(string workspaceId, string? enterpriseId, string? userId)
    {
        if (!Serves(workspaceId, enterpriseId))
            throw OtherWorkspace(workspaceId, userId);
    }

    /// <summary>
    /// The workspace that a caller of the API names, without its organisation. Where an organisation is served, Slack is
    /// asked with the organisation's token, which sees its own channels only.
    /// </summary>
    /// <exception cref="RequestRefusedException">403: the workspace is not one of those that are served.</exception>
    public void RequireNamedWorkspace(string workspaceId, Actor actor)
    {
        var servesOrganisation = options.Value.Workspaces.Any(served => SlackIds.TeamOf(served) is null);
        if (!Serves(workspaceId, enterpriseId: null) && !servesOrganisation)
            throw OtherWorkspace(workspaceId, actor.UserId);
    }

    /// <summary>What the person may do in the channel of a request that Slack has signed.</summary>
    /// <returns>Until when the person counts as a member.</returns>
    public DateTimeOffset SawInChannel(string workspaceId, string channelId, string userId) =>
        members.Saw(workspaceId, channelId, userId);

    /// <summary>Whether somebody may do something to a run.</summary>
    /// <exception cref="MembersUnknownException">That depends on the channel, and Slack does not say who is in
    /// it.</exception>
    public async Task<bool> MayAsync(
        Actor actor,
        Operation operation,
        RunDetails details,
        CancellationToken cancellationToken
    )
    {
        var run = details.Run;
        var relations = RunRules.RelationsOf(run, actor.UserId, actor.IsAdmin) | RelationsOf(actor);
        if (details.Orders.Any(order => order.UserId == actor.UserId))
            relations |= Relations.Orderer;
        return await MayAsync(actor, operation, relations, run.WorkspaceId, run.ChannelId, cancellationToken);
    }

    /// <summary>Whether somebody may do something in a channel.</summary>
    /// <exception cref="MembersUnknownException">Slack does not say who is in the channel.</exception>
    public Task<bool> MayAsync(
        Actor actor,
        Operation operation,
        string workspaceId,
        string channelId,
        CancellationToken cancellationToken
    ) => MayAsync(actor, operation, RelationsOf(actor), workspaceId, channelId, cancellationToken);

    /// <summary>Whether somebody may do what is about no run: list all runs, or see a person's preferences.</summary>
    /// <param name="aboutUserId">The person that it is about; null: nobody.</param>
    public static bool May(Actor actor, Operation operation, string? aboutUserId = null) =>
        AccessRules.Allows(
            operation,
            RelationsOf(actor)
                | (aboutUserId is not null && aboutUserId == actor.UserId ? Relations.Self : Relations.None)
        );

    /// <summary>Everybody sees their own orders; who else: <see cref="Operation.SeeAllOrders"/>.</summary>
    public static bool MaySee(Actor actor, CoffeeRun run, Order order) =>
        order.UserId == actor.UserId
        || AccessRules.Allows(
            Operation.SeeAllOrders,
            RunRules.RelationsOf(run, actor.UserId, actor.IsAdmin) | RelationsOf(actor)
        );

    /// <exception cref="RequestRefusedException">404: the caller may not see the run; 403: they may see it, but not do
    /// this; 429, 503: it is not known who is in the channel.</exception>
    public async Task RequireAsync(
        Actor actor,
        Operation operation,
        RunDetails? details,
        CancellationToken cancellationToken
    )
    {
        if (details is null)
            throw RunNotFound();
        try
        {
            if (await MayAsync(actor, operation, details, cancellationToken))
                return;
            await RefusedAsync(actor, operation, details.Run.RunId, details.Run.ChannelId);
            throw operation != Operation.SeeRun && await MayAsync(actor, Operation.SeeRun, details, cancellationToken)
                ? NotAllowed(actor, operation, details.Run.ChannelId)
                : new(StatusCodes.Status404NotFound, NoSuchRun)
                {
                    Hides = true,
                    UserId = actor.UserId,
                    ChannelId = details.Run.ChannelId,
                };
        }
        catch (MembersUnknownException unknown)
        {
            throw Unknown(unknown);
        }
    }

    /// <exception cref="RequestRefusedException">403: not in this channel; 429, 503: it is not known who
    /// is in it.</exception>
    public async Task RequireAsync(
        Actor actor,
        Operation operation,
        string workspaceId,
        string channelId,
        CancellationToken cancellationToken
    )
    {
        try
        {
            if (await MayAsync(actor, operation, workspaceId, channelId, cancellationToken))
                return;
        }
        catch (MembersUnknownException unknown)
        {
            throw Unknown(unknown);
        }
        await RefusedAsync(actor, operation, runId: null, channelId);
        throw NotAllowed(actor, operation, channelId);
    }

    /// <exception cref="RequestRefusedException">403: not allowed.</exception>
    public async Task RequireAsync(Actor actor, Operation operation, string? aboutUserId = null)
    {
        if (May(actor, operation, aboutUserId))
            return;
        await RefusedAsync(actor, operation, runId: null, channelId: null);
        throw NotAllowed(actor, operation, channelId: null);
    }

    /// <summary>Notes an attempt that was refused. Of a caller of the API, the audit is added by AuditMiddleware.</summary>
    public async Task RefusedAsync(Actor actor, Operation operation, Guid? runId, string? channelId)
    {
        Log.Refused(logger, operation, actor.UserId, actor.Subject, runId, channelId);
        if (actor.Subject is not null)
            return;
        try
        {
            await audit.AddRefusedAsync(
                operation.ToString(),
                actor.UserId,
                runId,
                channelId,
                reason: null,
                CancellationToken.None
            );
        }
        catch (DatabaseFailureException exception)
        {
            // Nothing was done: the person is refused nevertheless.
            Log.NotAudited(logger, operation, actor.UserId, exception.Message);
        }
    }

    /// <summary>The same for a run that the caller may not see and for one that does not exist.</summary>
    public static RequestRefusedException RunNotFound() => new(StatusCodes.Status404NotFound, NoSuchRun);

    private async Task<bool> MayAsync(
        Actor actor,
        Operation operation,
        Relations relations,
        string workspaceId,
        string channelId,
        CancellationToken cancellationToken
    ) =>
        AccessRules.Allows(operation, relations)
        // Slack is asked only where it matters.
        || (
            actor.UserId is { } userId
            && AccessRules.Allows(operation, relations | Relations.Member)
            && await members.ContainAsync(workspaceId, channelId, userId, cancellationToken)
        );

    private static Relations RelationsOf(Actor actor) =>
        (actor.IsAdmin ? Relations.Admin : Relations.None) | (actor.IsService ? Relations.Service : Relations.None);

    private static string ReasonOf(Operation operation) =>
        operation switch
        {
            Operation.OpenRun or Operation.PlaceOrder or Operation.SeeHistory =>
                "Only members of the channel can do this, and only in a channel that the app can see.",
            Operation.CompleteRun or Operation.CancelRun => "The run's initiator, its runner and admins can do this.",
            Operation.SeePreferences => "You can see only your own preferences.",
            _ => "You cannot do this.",
        };

    private static RequestRefusedException NotAllowed(Actor actor, Operation operation, string? channelId) =>
        new(StatusCodes.Status403Forbidden, NotAllowedTitle, ReasonOf(operation))
        {
            UserId = actor.UserId,
            ChannelId = channelId,
        };

    private RequestRefusedException OtherWorkspace(string workspaceId, string? userId)
    {
        Log.OtherWorkspace(logger, workspaceId);
        return new(StatusCodes.Status403Forbidden, NotAllowedTitle, "This workspace is not served here.")
        {
            UserId = userId,
        };
    }

    private static RequestRefusedException Forbidden(string detail) =>
        new(StatusCodes.Status403Forbidden, NotAllowedTitle, detail);

    private static RequestRefusedException Invalid(string detail) =>
        new(StatusCodes.Status400BadRequest, "The request is not valid.", detail);

    private static RequestRefusedException Unknown(MembersUnknownException unknown) =>
        unknown.RetryAfter is { } wait
            ? new(
                StatusCodes.Status429TooManyRequests,
                "Too many channels.",
                "Slack is not asked about so many channels within a minute."
            )
            {
                RetryAfter = wait,
            }
            : new(
                StatusCodes.Status503ServiceUnavailable,
                "Slack does not say who is in the channel.",
                "Try again shortly."
            )
            {
                RetryAfter = AskAgainAfter,
            };

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Information,
            "Refused {Operation} to {UserId}, subject {Subject}: run {RunId}, channel {ChannelId}"
        )]
        public static partial void Refused(
            ILogger logger,
            Operation operation,
            string? userId,
            string? subject,
            Guid? runId,
            string? channelId
        );

        [LoggerMessage(
            LogLevel.Error,
            "The refusal of {Operation} to {UserId} is not in the audit, because the database cannot be used: {Reason}"
        )]
        public static partial void NotAudited(ILogger logger, Operation operation, string? userId, string reason);

        [LoggerMessage(LogLevel.Information, "Refused a request of workspace {WorkspaceId}, which is not served")]
        public static partial void OtherWorkspace(ILogger logger, string workspaceId);
    }
}
