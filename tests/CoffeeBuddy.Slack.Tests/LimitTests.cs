using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Core.Users;
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
                    BlockKitLimits.AssertWithin(RunMessages.Assignment(run, Declines));
                    BlockKitLimits.AssertWithin(RunMessages.NobodyGoes(run, Declines));
                    BlockKitLimits.AssertWithin(RunnerMessages.Released(run));
                    BlockKitLimits.AssertWithin(RunnerMessages.Decision(run, orders, Declines, Requests(run)));
                    BlockKitLimits.AssertWithin(
                        RunnerMessages.Decision(run with { UndecidedSince = Any.Now }, orders, Declines, Requests(run))
                    );
                    Assert.All(
                        Requests(run),
                        request => BlockKitLimits.AssertWithin(RunnerMessages.TakeOver(run, request, orders.Count))
                    );
                    BlockKitLimits.AssertWithin(RunMessages.Completed(run, orders));
                    BlockKitLimits.AssertWithin(RunMessages.Cancelled(run));
                    BlockKitLimits.AssertWithin(RunnerMessages.Assigned(run, orders, Declines, Requests(run)));
                    BlockKitLimits.AssertWithin(RunnerMessages.Reminder(run, orders, number: 2, inThread: false));
                    BlockKitLimits.AssertWithin(RunnerMessages.Closed(run, orders.Count));
                    if (run.RunnerUserId is null)
                        return;
                    var back = run with { LeftAt = Any.Now, BackAt = Any.Now };
                    BlockKitLimits.AssertWithin(RunMessages.Announcement(back, orders.Count));
                    BlockKitLimits.AssertWithin(RunMessages.Summary(back, orders));
                    BlockKitLimits.AssertWithin(RunMessages.Assignment(back, Declines));
                    BlockKitLimits.AssertWithin(RunnerMessages.Assigned(back, orders, Declines, Requests(run)));
                    BlockKitLimits.AssertWithin(ProgressMessages.Back(back, orders));
                    BlockKitLimits.AssertWithin(
                        ProgressMessages.Back(back, [.. orders.Select(order => order with { CollectedAt = Any.Now })])
                    );
                    BlockKitLimits.AssertWithin(ProgressMessages.BackDirectly(back, hasCollected: false));
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
                    BlockKitLimits.AssertWithin(RunnerMessages.Assigned(run, orders, Declines, Requests(run)));
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
                            Replies.OrderConfirmation([Any.Order("U1", drink, note)]),
                            Replies.OrderConfirmation([Any.Order("U1", drink, note)], run.ChannelId),
                            Replies.OrderConfirmation(WithGuests(drink, note), run.ChannelId),
                            Replies.GuestOrderWithdrawn(WithGuests(drink, note)[1]),
                            Replies.NoGuestOrderToWithdraw(),
                            RunMessages.ClosedDirectly(run),
                            OrderReplies.Withdrawn(Any.Order("U1", drink, note), WithGuests(drink, note)),
                            OrderReplies.NothingToWithdraw(WithGuests(drink, note)),
                            OrderReplies.WhichOne(WithGuests(drink, note)),
                            OrderReplies.NothingToChange(run.RunId),
                            OrderReplies.Overtaken(Any.Order("U1", drink, note)),
                            OrderReplies.Unchanged(Any.Order("U1", drink, note)),
                            OrderReplies.Unclear(Unclear(typed), run.RunId, WithGuests(drink, note)),
                            OrderReplies.Unclear(Unclear(typed), run.RunId, []),
                            OrderReplies.DoesNotFit(run.RunId, WithGuests(drink, note)),
                            OrderReplies.StillOrdered(Any.Order("U1", drink, note)),
                            OrderReplies.TooLate(run),
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
                            Replies.Away(Any.Now, typed),
                            Replies.Away(until: null, typed),
                            Replies.AwayUnclear(AwayFault.TooLong),
                            Replies.Back(),
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
        Gen.Select(Any.Drinks.List[0, 16], Any.Runs.List[0, 30], Gen.Bool)
            .Sample(
                (drinks, runs, away) =>
                    BlockKitLimits.AssertWithin(
                        HomeView.Build(
                            [.. drinks.Select((drink, index) => Favourite(drink, index))],
                            [
                                .. runs.Select(run => new ActiveRun(
                                    run,
                                    60,
                                    away ? WithGuests(drinks.FirstOrDefault(new Drink("Tea", "Large")), null) : []
                                )),
                            ],
                            new HomePerson
                            {
                                Away = away,
                                ChangesMenus = true,
                                AwayUntil = Any.Now,
                                Settings = new(4, true, new(new(22, 0), new(7, 0)), true, away),
                                Duties = [.. runs.Select(run => new Duty(run, new string('&', 2000)))],
                                MaySeeStatistics = true,
                            },
                            HomeView.TooManyFavourites,
                            [.. runs.Select(PlannedRunMessagesTests.Planned)]
                        )
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
                                Guest = new string('é', Order.MaxGuestLength),
                                OffersSameAs = true,
                                Notice = "No order.",
                            }
                        )
                    );
                },
                iter: Iterations
            );

    [Fact]
    public void The_explanation_views_are_within_Slacks_limits()
    {
        BlockKitLimits.AssertWithin(OrderModal.ClosedView(Any.Run with { Status = RunStatus.Completed }));
        BlockKitLimits.AssertWithin(OrderModal.ClosedView(Any.Run with { Status = RunStatus.Cancelled }));
        BlockKitLimits.AssertWithin(OrderModal.ClosedView(Any.Assigned with { LeftAt = Any.Now }));
        BlockKitLimits.AssertWithin(OrderModal.ClosedView(null));
    }

    [Fact]
    public void The_form_for_a_favourites_name_is_within_Slacks_limits() =>
        Any.Drinks.Sample(
            drink => BlockKitLimits.AssertWithin(FavouriteForm.Build(Favourite(drink, 1), 40)),
            iter: Iterations
        );

    [Fact]
    public void The_reckoning_of_60_people_and_the_runners_forms_are_within_Slacks_limits() =>
        Gen.Select(Any.Runs, Gen.Enum<FairnessStrategy>())
            .Sample(
                (run, strategy) =>
                {
                    var reckoning = new Reckoning(
                        strategy,
                        30,
                        "U1",
                        [.. Enumerable.Range(0, 60).Select(number => Person($"U{number}".PadRight(60, 'X')))]
                    );
                    BlockKitLimits.AssertWithin(
                        ReckoningView.Build(
                            run,
                            [new(3, reckoning.People[0].UserId, Any.Now, AssignedHow.Chosen, "the fewest", reckoning)]
                        )
                    );
                    BlockKitLimits.AssertWithin(ReckoningView.Build(run, []));
                    BlockKitLimits.AssertWithin(RunnerForms.StepBack(run));
                    BlockKitLimits.AssertWithin(RunnerForms.AskToGo(run));
                    BlockKitLimits.AssertWithin(RunnerForms.ExplanationView(Replies.NotTheRunner(run)));
                },
                iter: Iterations
            );

    [Fact]
    public void The_list_for_the_barista_is_within_Slacks_limits() =>
        Any.Orders.Sample(
            orders => BlockKitLimits.AssertWithin(BaristaView.Build(orders, Menu.Default)),
            iter: Iterations
        );

    private static readonly Decline[] Declines =
    [
        .. Enumerable
            .Range(0, 50)
            .Select(number => new Decline($"U{number}", new string('&', Decline.MaxReasonLength), Any.Now)),
    ];

    private static TakeOverRequest[] Requests(CoffeeRun run) =>
        [
            .. Enumerable
                .Range(0, 60)
                .Select(number => new TakeOverRequest(
                    $"U{number}",
                    run.RunnerUserId ?? run.InitiatorUserId,
                    Comparison: null,
                    number % 2 == 0 ? TakeOverAnswer.Declined : null,
                    3
                )),
            new(
                "ULATE",
                AskedByUserId: null,
                new Comparison(FairnessStrategy.Weighted, 30, Person("ULATE"), Person("URUNNER")),
                Answer: null,
                3
            ),
        ];

    private static ReckonedPerson Person(string userId) =>
        new(userId, 12, 123, Any.Now, Any.Now, WhyNot: "cannot get direct messages from me");

    private static OfferedDrink Favourite(Drink drink, int index) =>
        new(Guid.NewGuid(), drink, IsFavourite: index % 3 != 2, index % 2 == 0 ? null : new string('*', 40));

    private static OrderReply.Unclear Unclear(string typed) =>
        new(UnclearReason.UnknownWords, [.. Enumerable.Repeat(typed, 20)]);

    private static Order[] WithGuests(Drink drink, string? note) =>
        [
            Any.Order("U1", drink, note),
            .. Enumerable
                .Range(0, Order.MaxGuests)
                .Select(number =>
                    Any.Order("U1", drink, note) with
                    {
                        Guest = $"{number}".PadRight(Order.MaxGuestLength, '&'),
                    }
                ),
        ];

    private static string[] Entries(int count, int length) =>
        [.. Enumerable.Range(0, count).Select(number => $"{number} ".PadRight(length, 'é'))];
}
