using System.Text.Json.Nodes;
using CoffeeBuddy.EndToEnd.Support;
using CoffeeBuddy.Sandbox;
using Xunit;

namespace CoffeeBuddy.EndToEnd;

/// <summary>"Mark complete".</summary>
public sealed class CompletionTests(Office office) : EndToEndTest(office)
{
    [Fact]
    public async Task Five_clicks_at_once_complete_the_run_once_and_everyone_who_ordered_is_told()
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
            await Database.CountAsync(
                "coffee_runs",
                "run_id = $1 AND status = 'completed' AND completed_at IS NOT NULL AND closed_by_user_id = $2",
                run,
                runner.Id
            )
        );
        await AllClicksAreHandledAsync(runner);
        Assert.Single(await corner.People[0].SeesAsync(corner.Channel), IsCompletion);
        Assert.Equal(
            1,
            await Database.CountAsync(
                "audit_log",
                "run_id = $1 AND event_type = 'run_completed' AND user_id = $2",
                run,
                runner.Id
            )
        );
        Assert.Equal(
            ["order_placed", "order_placed", "order_placed", "run_completed", "run_created", "runner_assigned"],
            await Database.ListAsync<string>(
                "SELECT event_type FROM audit_log WHERE run_id = $1 ORDER BY event_type",
                run
            )
        );
    }

    [Fact]
    public async Task A_completion_is_published_as_a_cloud_event_under_the_runs_key()
    {
        var (corner, runner) = await AssignedAsync();

        await runner.ClickAsync(await Corner.RunnersMessageAsync(runner), "run_complete");

        await corner.SeesAsync(corner.People[0], IsCompletion);
        var run = await corner.RunIdAsync();
        var published = Assert.Single(await Topic.ReadAsync(Office, "coffee.completions", run));
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
            await Database.CountAsync(
                "outbox",
                "event_id = $1 AND published_at IS NOT NULL",
                Guid.Parse(published.Headers["ce_id"])
            )
        );
        Assert.True(DateTimeOffset.TryParse(published.Headers["ce_time"], out _));
        var data = JsonNode.Parse(published.Data)!;
        Assert.Equal(
            (run.ToString(), corner.Channel, runner.Id),
            ((string)data["run_id"]!, (string)data["channel_id"]!, (string)data["user_id"]!)
        );
    }

    [Fact]
    public async Task Others_cannot_complete_a_run_and_are_told_who_can()
    {
        var (corner, runner) = await AssignedAsync();
        var other = corner.People.First(person => person.Id != runner.Id);

        await ForgeCompletionAsync(corner, other);

        await ToldAsync(corner, other, $"Only the runner, <@{runner.Id}>, or an admin can mark this run complete.");
        Assert.Equal("active", await corner.StatusAsync());
        Assert.Empty(await Topic.ReadAsync(Office, "coffee.completions", await corner.RunIdAsync()));
    }

    [Fact]
    public async Task An_admin_can_complete_any_run()
    {
        var (corner, _) = await AssignedAsync();
        await corner.InviteAsync(Office.Admin);

        await ForgeCompletionAsync(corner, Office.PersonOf(Office.Admin));

        await corner.SeesAsync(corner.People[0], IsCompletion);
        Assert.Equal(
            1,
            await Database.CountAsync(
                "audit_log",
                "run_id = $1 AND event_type = 'run_completed' AND user_id = $2 AND payload->>'as_admin' = 'true'",
                await corner.RunIdAsync(),
                Office.Admin
            )
        );
    }

    [Fact]
    public async Task Orders_are_not_taken_after_the_completion()
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
            await Database.CountAsync("orders", "run_id = $1 AND drink_type = 'Tea'", await corner.RunIdAsync())
        );
    }

    private static bool IsCompletion(SeenMessage message) =>
        message.ThreadTs is not null && message.Shown.Contains("The coffee run is complete", StringComparison.Ordinal);

    // One person's clicks are handled in order: when this one is, those before it are.
    private async Task AllClicksAreHandledAsync(SlackPerson person)
    {
        var corner = await Office.CornerAsync([person]);
        await corner.FormAsync(person);
        await person.ClickAsync(await corner.AnnouncementAsync(), "order_withdraw");
        await ToldAsync(corner, person, "You have no order in this run.");
    }

    // The button is in the runner's direct messages; whoever can sign requests could still press it for somebody else.
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
        using var response = await Office.PostSignedAsync(
            "slack/interactions",
            SignedRequests.Interaction(payload.ToJsonString()),
            SignedRequests.Form
        );
        response.EnsureSuccessStatusCode();
    }

    private async Task<(Corner Corner, SlackPerson Runner)> AssignedAsync()
    {
        var corner = await Office.CornerAsync(3);
        foreach (var person in corner.People)
            await corner.OrderAsync(person);
        return (corner, await corner.RunnerAsync());
    }
}
