using System.Text.Json.Nodes;
using CoffeeBuddy.EndToEnd.Support;

namespace CoffeeBuddy.EndToEnd;

/// <summary>The runner's button "Mark complete".</summary>
public sealed class CompletionTests(WholeOffice office) : EndToEndTest(office)
{
    [Fact]
    public async Task Five_clicks_at_once_complete_the_run_once_and_the_thread_mentions_everyone_who_ordered()
    {
        var (corner, runner) = await AssignedAsync();
        var told = await Corner.RunnersMessageAsync(runner);

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => runner.ClickAsync(told, "run_complete")));

        var done = await corner.SeesAsync(corner.People[0], IsCompletion);
        Assert.Equal((await corner.AnnouncementAsync()).Ts, done.ThreadTs);
        Assert.All(corner.People, person => Assert.Contains($"<@{person.Id}>", done.Shown, StringComparison.Ordinal));
        await corner.AnnouncementAsync($"Complete, 3 orders brought by <@{runner.Id}>");
        await Eventually.TrueAsync(
            async () => (await runner.SeesAsync("dm")).All(message => message.Buttons.Count == 0),
            "the runner's buttons are gone"
        );
        Assert.Empty((await corner.AnnouncementAsync()).Buttons);
        var run = await corner.RunIdAsync();
        Assert.Equal(
            1,
            await Rows.CountAsync(
                "coffee_runs WHERE run_id = @run AND status = 'completed' AND completed_at IS NOT NULL AND closed_by_user_id = @user",
                new { run, user = runner.Id }
            )
        );
        await AllClicksAreHandledAsync(runner);
        Assert.Single(await corner.People[0].SeesAsync(corner.Channel), IsCompletion);
        Assert.Equal(
            1,
            await Rows.CountAsync(
                "audit_log WHERE run_id = @run AND event_type = 'run_completed' AND user_id = @user",
                new { run, user = runner.Id }
            )
        );
        Assert.Equal(
            ["order_placed", "order_placed", "order_placed", "run_completed", "run_created", "runner_assigned"],
            await Rows.ListAsync<string>(
                "SELECT event_type FROM audit_log WHERE run_id = @run ORDER BY event_type",
                new { run }
            )
        );
    }

    [Fact]
    public async Task A_completion_is_published_as_a_CloudEvent_with_the_run_id_as_key()
    {
        var (corner, runner) = await AssignedAsync();

        await runner.ClickAsync(await Corner.RunnersMessageAsync(runner), "run_complete");

        await corner.SeesAsync(corner.People[0], IsCompletion);
        var run = await corner.RunIdAsync();
        var published = Assert.Single(Office.Topics.Read("coffee.completions", run.ToString()));
        Assert.Equal(
            ("coffee.run.completed", "1.0", "/coffeebuddy", "application/json"),
            (
                published.Type,
                published.Headers["ce_specversion"],
                published.Headers["ce_source"],
                published.Headers["content-type"]
            )
        );
        Assert.Equal(
            1,
            await Rows.CountAsync(
                "outbox WHERE event_id = @id AND published_at IS NOT NULL",
                new { id = Guid.Parse(published.Headers["ce_id"]) }
            )
        );
        Assert.True(DateTimeOffset.TryParse(published.Headers["ce_time"], out _));
        var data = JsonNode.Parse(published.Text)!;
        Assert.Equal(
            (run.ToString(), corner.Channel, runner.Id),
            ((string)data["run_id"]!, (string)data["channel_id"]!, (string)data["user_id"]!)
        );
    }

    [Fact]
    public async Task Other_people_cannot_complete_a_run_and_are_told_who_can()
    {
        var (corner, runner) = await AssignedAsync();
        var initiator = corner.People[0];
        var other = corner.People.First(person => person.Id != runner.Id && person.Id != initiator.Id);

        await ForgeCompletionAsync(corner, other);

        await ToldAsync(
            corner,
            other,
            runner.Id == initiator.Id
                ? $"This run can be marked complete by the runner, <@{runner.Id}> or by an admin."
                : $"This run can be marked complete by the runner, <@{runner.Id}>, by <@{initiator.Id}>, who started it, or by an admin."
        );
        Assert.Equal("active", await corner.StatusAsync());
        Assert.Empty(Office.Topics.Read("coffee.completions", (await corner.RunIdAsync()).ToString()));
    }

    [Fact]
    public async Task The_initiator_can_complete_the_run_with_the_button_in_its_thread()
    {
        var (corner, _) = await AssignedAsync();
        var assignment = await corner.AssignmentAsync();
        Assert.Equal(["run_complete", "run_leave", "run_back", "run_why"], assignment.Buttons);

        await corner.People[0].ClickAsync(assignment, "run_complete");

        await corner.SeesAsync(corner.People[0], IsCompletion);
        Assert.Equal("completed", await corner.StatusAsync());
        await corner.SeesAsync(corner.People[0], message => message.Ts == assignment.Ts && message.Buttons.Count == 0);
    }

    [Fact]
    public async Task An_admin_can_complete_any_run()
    {
        var (corner, _) = await AssignedAsync();
        await corner.InviteAsync(WholeOffice.Admin);

        await ForgeCompletionAsync(corner, Office.PersonOf(WholeOffice.Admin));

        await corner.SeesAsync(corner.People[0], IsCompletion);
        Assert.Equal(
            1,
            await Rows.CountAsync(
                "audit_log WHERE run_id = @run AND event_type = 'run_completed' AND user_id = @user AND payload->>'as_admin' = 'true'",
                new { run = await corner.RunIdAsync(), user = WholeOffice.Admin }
            )
        );
    }

    [Fact]
    public async Task An_order_after_the_completion_is_refused()
    {
        var (corner, runner) = await AssignedAsync();
        var late = corner.People.First(person => person.Id != runner.Id);
        await corner.FormAsync(late);
        await runner.ClickAsync(await Corner.RunnersMessageAsync(runner), "run_complete");
        await corner.SeesAsync(late, IsCompletion);

        var answer = await late.SubmitAsync(("drink:0", "Tea"));

        Assert.Contains(
            "This run is complete, so your order came too late.",
            answer["view"]!.ToJsonString(),
            StringComparison.Ordinal
        );
        Assert.Equal(
            0,
            await Rows.CountAsync(
                "orders WHERE run_id = @run AND drink_type = 'Tea'",
                new { run = await corner.RunIdAsync() }
            )
        );
    }

    private static bool IsCompletion(SeenMessage message) =>
        message.ThreadTs is not null && message.Shown.Contains("The coffee run is complete", StringComparison.Ordinal);

    // Clicks of one person are handled in order: when the last one has been handled, all have.
    private async Task AllClicksAreHandledAsync(SlackPerson person)
    {
        var corner = await Office.CornerAsync([person]);
        await corner.FormAsync(person);
        await person.ClickAsync(await corner.AnnouncementAsync(), "order_withdraw");
        await ToldAsync(corner, person, "You have no order in this run.");
    }

    // Only the runner has the button. A signed request can still contain a click of another person.
    private async Task ForgeCompletionAsync(Corner corner, SlackPerson person)
    {
        await person.ClickAsync(await corner.AnnouncementAsync(), "order_withdraw");
        var click = Office
            .Sandbox.Slack.Traffic.After(0)
            .Last(entry =>
                entry.Kind == "interaction"
                && entry.Payload!.Value.GetProperty("user").GetProperty("id").GetString() == person.Id
            );
        var payload = JsonNode.Parse(click.Payload!.Value.GetRawText())!;
        payload["actions"]![0]!["action_id"] = "run_complete";
        payload["actions"]![0]!["action_ts"] = "1.000001";
        (await Office.Slack.InteractionAsync(payload.ToJsonString())).Is(200);
    }

    private async Task<(Corner Corner, SlackPerson Runner)> AssignedAsync()
    {
        var corner = await Office.CornerAsync(3);
        foreach (var person in corner.People)
            await corner.OrderAsync(person);
        return (corner, await corner.RunnerAsync());
    }
}
