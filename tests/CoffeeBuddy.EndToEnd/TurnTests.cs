using System.Text.Json.Nodes;
using CoffeeBuddy.EndToEnd.Support;

namespace CoffeeBuddy.EndToEnd;

/// <summary>Whose turn it is: volunteers, runners who cannot go, requests to take over, and "Why me?".</summary>
public sealed class TurnTests(WholeOffice office) : EndToEndTest(office)
{
    [Fact]
    public async Task A_volunteer_goes_before_anybody_is_chosen_and_it_counts_as_any_run()
    {
        var corner = await Office.CornerAsync(3);
        var (ana, eli) = (corner.People[0], corner.People[2]);
        await corner.OrderAsync(ana);
        var announcement = await corner.AnnouncementAsync("1 order");

        // Without an order of their own.
        await eli.ClickAsync(announcement, "run_volunteer");

        Assert.Contains("Why: volunteered.", (await corner.AssignmentAsync()).Shown, StringComparison.Ordinal);
        await Corner.RunnersMessageAsync(eli, "1 order");
        var assigned = await corner.AnnouncementAsync($"<@{eli.Id}> goes; orders are still taken.");
        Assert.DoesNotContain("run_volunteer", assigned.Buttons);
        var run = await corner.RunIdAsync();
        Assert.Equal(eli.Id, await RunnerAsync(run));
        await eli.ClickAsync(await Corner.RunnersMessageAsync(eli), "run_complete");
        await Eventually.TrueAsync(async () => await corner.StatusAsync() == "completed", "the run is completed");

        // The next run: the volunteer has made one, so it is the turn of somebody else.
        foreach (var person in corner.People)
            await corner.OrderAsync(person);
        await Eventually.TrueAsync(
            async () => await RunnerAsync(await corner.RunIdAsync()) is { } next && next != eli.Id,
            "somebody else is chosen"
        );
    }

    [Fact]
    public async Task A_runner_who_cannot_go_is_replaced_by_the_next_fairest_who_is_told_why()
    {
        var (corner, first, second, _) = await AssignedAsync();
        var assignment = await corner.AssignmentAsync();
        var told = await Corner.RunnersMessageAsync(first);

        await OpenAsync(first, told, "run_step_back");
        Assert.True((bool)(await first.SubmitAsync(("reason", "The <!here> dentist *called*")))["closed"]!);

        var next = await Corner.RunnersMessageAsync(second, "You go for coffee");
        Assert.Contains(
            $"<@{first.Id}> cannot go: The &lt;!here&gt; dentist ∗called∗",
            next.Shown,
            StringComparison.Ordinal
        );
        Assert.Contains("the person chosen before cannot go", next.Shown, StringComparison.Ordinal);
        var changed = await corner.SeesAsync(
            first,
            message =>
                Corner.IsAssignment(message)
                && message.Shown.Contains($"<@{second.Id}> goes.", StringComparison.Ordinal)
        );
        Assert.Equal(assignment.Ts, changed.Ts);
        Assert.Contains("dentist", changed.Shown, StringComparison.Ordinal);
        var released = await Corner.SeesDirectlyAsync(
            first,
            message => message.Shown.Contains($"<@{second.Id}> goes instead.", StringComparison.Ordinal)
        );
        Assert.Equal(told.Ts, released.Ts);
        Assert.Empty(released.Buttons);
        var run = await corner.RunIdAsync();
        Assert.Equal(
            ["runner_assigned", "runner_assigned", "runner_declined"],
            (
                await Rows.ListAsync<string>(
                    "SELECT event_type FROM audit_log WHERE run_id = @run AND event_type LIKE 'runner%'",
                    new { run }
                )
            ).Order()
        );
        Assert.Equal(
            2,
            Office
                .Topics.Read("coffee.assignments", run.ToString())
                .Count(@event => @event.Type == "coffee.runner.assigned")
        );
    }

    [Fact]
    public async Task When_everybody_has_declined_the_initiator_asks_somebody_who_accepts()
    {
        var (corner, first, second, third) = await AssignedAsync(bystanders: 1);
        var bystander = corner.People[3];
        foreach (var runner in (SlackPerson[])[first, second, third])
        {
            await OpenAsync(runner, await Corner.RunnersMessageAsync(runner), "run_step_back");
            Assert.True((bool)(await runner.SubmitAsync())["closed"]!);
        }
        var run = await corner.RunIdAsync();
        var initiator = corner.People[0];
        var decision = await Corner.SeesDirectlyAsync(
            initiator,
            message => message.Shown.Contains("what shall we do?", StringComparison.Ordinal)
        );
        await corner.AnnouncementAsync($"Nobody who ordered can go, so <@{initiator.Id}> decides.");
        await corner.SeesAsync(
            first,
            message =>
                message.Shown.Contains("Nobody goes yet.", StringComparison.Ordinal)
                && message.Buttons.Contains("run_volunteer")
        );
        Assert.Null(await RunnerAsync(run));

        await OpenAsync(initiator, decision, "run_ask");
        var refused = await initiator.SubmitAsync(("person", second.Id));
        Assert.Contains("do not go for this run", FirstError(refused), StringComparison.Ordinal);
        Assert.True((bool)(await initiator.SubmitAsync(("person", bystander.Id)))["closed"]!);
        var request = await AskedAsync(bystander, $"<@{initiator.Id}> asks you to go for 3 orders");
        await bystander.ClickAsync(request, "take_over");

        await Corner.RunnersMessageAsync(bystander, "3 orders");
        Assert.Equal(bystander.Id, await RunnerAsync(run));
        await Corner.SeesDirectlyAsync(
            initiator,
            message =>
                message.Ts == decision.Ts
                && message.Shown.Contains($"<@{bystander.Id}> goes for the run", StringComparison.Ordinal)
        );
        Assert.Equal(
            1,
            await Rows.CountAsync(
                "take_over_requests WHERE run_id = @run AND answer = 'accepted' AND user_id = @user",
                new { run, user = bystander.Id }
            )
        );
    }

    [Fact]
    public async Task The_runner_asks_somebody_and_remains_the_runner_when_they_say_no()
    {
        var (corner, runner, _, _) = await AssignedAsync(bystanders: 1);
        var (bystander, run) = (corner.People[3], await corner.RunIdAsync());
        await OpenAsync(runner, await Corner.RunnersMessageAsync(runner), "run_ask");
        Assert.True((bool)(await runner.SubmitAsync(("person", bystander.Id)))["closed"]!);
        await Corner.RunnersMessageAsync(runner, $"I have asked <@{bystander.Id}> to go.");

        await bystander.ClickAsync(await AskedAsync(bystander, "asks you to go"), "take_over_refuse");

        await Corner.RunnersMessageAsync(runner, $"<@{bystander.Id}> said no.");
        var answered = await Corner.SeesDirectlyAsync(
            bystander,
            message => message.Shown.Contains("You said that you do not go", StringComparison.Ordinal)
        );
        Assert.Empty(answered.Buttons);
        Assert.Equal(runner.Id, await RunnerAsync(run));
        Assert.Equal(
            1,
            await Rows.CountAsync(
                "audit_log WHERE run_id = @run AND event_type = 'take_over_declined' AND user_id = @user",
                new { run, user = bystander.Id }
            )
        );
    }

    [Fact]
    public async Task Somebody_outside_the_channel_cannot_be_asked_and_others_cannot_give_the_run_away()
    {
        var (corner, runner, other, _) = await AssignedAsync();
        var stranger = (await Office.CornerAsync(1)).People[0];
        await OpenAsync(runner, await Corner.RunnersMessageAsync(runner), "run_ask");

        var refused = await runner.SubmitAsync(("person", stranger.Id));

        Assert.Contains("Only people in the run's channel", FirstError(refused), StringComparison.Ordinal);
        Assert.Equal(
            0,
            await Rows.CountAsync("take_over_requests WHERE run_id = @run", new { run = await corner.RunIdAsync() })
        );
        Assert.DoesNotContain("run_step_back", (await corner.AssignmentAsync()).Buttons);
        Assert.DoesNotContain(
            await other.SeesAsync("dm"),
            message => message.Shown.Contains("You go for coffee", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Why_me_shows_the_numbers_of_everybody_with_which_the_runner_was_chosen()
    {
        var (corner, runner, second, third) = await AssignedAsync();
        // A later run changes the numbers, but not those of the choice.
        await corner.PastRunAsync(runner, 1);

        var shown = Shown(await OpenAsync(runner, await Corner.RunnersMessageAsync(runner), "run_why"));

        Assert.Contains($":point_right: <@{runner.Id}> — 0 runs in 30 days", shown, StringComparison.Ordinal);
        Assert.Contains($"<@{second.Id}> — 1 run in 30 days", shown, StringComparison.Ordinal);
        Assert.Contains($"<@{third.Id}> — 2 runs in 30 days", shown, StringComparison.Ordinal);
        Assert.Contains("The rule: the fewest runs in 30 days", shown, StringComparison.Ordinal);
        Assert.True(
            shown.IndexOf(second.Id, StringComparison.Ordinal) < shown.IndexOf(third.Id, StringComparison.Ordinal)
        );

        Assert.Equal(shown, Shown(await OpenAsync(second, await corner.AssignmentAsync(), "run_why")));
    }

    [Theory]
    [InlineData("take_over")]
    [InlineData("take_over_refuse")]
    public async Task A_latecomer_who_would_have_been_the_fairer_choice_is_asked_once_with_the_numbers(string answer)
    {
        var corner = await Office.CornerAsync(4);
        foreach (var person in corner.People.Take(3))
            await corner.PastRunAsync(person, 3);
        foreach (var person in corner.People.Take(3))
            await corner.OrderAsync(person);
        var runner = await corner.RunnerAsync();
        var late = corner.People[3];

        await corner.OrderAsync(late, "Mocha");

        var request = await AskedAsync(late, "it would have been your turn");
        Assert.Contains($"<@{late.Id}> — 0 runs in 30 days", request.Shown, StringComparison.Ordinal);
        Assert.Contains($"<@{runner.Id}> — 1 run in 30 days", request.Shown, StringComparison.Ordinal);
        await late.ClickAsync(request, answer);

        var run = await corner.RunIdAsync();
        var (stored, goes) = answer == "take_over" ? ("accepted", late) : ("declined", runner);
        await Eventually.TrueAsync(
            async () =>
                await Rows.CountAsync(
                    "take_over_requests WHERE run_id = @run AND user_id = @user AND answer = @stored",
                    new
                    {
                        run,
                        user = late.Id,
                        stored,
                    }
                ) == 1,
            "the answer is stored"
        );
        Assert.Equal(goes.Id, await RunnerAsync(run));
        await Corner.RunnersMessageAsync(goes, "4 orders");
        await corner.AnnouncementAsync($"<@{goes.Id}> goes; orders are still taken.");
    }

    /// <summary>Three people have ordered; they are chosen in the order in which they are returned.</summary>
    private async Task<(Corner Corner, SlackPerson First, SlackPerson Second, SlackPerson Third)> AssignedAsync(
        int bystanders = 0
    )
    {
        var corner = await Office.CornerAsync(3 + bystanders);
        var (third, second, first) = (corner.People[0], corner.People[1], corner.People[2]);
        await corner.PastRunAsync(third, 2);
        await corner.PastRunAsync(third, 3);
        await corner.PastRunAsync(second, 4);
        foreach (var person in (SlackPerson[])[third, second, first])
            await corner.OrderAsync(person);
        Assert.Equal(first.Id, (await corner.RunnerAsync()).Id);
        return (corner, first, second, third);
    }

    private static Task<JsonNode> OpenAsync(SlackPerson person, SeenMessage message, string action) =>
        FormAsync(
            person,
            () => person.ClickAsync(message, action),
            view => (string?)view["title"]!["text"] is "I can't go" or "Ask somebody to go" or "Why this runner?"
        );

    private static Task<SeenMessage> AskedAsync(SlackPerson person, string text) =>
        Corner.SeesDirectlyAsync(
            person,
            message =>
                message.Buttons.SequenceEqual(["take_over", "take_over_refuse"])
                && message.Shown.Contains(text, StringComparison.Ordinal)
        );

    private Task<string?> RunnerAsync(Guid run) =>
        Rows.GetAsync<string?>("SELECT runner_user_id FROM coffee_runs WHERE run_id = @run", new { run });

    private static string FirstError(JsonNode answer) => (string)answer["errors"]!.AsObject().First().Value!;

    private static string Shown(JsonNode view) =>
        string.Join(
            '\n',
            ((JsonArray)view["blocks"]!).Select(block =>
                (string?)(block!["text"]?["text"] ?? block["elements"]?[0]?["text"])
            )
        );
}
