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

    public async Task PublishAsync(string workspaceId, string userId, CancellationToken cancellationToken)
    {
        var usual = await preferences.LastAsync(userId, OrderForm.MaxLastDrinks, cancellationToken);
        // Only runs the person takes part in: others may be in channels that they cannot see.
        var own = await runs.ListAsync(null, null, RunStatus.Active, MostRuns, cancellationToken, userId);
        var user = await users.GetAsync(userId, cancellationToken);
        var view = HomeView.Build(
            [.. usual.Select(preference => preference.Drink)],
            [.. own.Select(entry => new ActiveRun(entry.Run, entry.OrderCount))],
            user?.Away ?? false
        );
        await slack.PublishViewAsync(userId, view, workspaceId, cancellationToken);
    }
}
