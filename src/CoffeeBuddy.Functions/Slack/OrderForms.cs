using CoffeeBuddy.Core;
using CoffeeBuddy.Data;
using CoffeeBuddy.Slack;
using CoffeeBuddy.Slack.BlockKit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Slack;

/// <summary>Opens the order form, prefilled with what the person has ordered in this run, else with their last drink.</summary>
public sealed partial class OrderForms(SlackClient slack, IOptions<CoffeeOptions> options, ILogger<OrderForms> logger)
{
    public OrderForm For(CoffeeRun run, Order? ownOrder, IReadOnlyList<Drink> lastDrinks) => new()
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
    public async Task<SlackMessage?> OpenAsync(string triggerId, string? teamId, OrderForm form, CancellationToken cancellationToken)
    {
        try
        {
            await slack.OpenViewAsync(triggerId, OrderModal.Build(form), teamId, cancellationToken);
            return null;
        }
        catch (SlackApiException exception)
        {
            Log.NotOpened(logger, form.RunId, exception.Error, exception.Message);
            return Replies.FormDidNotOpen(form.RunId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The order form of run {RunId} did not open, {Error}: {Reason}")]
        public static partial void NotOpened(ILogger logger, Guid runId, string error, string reason);
    }
}
