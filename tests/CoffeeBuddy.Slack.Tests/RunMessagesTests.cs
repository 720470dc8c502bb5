using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Views;
using Xunit;

namespace CoffeeBuddy.Slack.Tests;

public sealed class RunMessagesTests
{
    private static readonly Drink OatLatte = new("Latte", "Large", ["Oat milk"]);
    private static readonly Order[] Orders =
    [
        Any.Order("UA", OatLatte, minute: 1),
        Any.Order("UB", new Drink("Tea", "Small"), "*not* too hot, <!channel>", minute: 2),
        Any.Order("UC", new Drink("latte", "large", ["OAT MILK"]), minute: 3),
    ];

    [Fact]
    public void An_open_run_has_buttons_to_order_and_to_withdraw()
    {
        var message = RunMessages.Announcement(Any.Run, 0);

        Assert.Equal(
            [Actions.OrderUsual, Actions.OpenOrder, Actions.WithdrawOrder, Actions.Volunteer, Actions.Extend],
            Buttons(message).Select(button => button.ActionId)
        );
        Assert.All(Buttons(message), button => Assert.Equal(Any.Run.RunId.ToString(), button.Value));
        Assert.NotNull(Buttons(message)[2].Confirm);
        Assert.Contains("<@UINIT>", message.Text);
        Assert.Contains("No orders yet", Text(message));
    }

    [Fact]
    public void The_announcement_shows_the_number_of_orders_the_deadline_the_runner_and_the_end()
    {
        Assert.Contains("2 orders.", Text(RunMessages.Announcement(Any.Run, 2)));
        Assert.Contains(
            $"I will choose who goes by {Mrkdwn.Countdown(Any.Now)}.",
            Text(RunMessages.Announcement(Any.Run with { DeadlineAt = Any.Now }, 1))
        );
        Assert.Contains("<@URUNNER> goes", Text(RunMessages.Announcement(Any.Assigned, 3)));
        Assert.Contains(
            "Complete, 3 orders brought by <@URUNNER>",
            Text(RunMessages.Announcement(Any.Assigned with { Status = RunStatus.Completed }, 3))
        );
        Assert.Contains(
            "Cancelled by <@UINIT>",
            Text(RunMessages.Announcement(Any.Run with { Status = RunStatus.Cancelled, ClosedByUserId = "UINIT" }, 3))
        );
        Assert.Contains(
            "because nobody ordered",
            Text(RunMessages.Announcement(Any.Run with { Status = RunStatus.Cancelled }, 0))
        );
    }

    [Theory]
    [InlineData(RunStatus.Completed)]
    [InlineData(RunStatus.Cancelled)]
    public void A_run_that_is_over_has_no_buttons(RunStatus status)
    {
        Assert.Empty(Buttons(RunMessages.Announcement(Any.Assigned with { Status = status }, 3)));
        Assert.Empty(Buttons(RunnerMessages.Closed(Any.Assigned with { Status = status }, 3)));
    }

    [Fact]
    public void Equal_drinks_are_counted_together_and_notes_are_shown_as_typed()
    {
        var text = Text(RunMessages.Summary(Any.Run, Orders));

        Assert.Contains("*3 orders so far*", text);
        Assert.Contains("*2 ×* Large Latte, Oat milk — <@UA> <@UC>", text);
        Assert.Contains("*1 ×* Small Tea — <@UB>\n      :memo: <@UB>: ∗not∗ too hot, &lt;!channel&gt;", text);
    }

    [Fact]
    public void The_summarys_notification_names_the_drinks() =>
        Assert.Equal(
            "Orders so far: 2 × Large Latte, Oat milk, 1 × Small Tea.",
            RunMessages.Summary(Any.Run, Orders).Text
        );

    [Fact]
    public void All_of_50_orders_with_the_longest_texts_are_shown()
    {
        var orders = Enumerable
            .Range(10, 50)
            .Select(number =>
                Any.Order(
                    $"U0123456{number}",
                    new Drink(
                        $"{number}".PadRight(100, '&'),
                        new string('<', 20),
                        Enumerable.Range(0, 10).Select(each => $"{each}".PadRight(75, '&'))
                    ),
                    new string('&', 200)
                )
            )
            .ToList();

        var message = RunMessages.Summary(Any.Run, orders);

        BlockKitLimits.AssertWithin(message);
        Assert.All(orders, order => Assert.Contains($"<@{order.UserId}>", Text(message)));
        Assert.DoesNotContain("more", Text(message));
    }

    [Fact]
    public void Orders_that_do_not_fit_into_a_message_are_counted()
    {
        var orders = Enumerable
            .Range(0, 400)
            .Select(number =>
                Any.Order($"U{number}", new Drink($"Drink {number}".PadRight(100, 'x'), "Small"), new string('n', 200))
            )
            .ToList();

        var message = RunMessages.Summary(Any.Run, orders);

        BlockKitLimits.AssertWithin(message);
        var shown = Text(message).Split("*1 ×*").Length - 1;
        Assert.Contains($"… and {400 - shown} more", Text(message));
    }

    [Fact]
    public void The_assignment_names_the_runner_and_the_reason() =>
        Assert.Equal(
            "<@URUNNER> goes. Why: 2 runs in 30 days, the fewest of 5.",
            RunMessages.Assignment(Any.Assigned, []).Text
        );

    [Fact]
    public void The_runner_gets_the_list_and_the_buttons_in_both_messages() =>
        Assert.All(
            [
                RunnerMessages.Assigned(Any.Assigned, Orders, [], []),
                RunnerMessages.Reminder(Any.Assigned, Orders, RunRules.MaxReminders, inThread: false),
            ],
            message =>
            {
                Assert.Contains("*2 ×* Large Latte, Oat milk — <@UA> <@UC>", Text(message));
                Assert.Equal(
                    [
                        (Actions.CompleteRun, "Mark complete"),
                        (Actions.Leave, "Leaving now"),
                        (Actions.ComeBack, "I'm back"),
                        (Actions.Barista, "Barista's list"),
                        (Actions.Why, "Why me?"),
                        (Actions.StepBack, "I can't go…"),
                        (Actions.AskToGo, "Ask somebody to go…"),
                        (Actions.CancelRun, "Cancel run"),
                    ],
                    Buttons(message).Select(button => (button.ActionId, button.Text.Text))
                );
                Assert.All(Buttons(message), button => Assert.Equal(Any.Run.RunId.ToString(), button.Value));
                Assert.NotNull(Buttons(message)[^1].Confirm);
            }
        );

    [Fact]
    public void Completion_mentions_everyone_who_ordered_once()
    {
        var message = RunMessages.Completed(
            Any.Assigned with
            {
                ClosedByUserId = "URUNNER",
            },
            [.. Orders, Any.Order("UA", OatLatte)]
        );

        Assert.Equal("The coffee run is complete, thanks to <@URUNNER>! <@UA> <@UB> <@UC>", message.Text);
        Assert.Contains("<@UA> <@UB> <@UC>", Text(message));
    }

    [Fact]
    public void A_run_completed_automatically_thanks_no_runner() =>
        Assert.StartsWith(
            "Nobody marked this coffee run as complete, so I did. <@UA>",
            RunMessages.Completed(Any.Assigned, Orders).Text
        );

    [Fact]
    public void Cancellation_names_the_person_or_says_that_nobody_ordered()
    {
        Assert.StartsWith("<@UINIT> cancelled", RunMessages.Cancelled(Any.Run with { ClosedByUserId = "UINIT" }).Text);
        Assert.StartsWith(
            "An admin cancelled",
            RunMessages.Cancelled(Any.Run with { ClosedBySubject = "office-manager" }).Text
        );
        Assert.StartsWith("Nobody ordered", RunMessages.Cancelled(Any.Run).Text);
    }

    [Fact]
    public void The_confirmation_says_what_was_ordered_and_offers_to_change_it()
    {
        var message = Replies.OrderConfirmation([Orders[1]]);

        Assert.Equal("Your order: Small Tea", message.Text);
        Assert.Contains("∗not∗ too hot", Text(message));
        Assert.Equal(
            [(Actions.OpenOrder, "Change…"), (Actions.WithdrawOrder, "Undo")],
            Buttons(message).Select(button => (button.ActionId, button.Text.Text))
        );
    }

    [Fact]
    public void Direct_messages_name_the_channel_of_the_run()
    {
        var closed = Any.Assigned with { Status = RunStatus.Completed, ClosedByUserId = "URUNNER" };

        Assert.Equal("Your order in <#C1>: Small Tea", Replies.OrderConfirmation([Orders[1]], directlyFrom: "C1").Text);
        Assert.DoesNotContain("thread", Text(Replies.OrderConfirmation([Orders[1]], directlyFrom: "C1")));
        Assert.Equal(
            $":white_check_mark: The coffee run in <#{closed.ChannelId}> is complete, thanks to <@{closed.RunnerUserId}>!",
            RunMessages.ClosedDirectly(closed).Text
        );
        Assert.EndsWith(
            "as complete, so I did.",
            RunMessages.ClosedDirectly(closed with { ClosedByUserId = null }).Text
        );
        Assert.EndsWith(
            "was cancelled by <@UINIT>.",
            RunMessages.ClosedDirectly(closed with { Status = RunStatus.Cancelled, ClosedByUserId = "UINIT" }).Text
        );
    }

    [Fact]
    public void The_history_shows_time_runner_people_count_and_state_of_ten_runs()
    {
        var entries = Enumerable
            .Range(0, 12)
            .Select(number => new HistoryEntry(
                Any.Now.AddDays(-number),
                RunStatus.Completed,
                "URUNNER",
                ["UA", "UB"],
                2
            ))
            .ToList();

        var message = HistoryMessage.Build(entries);

        Assert.Equal(11, message.Blocks.Count);
        Assert.Contains(
            $"*{Mrkdwn.Time(Any.Now)}* · <@URUNNER> went · 2 orders · :white_check_mark: completed\nWith <@UA> <@UB>",
            Text(message)
        );
        Assert.DoesNotContain(Mrkdwn.Time(entries[10].StartedAt), Text(message));
    }

    [Fact]
    public void The_history_of_a_channel_without_runs_says_how_to_start_one() =>
        Assert.Contains("`/coffee`", HistoryMessage.Build([]).Text);

    [Fact]
    public void The_home_has_a_button_to_be_away_and_to_be_back()
    {
        Assert.Equal(Actions.Away, AwayButton(HomeView.Build([], [], new())).Value);
        Assert.Equal(Actions.Back, AwayButton(HomeView.Build([], [], new() { Away = true })).Value);
    }

    [Fact]
    public void The_home_shows_the_last_drinks_and_the_active_runs()
    {
        var home = HomeView.Build(
            [new OfferedDrink(Guid.NewGuid(), OatLatte, IsFavourite: false, Name: null)],
            [new ActiveRun(Any.Assigned, 3, [])],
            new HomePerson()
        );

        var json = BlockKitJson.Serialize(home);
        Assert.Contains("Large Latte, Oat milk", json);
        Assert.Contains("3 orders,", json);
        Assert.Contains(
            home.Blocks.OfType<SectionBlock>(),
            block =>
                block.Accessory is Button { ActionId: Actions.OpenOrder } button
                && button.Value == Any.Run.RunId.ToString()
        );
    }

    private static Button AwayButton(View home) =>
        home
            .Blocks.OfType<SectionBlock>()
            .Select(block => block.Accessory)
            .OfType<Button>()
            .Single(button => button.ActionId == Actions.ToggleAway);

    private static List<Button> Buttons(SlackMessage message) =>
        [.. message.Blocks.OfType<ActionsBlock>().SelectMany(block => block.Elements).Cast<Button>()];

    private static string Text(SlackMessage message) =>
        string.Join(
            '\n',
            message.Blocks.SelectMany(block =>
                block switch
                {
                    SectionBlock section => [section.Text!.Text],
                    HeaderBlock header => [header.Text.Text],
                    ContextBlock context => context.Elements.Select(element => element.Text),
                    _ => Array.Empty<string>(),
                }
            )
        );
}
