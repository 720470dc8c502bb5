using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Data.Users;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;

namespace CoffeeBuddy.Functions.Notifications;

/// <summary>
/// Publishes a person's App Home: their usual drinks, the runs they take part in, and whether they are away.
/// </summary>
public sealed class AppHome(RunStore runs, PreferenceStore preferences, UserStore users, SlackClient slack)
{
    private const int MostRuns = 50;
    private const int MostDrinks = Preference.MaxFavourites + OrderForm.MaxLastDrinks;

    /// <param name="notice">Shown above the drinks, in mrkdwn; null: nothing.</param>
    public async Task PublishAsync(
        string workspaceId,
        string userId,
        CancellationToken cancellationToken,
        string? notice = null
    )
    {
        var offered = await preferences.OfferedAsync(userId, MostDrinks, cancellationToken);
        // Only runs the person takes part in: others may be in channels that they cannot see.
        var own = await runs.ListAsync(null, null, RunStatus.Active, MostRuns, cancellationToken, userId);
        var orders = await runs.OrdersOfAsync(userId, [.. own.Select(entry => entry.Run.RunId)], cancellationToken);
        var user = await users.GetAsync(userId, cancellationToken);
        var view = HomeView.Build(
            [.. offered.Select(ToOffered)],
            [
                .. own.Select(entry => new ActiveRun(
                    entry.Run,
                    entry.OrderCount,
                    [.. orders.Where(order => order.RunId == entry.Run.RunId)]
                )),
            ],
            user?.Away ?? false,
            notice
        );
        await slack.PublishViewAsync(userId, view, workspaceId, cancellationToken);
    }

    public static OfferedDrink ToOffered(Preference preference) =>
        new(preference.PreferenceId, preference.Drink, preference.IsFavourite, preference.Name);
}
