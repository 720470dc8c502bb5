using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Views;
using Xunit;

namespace CoffeeBuddy.Slack.Tests;

/// <summary>The messages while the runner is on the way.</summary>
public sealed class ProgressMessagesTests
{
    private static readonly CoffeeRun Left = Any.Assigned with { LeftAt = Any.Now };
    private static readonly CoffeeRun Back = Left with { BackAt = Any.Now.AddMinutes(9) };

    private static readonly Order[] Orders =
    [
        Any.Order("URUNNER", new Drink("Tea", "Small")),
        Any.Order("UA", new Drink("Tea", "Small")) with
        {
            CollectedAt = Any.Now,
        },
        Any.Order("UB", new Drink("Latte", "Large")),
    ];

    [Fact]
    public void The_runs_message_counts_down_to_the_deadline()
    {
        var message = RunMessages.Announcement(Any.Run with { DeadlineAt = Any.Now }, 1);

        Assert.Contains(
            $"by <!date^{Any.Now.ToUnixTimeSeconds()}^{{date_short_pretty}} {{time}}, {{ago}}|2026-03-02 10:00 UTC>.",
            message.Text
        );
    }

    [Fact]
    public void After_the_runner_has_left_the_runs_messages_say_so_and_offer_no_order()
    {
        const string Said = "<@URUNNER> has left, so orders are neither taken nor withdrawn any more.";

        Assert.Contains(Said, RunMessages.Announcement(Left, 3).Text);
        Assert.Empty(Buttons(RunMessages.Announcement(Left, 3)));
        Assert.Contains(Said, Text(RunMessages.Summary(Left, Orders)));
        Assert.Contains("*3 orders in all*", Text(RunMessages.Summary(Left, Orders)));
        Assert.Contains(Said, Text(new SlackMessage("", OrderModal.ClosedView(Left).Blocks)));
        Assert.Contains("is back with them", RunMessages.Announcement(Back, 3).Text);
    }

    [Fact]
    public void Those_who_ordered_are_mentioned_and_counted_but_not_the_runner()
    {
        var message = ProgressMessages.Back(Back, Orders);

        Assert.Equal(
            "<@URUNNER> is back with the drinks! 1 of 2 collected. Please collect yours: <@UA> <@UB>",
            message.Text
        );
        Assert.Contains("1 of 2 collected: <@UA>", Text(message));
        Assert.Equal([Actions.Collect], Buttons(message));
        Assert.Empty(Buttons(ProgressMessages.Back(Back with { Status = RunStatus.Completed }, Orders)));
        Assert.Empty(Buttons(ProgressMessages.Back(Back, Orders[..2])));
    }

    [Theory]
    [InlineData(1, "A reminder: 3 orders", true)]
    [InlineData(3, "Reminder 3 of 4: 3 orders", true)]
    [InlineData(4, "The last reminder: 3 orders", false)]
    public void All_reminders_but_the_last_can_be_postponed(int number, string text, bool maySnooze)
    {
        var message = RunnerMessages.Reminder(Any.Assigned, Orders, number, inThread: false);

        Assert.Contains(text, message.Text);
        Assert.Equal(maySnooze, Buttons(message).Contains(Actions.Snooze));
    }

    [Fact]
    public void Each_step_of_the_runner_removes_its_button()
    {
        Assert.DoesNotContain(Actions.Leave, Buttons(RunMessages.Assignment(Left, [])));
        Assert.Contains(Actions.ComeBack, Buttons(RunMessages.Assignment(Left, [])));
        Assert.DoesNotContain(
            Actions.ComeBack,
            Buttons(RunMessages.AssignmentDirectly(Any.Assigned, mayComplete: true))
        );
        var last = Buttons(RunnerMessages.Assigned(Back, Orders, [], []));
        Assert.Contains(Actions.CompleteRun, last);
        Assert.DoesNotContain(Actions.ComeBack, last);
        Assert.DoesNotContain(Actions.StepBack, last);
        Assert.DoesNotContain(Actions.AskToGo, last);
    }

    private static string Text(SlackMessage message) =>
        string.Join(
            '\n',
            message.Blocks.SelectMany(block =>
                block switch
                {
                    SectionBlock section => [section.Text!.Text],
                    ContextBlock context => context.Elements.Select(element => element.Text),
                    _ => Enumerable.Empty<string>(),
                }
            )
        );

    private static List<string> Buttons(SlackMessage message) =>
        [
            .. message
                .Blocks.OfType<ActionsBlock>()
                .SelectMany(block => block.Elements)
                .OfType<Button>()
                .Select(button => button.ActionId),
        ];
}
