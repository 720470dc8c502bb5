using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Views;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Triggers.Slack;

/// <summary>Opens the order form, prefilled with what the person has ordered in this run, else with their last drink.</summary>
public sealed partial class OrderForms(SlackClient slack, IOptions<CoffeeOptions> options, ILogger<OrderForms> logger)
{
    public OrderForm For(CoffeeRun run, Order? ownOrder, IReadOnlyList<Drink> lastDrinks) =>
        new()
        {
            RunId = run.RunId,
            ChannelId = run.ChannelId,
            InitiatorUserId = run.InitiatorUserId,
            Menu = options.Value.Menu,
            LastDrinks = lastDrinks,
            Prefill = ownOrder?.Drink,
            Note = ownOrder?.Note,
        };

    /// <returns>What to tell the person when Slack did not open the form; null when it did.</returns>
    public Task<SlackMessage?> OpenAsync(
        string triggerId,
        string? teamId,
        OrderForm form,
        CancellationToken cancellationToken
    ) => OpenAsync(triggerId, teamId, OrderModal.Build(form), form.RunId, cancellationToken);

    /// <summary>Opens, instead of the form, the explanation that the run is over.</summary>
    /// <inheritdoc cref="OpenAsync(string, string?, OrderForm, CancellationToken)"/>
    public Task<SlackMessage?> OpenClosedAsync(
        string triggerId,
        string? teamId,
        CoffeeRun run,
        CancellationToken cancellationToken
    ) => OpenAsync(triggerId, teamId, OrderModal.ClosedView(run.Status), run.RunId, cancellationToken);

    private async Task<SlackMessage?> OpenAsync(
        string triggerId,
        string? teamId,
        View view,
        Guid runId,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await slack.OpenViewAsync(triggerId, view, teamId, cancellationToken);
            return null;
        }
        catch (SlackApiException exception)
        {
            Log.NotOpened(logger, runId, exception.Error, exception.Message);
            return Replies.FormDidNotOpen(runId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The order form of run {RunId} did not open, {Error}: {Reason}")]
        public static partial void NotOpened(ILogger logger, Guid runId, string error, string reason);
    }
}
