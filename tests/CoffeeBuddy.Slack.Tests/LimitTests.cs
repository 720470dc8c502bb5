using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.Views;
using CsCheck;
using Xunit;

namespace CoffeeBuddy.Slack.Tests;

/// <summary>Messages and views stay within Slack's limits for any text and any number of orders.</summary>
public sealed class LimitTests
{
    private const int Iterations = 60;

    [Fact]
    public void Every_message_of_a_run_is_within_Slacks_limits() =>
        Gen.Select(Any.Runs, Any.Orders)
            .Sample(
                (run, orders) =>
                {
                    BlockKitLimits.AssertWithin(RunMessages.Announcement(run, orders.Count));
                    BlockKitLimits.AssertWithin(RunMessages.Summary(run, orders));
                    BlockKitLimits.AssertWithin(RunMessages.Assignment(run));
                    BlockKitLimits.AssertWithin(RunMessages.Completed(run, orders));
                    BlockKitLimits.AssertWithin(RunMessages.Cancelled(run));
                    BlockKitLimits.AssertWithin(RunnerMessages.Assigned(run, orders));
                    BlockKitLimits.AssertWithin(RunnerMessages.Reminder(run, orders));
                    BlockKitLimits.AssertWithin(RunnerMessages.Closed(run, orders.Count));
                },
                iter: Iterations
            );

    [Fact]
    public void The_summary_of_many_equal_orders_with_notes_is_within_Slacks_limits() =>
        Gen.Select(Any.Runs, Gen.Int[1, 100], Gen.Int[9, 64], Any.Drinks, Gen.Int[1, 200])
            .Sample(
                (run, people, idLength, drink, noteLength) =>
                {
                    Order[] orders =
                    [
                        .. Enumerable
                            .Range(0, people)
                            .Select(number =>
                                Any.Order($"U{number}".PadRight(idLength, 'X'), drink, new string('&', noteLength))
                            ),
                    ];
                    BlockKitLimits.AssertWithin(RunMessages.Summary(run, orders));
                    BlockKitLimits.AssertWithin(RunnerMessages.Assigned(run, orders));
                },
                iter: Iterations
            );

    [Fact]
    public void Every_reply_is_within_Slacks_limits() =>
        Gen.Select(Any.Runs, Any.Drinks, Any.Notes, MrkdwnTests.Typed)
            .Sample(
                (run, drink, note, typed) =>
                    Assert.All(
                        [
                            Replies.OrderConfirmation(Any.Order("U1", drink, note)),
                            Replies.OrderConfirmation(Any.Order("U1", drink, note), run.ChannelId),
                            RunMessages.ClosedDirectly(run),
                            Replies.OrderWithdrawn(),
                            Replies.NoOrderToWithdraw(),
                            Replies.Help(),
                            Replies.CannotPost(run.ChannelId),
                            Replies.FormDidNotOpen(run.RunId),
                            Replies.RunCancelled(),
                            Replies.NoActiveRun(),
                            Replies.NotAllowedToCancel(run),
                            Replies.NotAllowedToComplete(run),
                            Replies.AlreadyCompleted(run),
                            Replies.AlreadyCancelled(run),
                            Replies.UnknownRun(),
                            Replies.UnknownCommand(typed),
                            Replies.OnlyInChannels(),
                            Replies.AwayChanged(true),
                            Replies.AwayChanged(false),
                        ],
                        BlockKitLimits.AssertWithin
                    ),
                iter: Iterations
            );

    [Fact]
    public void The_history_is_within_Slacks_limits() =>
        Gen.Select(Any.Runs, Any.Orders)
            .Select(
                (run, orders) =>
                    new HistoryEntry(
                        Any.Now,
                        run.Status,
                        run.RunnerUserId,
                        [.. orders.Select(order => order.UserId)],
                        orders.Count
                    )
            )
            .List[0, 12]
            .Sample(entries => BlockKitLimits.AssertWithin(HistoryMessage.Build(entries)), iter: Iterations);

    [Fact]
    public void The_home_is_within_Slacks_limits() =>
        Gen.Select(Any.Drinks.List[0, 4], Any.Runs.List[0, 30], Gen.Bool)
            .Sample(
                (drinks, runs, away) =>
                    BlockKitLimits.AssertWithin(
                        HomeView.Build(drinks, [.. runs.Select(run => new ActiveRun(run, 60))], away)
                    ),
                iter: Iterations
            );

    [Fact]
    public void The_order_form_with_the_largest_menu_is_within_Slacks_limits() =>
        Gen.Select(Any.Drinks.List[0, 4], Any.Drinks.List[0, 1], Any.Notes, Gen.Bool)
            .Sample(
                (lastDrinks, prefill, note, largest) =>
                {
                    var menu = largest
                        ? new Menu(
                            Entries(Menu.MaxDrinks + 5, 100),
                            Entries(Menu.MaxSizes + 2, 30),
                            Entries(Drink.MaxCustomizations + 5, 100)
                        )
                        : Menu.Default;
                    BlockKitLimits.AssertWithin(
                        OrderModal.Build(
                            new OrderForm
                            {
                                RunId = Any.Run.RunId,
                                ChannelId = "C1",
                                InitiatorUserId = "UINIT",
                                Menu = menu,
                                LastDrinks = lastDrinks,
                                Prefill = prefill.FirstOrDefault(),
                                Note = note,
                            }
                        )
                    );
                },
                iter: Iterations
            );

    [Fact]
    public void The_explanation_views_are_within_Slacks_limits()
    {
        BlockKitLimits.AssertWithin(OrderModal.ClosedView(RunStatus.Completed));
        BlockKitLimits.AssertWithin(OrderModal.ClosedView(RunStatus.Cancelled));
    }

    private static string[] Entries(int count, int length) =>
        [.. Enumerable.Range(0, count).Select(number => $"{number} ".PadRight(length, 'é'))];
}
