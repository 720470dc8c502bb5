using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Data.Users;
using CoffeeBuddy.Functions.Runs;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Notifications;

/// <summary>
/// Publishes a person's App Home: whether they are away, their turn and settings, the runs that they take part in or can
/// join, those that they have planned, and their drinks.
/// </summary>
public sealed class AppHome(
    RunStore runs,
    PreferenceStore preferences,
    UserStore users,
    SettingsStore settings,
    Permissions permissions,
    PersonLanguages languages,
    SlackClient slack,
    IOptions<CoffeeOptions> options
)
{
    private const int MostRuns = 50;
    private const int MostDrinks = Preference.MaxFavourites + OrderForm.MaxLastDrinks;

    /// <summary>Slack is asked about the channel of each.</summary>
    private const int MostNearby = 5;

    /// <summary>The runs for which it is worked out who would be chosen now.</summary>
    private const int MostPreviews = 3;

    /// <param name="notice">Shown above the drinks, in mrkdwn; null: nothing.</param>
    public async Task PublishAsync(
        string workspaceId,
        string userId,
        CancellationToken cancellationToken,
        string? notice = null
    )
    {
        var offered = await preferences.OfferedAsync(userId, MostDrinks, cancellationToken);
        var own = await runs.ListAsync(null, null, RunStatus.Active, MostRuns, cancellationToken, userId);
        var orders = await runs.OrdersOfAsync(userId, [.. own.Select(entry => entry.Run.RunId)], cancellationToken);
        var planned = await runs.PlannedOfAsync(userId, channelId: null, cancellationToken);
        var nearby = await ListNearbyAsync(userId, cancellationToken);
        // The person may have changed it with the request that is being handled.
        using var language = languages.UseOf(userId);
        var view = HomeView.Build(
            [.. offered.Select(ToOffered)],
            [
                .. own.Concat(nearby)
                    .Select(entry => new ActiveRun(
                        entry.Run,
                        entry.OrderCount,
                        [.. orders.Where(order => order.RunId == entry.Run.RunId)]
                    )),
            ],
            await AboutAsync(userId, own, cancellationToken),
            notice,
            planned
        );
        await slack.PublishViewAsync(userId, view, workspaceId, cancellationToken);
    }

    public static OfferedDrink ToOffered(Preference preference) =>
        new(preference.PreferenceId, preference.Drink, preference.IsFavourite, preference.Name);

    /// <summary>Runs in the person's channels. Others may be in channels that they cannot see.</summary>
    private async Task<IReadOnlyList<RunHistoryEntry>> ListNearbyAsync(
        string userId,
        CancellationToken cancellationToken
    )
    {
        var found = await runs.ListNearbyAsync(userId, MostNearby, cancellationToken);
        var actor = permissions.OfSlack(userId);
        List<RunHistoryEntry> visible = [];
        foreach (var entry in found)
        {
            try
            {
                var (workspace, channel) = (entry.Run.WorkspaceId, entry.Run.ChannelId);
                if (await permissions.MayAsync(actor, Operation.PlaceOrder, workspace, channel, cancellationToken))
                    visible.Add(entry);
            }
            catch (MembersUnknownException)
            {
                // The Home tab is shown without this run.
            }
        }
        return visible;
    }

    private async Task<HomePerson> AboutAsync(
        string userId,
        IReadOnlyList<RunHistoryEntry> own,
        CancellationToken cancellationToken
    )
    {
        var user = await users.GetAsync(userId, cancellationToken);
        var stored = await settings.GetAsync(userId, cancellationToken);
        var numbers = await runs.NumbersOfAsync(userId, cancellationToken);
        List<Duty> duties =
        [
            .. own.Where(entry => entry.Run.RunnerUserId == userId).Select(entry => new Duty(entry.Run, Why: null)),
        ];
        var undecided = own.Where(entry => entry.Run.RunnerUserId is null && entry.ParticipantUserIds.Contains(userId));
        foreach (var entry in undecided.Take(MostPreviews))
        {
            if (await runs.PreviewAsync(entry.Run, cancellationToken) is { } next && next.RunnerUserId == userId)
                duties.Add(new(entry.Run, RunnerReason.InWords(next.ReasonParts)));
        }
        return new()
        {
            Away = user?.Away ?? false,
            AwayUntil = user?.AwayUntil,
            Settings = stored.Settings,
            Numbers = numbers,
            WindowDays = options.Value.FairnessWindowDays,
            RunsBeforeNextTurn = AssignmentRules.RunsBeforeNextTurn(numbers?.RunsMade ?? 0, options.Value),
            Duties = duties,
            ChangesMenus = Permissions.May(permissions.OfSlack(userId), Operation.ChangeMenu),
            MaySeeStatistics = Permissions.May(permissions.OfSlack(userId), Operation.SeeAllStatistics),
        };
    }
}
