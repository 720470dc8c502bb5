using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Data.Menus;
using CoffeeBuddy.Functions.Notifications;
using CoffeeBuddy.Functions.Runs;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Triggers.Slack;

/// <summary>The menus of the workspace and of channels, which admins see and change from their App Home.</summary>
public sealed partial class MenuForms(
    MenuStore menus,
    PersonTimeZones timeZones,
    Permissions permissions,
    SlackClient slack,
    TimeProvider time,
    ILogger<MenuForms> logger
)
{
    /// <summary>Shows a menu or one of its forms: over the Home tab, or in place of the form that is open.</summary>
    /// <returns>The outcome, for log and metrics.</returns>
    public async Task<string> OpenAsync(
        Interaction interaction,
        InteractionAction action,
        CancellationToken cancellationToken
    )
    {
        var place = PlaceOf(interaction, action);
        if (!await MayChangeAsync(interaction, place))
        {
            await ShowAsync(interaction, RunnerForms.ExplanationView(MenuTexts.NotAllowed), cancellationToken);
            return "refused";
        }
        var stored = await menus.ReadAsync(place.WorkspaceId, place.ChannelId, cancellationToken);
        var current = place with { Version = stored.Own.Version };
        var view = action.ActionId switch
        {
            Actions.EditMenu => MenuForm.Build(current, WrittenAt(stored)),
            Actions.MenuText => MenuTextForm.Build(current, MenuText.Write(WrittenAt(stored))),
            Actions.SoldOut => SoldOutForm.Build(
                current,
                menus.Applying(stored),
                Current(stored),
                (await ZoneAsync(interaction, cancellationToken)).Id
            ),
            Actions.RemoveMenu => await RemoveAsync(interaction, place, stored, cancellationToken),
            _ => Page(place, stored),
        };
        return await ShowAsync(interaction, view, cancellationToken) ? "shown" : "form_failed";
    }

    /// <summary>Stores what an admin has entered.</summary>
    /// <returns>The outcome, and the form with what is wrong, or the menu as it is now.</returns>
    public async Task<(string Outcome, ViewResponse? Answer)> SaveAsync(
        Interaction interaction,
        CancellationToken cancellationToken
    )
    {
        if (MenuPlace.Read(interaction) is not { } place)
            throw SlackRequest.Unreadable("no menu in the form");
        if (!await MayChangeAsync(interaction, place))
            return ("refused", RunnerForms.Explanation(MenuTexts.NotAllowed));
        switch (interaction.View!.CallbackId)
        {
            case Actions.EditMenu:
                var written = MenuForm.Read(interaction);
                return MenuRules.Validate(written) is { Count: > 0 } faults
                    ? ("invalid", MenuForm.Errors(faults))
                    : await SaveMenuAsync(written, (at, now) => MenuForm.Build(at, written, now));
            case Actions.MenuText:
                var text = MenuTextForm.Read(interaction);
                var pasted = MenuText.Read(text, out var wrongLine);
                if (wrongLine is not null)
                    return ("invalid", MenuTextForm.WrongLine(wrongLine));
                return MenuRules.Validate(pasted) is { Count: > 0 } wrong
                    ? ("invalid", MenuTextForm.Errors(wrong))
                    : await SaveMenuAsync(pasted, (at, now) => MenuTextForm.Build(at, text, now));
            case Actions.SoldOut:
                return await SaveSoldOutAsync(interaction, place, cancellationToken);
            default:
                throw SlackRequest.Unreadable("an unknown form of a menu");
        }

        Task<(string, ViewResponse?)> SaveMenuAsync(MenuDocument document, Func<MenuPlace, StoredMenu, View> again) =>
            SaveAsync(
                interaction,
                place,
                (own, _) => own with { Document = document },
                AuditTypes.MenuChanged,
                (at, stored) => again(at, stored.Own),
                cancellationToken
            );
    }

    private async Task<(string Outcome, ViewResponse? Answer)> SaveSoldOutAsync(
        Interaction interaction,
        MenuPlace place,
        CancellationToken cancellationToken
    )
    {
        var (drinks, customizations) = SoldOutForm.Read(interaction, place);
        var zone = await ZoneAsync(interaction, cancellationToken);
        var soldOut =
            drinks.Count + customizations.Count == 0
                ? null
                : new SoldOut(drinks, customizations, SoldOut.EndOfDay(time.GetUtcNow(), zone));
        return await SaveAsync(
            interaction,
            place,
            (own, menu) =>
                own with
                {
                    // What is not on the menu was removed from it while the form was open.
                    SoldOut = soldOut is null
                        ? null
                        : soldOut with
                        {
                            Drinks = [.. drinks.Intersect(menu.Drinks)],
                            Customizations = [.. customizations.Intersect(menu.Customizations)],
                        },
                },
            AuditTypes.SoldOutChanged,
            (at, stored) =>
                SoldOutForm.Build(at, menus.Applying(stored), Both(soldOut, Current(stored)), zone.Id, isChanged: true),
            cancellationToken
        );
    }

    private SoldOut? Current(PlaceMenus stored) =>
        stored.Own.SoldOut is { } soldOut && time.GetUtcNow() < soldOut.Until ? soldOut : null;

    private static SoldOut? Both(SoldOut? one, SoldOut? other) =>
        one is null || other is null
            ? one ?? other
            : one with
            {
                Drinks = [.. one.Drinks.Union(other.Drinks)],
                Customizations = [.. one.Customizations.Union(other.Customizations)],
            };

    /// <param name="change">Changes what is stored, with the menu that applies.</param>
    /// <param name="again">The form with what was entered, for when it was changed meanwhile.</param>
    private async Task<(string Outcome, ViewResponse? Answer)> SaveAsync(
        Interaction interaction,
        MenuPlace place,
        Func<StoredMenu, Menu, StoredMenu> change,
        string auditType,
        Func<MenuPlace, PlaceMenus, View> again,
        CancellationToken cancellationToken
    )
    {
        var stored = await menus.ReadAsync(place.WorkspaceId, place.ChannelId, cancellationToken);
        if (stored.Own.Version == place.Version)
        {
            var changed = change(stored.Own, menus.Applying(stored));
            var (saved, now) = await menus.SaveAsync(
                changed,
                place.WorkspaceId,
                interaction.User.Id,
                auditType,
                cancellationToken
            );
            stored = stored.With(now);
            if (saved)
                return ("saved", new("update", View: Page(place, stored, MenuTexts.Saved)));
        }
        return ("conflict", new("update", View: again(place with { Version = stored.Own.Version }, stored)));
    }

    private async Task<View> RemoveAsync(
        Interaction interaction,
        MenuPlace place,
        PlaceMenus stored,
        CancellationToken cancellationToken
    )
    {
        if (stored.Own.Version != place.Version)
            return Page(place, stored, MenuTexts.NotRemoved);
        var (removed, now) = await menus.SaveAsync(
            stored.Own with
            {
                Document = null,
                SoldOut = null,
            },
            place.WorkspaceId,
            interaction.User.Id,
            AuditTypes.MenuRemoved,
            cancellationToken
        );
        return Page(place, stored.With(now), removed ? MenuTexts.Saved : MenuTexts.NotRemoved);
    }

    private View Page(MenuPlace place, PlaceMenus stored, string? notice = null) =>
        MenuPage.Build(
            place with
            {
                Version = stored.Own.Version,
            },
            stored.Own,
            workspaceHasOwn: stored.Workspace.Document is not null,
            menus.Applying(stored),
            notice
        );

    /// <summary>The menu of a place, or the one that applies there and becomes its own.</summary>
    private MenuDocument WrittenAt(PlaceMenus stored) => stored.Own.Document ?? MenuDocument.Of(menus.Applying(stored));

    private MenuPlace PlaceOf(Interaction interaction, InteractionAction action)
    {
        if (action.ActionId == Actions.OpenMenu)
            return new(WorkspaceOf(interaction), ChannelId: null, Version: 0);
        if (MenuPlace.Read(interaction) is not { } place)
            throw SlackRequest.Unreadable("no menu in the form");
        return action.ActionId switch
        {
            Actions.WorkspaceMenu => place with { ChannelId = null },
            Actions.ChannelMenu => SlackIds.IsChannelId(action.SelectedConversation)
                ? place with
                {
                    ChannelId = action.SelectedConversation,
                }
                : throw SlackRequest.Unreadable("no channel was chosen"),
            _ => place,
        };
    }

    // An app of an organisation is installed there; runs are in a workspace.
    private string WorkspaceOf(Interaction interaction) =>
        interaction.Team?.Id is { } team && permissions.Serves(team, interaction.EnterpriseId)
            ? team
            : interaction.WorkspaceId;

    private async Task<bool> MayChangeAsync(Interaction interaction, MenuPlace place)
    {
        var actor = permissions.OfSlack(interaction.User.Id);
        if (Permissions.May(actor, Operation.ChangeMenu))
            return true;
        await permissions.RefusedAsync(actor, Operation.ChangeMenu, runId: null, place.ChannelId);
        return false;
    }

    private async Task<TimeZoneInfo> ZoneAsync(Interaction interaction, CancellationToken cancellationToken) =>
        (await timeZones.GetAsync(interaction.User.Id, interaction.WorkspaceId, cancellationToken)).Zone;

    private async Task<bool> ShowAsync(Interaction interaction, View view, CancellationToken cancellationToken)
    {
        try
        {
            if (interaction.View is { IsHome: false, Id: { } viewId, Hash: var hash })
                await slack.UpdateViewAsync(viewId, view, hash, interaction.WorkspaceId, cancellationToken);
            else if (interaction.TriggerId is { } triggerId)
                await slack.OpenViewAsync(triggerId, view, interaction.WorkspaceId, cancellationToken);
            else
                throw SlackRequest.Unreadable("a button without a trigger");
            return true;
        }
        catch (SlackApiException exception)
        {
            Log.NotShown(logger, interaction.User.Id, exception.Error);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A menu was not shown to {UserId}: {Error}")]
        public static partial void NotShown(ILogger logger, string userId, string error);
    }
}
