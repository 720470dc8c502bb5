using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Views;
using Xunit;

namespace CoffeeBuddy.Slack.Tests;

public sealed class PlannedRunMessagesTests
{
    public static PlannedRun Planned(CoffeeRun run) =>
        new()
        {
            RunId = run.RunId,
            WorkspaceId = run.WorkspaceId,
            ChannelId = run.ChannelId,
            InitiatorUserId = run.InitiatorUserId,
            StartsAt = Any.Now.AddHours(4),
        };

    [Fact]
    public void The_confirmation_has_the_time_for_every_reader_and_a_button_that_cancels()
    {
        var planned = Planned(Any.Run);

        var message = PlannedRunReplies.Planned(planned);

        BlockKitLimits.AssertWithin(message);
        var section = Assert.IsType<SectionBlock>(Assert.Single(message.Blocks));
        Assert.Contains(Mrkdwn.Time(planned.StartsAt), section.Text!.Text, StringComparison.Ordinal);
        var button = Assert.IsType<Button>(section.Accessory);
        Assert.Equal((Actions.CancelPlanned, $"{planned.RunId}"), (button.ActionId, button.Value));
    }

    [Fact]
    public void The_time_of_another_persons_planned_run_has_no_button()
    {
        var planned = Planned(Any.Run);

        Assert.Contains("planned_cancel", Buttons(PlannedRunReplies.AlreadyPlanned(planned, planned.InitiatorUserId)));
        Assert.Empty(Buttons(PlannedRunReplies.AlreadyPlanned(planned, "UOTHER")));
    }

    [Fact]
    public void The_home_shows_five_planned_runs_and_how_many_more_there_are()
    {
        var home = HomeView.Build(
            [],
            [],
            new(),
            planned: [.. Enumerable.Range(0, 7).Select(index => Planned(Any.Run with { ChannelId = $"C{index}" }))]
        );

        var lines = home.Blocks.OfType<SectionBlock>().ToList();
        Assert.Equal(5, lines.Count(line => line.Accessory is Button { ActionId: Actions.CancelPlanned }));
        Assert.Contains(lines, line => line.Text!.Text == "… and 2 more");
        Assert.DoesNotContain("planned", string.Concat(Lines(HomeView.Build([], [], new()))), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_reason_and_every_fault_has_a_text_of_its_own()
    {
        List<SlackMessage> messages =
        [
            .. Enum.GetValues<DropReason>()
                .Where(reason => reason != DropReason.NotServed)
                .Select(reason => PlannedRunReplies.NotStarted(Planned(Any.Run) with { DropReason = reason })),
            .. Enum.GetValues<PlannedTimeFault>().Select(PlannedRunReplies.Unclear),
        ];

        Assert.All(messages, BlockKitLimits.AssertWithin);
        Assert.Equal(messages.Count, messages.Select(message => message.Text).Distinct().Count());
        Assert.All(
            Enum.GetValues<PlannedTimeFault>(),
            fault => Assert.Contains("planned nothing", PlannedRunReplies.Unclear(fault).Text, StringComparison.Ordinal)
        );
    }

    private static IEnumerable<string> Lines(View view) =>
        view.Blocks.OfType<SectionBlock>().Select(block => block.Text!.Text);

    private static IEnumerable<string> Buttons(SlackMessage message) =>
        message.Blocks.OfType<SectionBlock>().Select(block => block.Accessory?.ActionId).OfType<string>();
}
