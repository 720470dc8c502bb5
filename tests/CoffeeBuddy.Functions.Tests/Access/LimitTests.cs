using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Functions.Security;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>How much one caller may ask for.</summary>
public sealed class LimitTests(ApiOffice office)
{
    private const int PerMinute = 100;
    private const int ActiveRuns = 5;

    private readonly string _noor = ApiOffice.NewUser();

    [Fact]
    public async Task Of_one_person_a_hundred_requests_a_minute_are_taken_in_Slack_and_with_a_token_together()
    {
        var token = office.Person(_noor);
        for (var request = 0; request < PerMinute; request++)
            (await office.Api.GetAsync($"users/{_noor}/preferences", token)).Is(200);

        var api = await office.RefusesAsync(
            "GetPreferences",
            429,
            () => office.Api.GetAsync($"users/{_noor}/preferences", token)
        );
        var command = (await office.Slack.CommandAsync("/coffee-cancel", _noor, ApiOffice.NewChannel())).Is(200);
        var form = (
            await office.Slack.InteractionAsync(
                SlackPayloads.Submission(Guid.NewGuid().ToString(), ApiOffice.NewChannel(), _noor, "noor")
            )
        ).Is(200);
        var click = await office.Slack.InteractionAsync(
            $$"""{"type":"block_actions","user":{"id":"{{_noor}}"},"team":{"id":"T1"},"actions":[{"action_id":"run_complete","value":"{{Guid.NewGuid()}}"}]}"""
        );
        var mention = await office.Slack.EventAsync(
            $$$"""{"type":"event_callback","team_id":"T1","event_id":"Ev{{{_noor}}}","event":{"type":"app_mention","user":"{{{_noor}}}","channel":"C1","ts":"1.2","text":"help"}}"""
        );

        api.IsProblem(429, "Too many requests.", "At most 100 requests per minute are taken of one caller.");
        Assert.InRange(api.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal("ephemeral", (string?)command.Json["response_type"]);
        Assert.StartsWith("Slow down, please", (string?)command.Json["text"], StringComparison.Ordinal);
        Assert.Contains("Slow down, please", form.Text, StringComparison.Ordinal);
        Assert.Equal((429, 429), (click.Status, mention.Status));
        // Others are served.
        (await office.Api.GetAsync($"users/{_noor}/preferences", office.Service())).Is(200);
    }

    [Fact]
    public async Task One_person_has_started_five_active_runs_at_most()
    {
        var token = office.Person(_noor);
        var runs = new List<string>();
        for (var run = 0; run < ActiveRuns; run++)
            runs.Add(await office.Api.OpenRunAsync(token, _noor, ApiOffice.NewChannel()));
        var channel = ApiOffice.NewChannel();

        var api = await office.Api.PostAsync("runs", token, new { workspace_id = "T0SIM00001", channel_id = channel });
        var command = (await office.Slack.CommandAsync("/coffee", _noor, channel)).Is(200);

        api.IsProblem(
            409,
            "Too many active runs.",
            "One person may have started 5 runs that are active: complete or cancel one first."
        );
        Assert.StartsWith(
            "You have started 5 runs that are still under way",
            (string?)command.Json["text"],
            StringComparison.Ordinal
        );
        Assert.Equal(0, await office.Rows.CountAsync("coffee_runs WHERE channel_id = @channel", new { channel }));
        // Joining starts nothing, and what is over does not count.
        var joined = ApiOffice.NewChannel();
        await office.Api.OpenRunAsync(office.Service(), ApiOffice.NewUser(), joined);
        (await office.Api.PostAsync("runs", token, new { workspace_id = "T0SIM00001", channel_id = joined })).Is(200);
        (await office.Api.PatchAsync($"runs/{runs[0]}/cancel", token)).Is(200);
        (await office.Api.PostAsync("runs", token, new { workspace_id = "T0SIM00001", channel_id = channel })).Is(201);
    }

    [Fact]
    public async Task Of_twenty_runs_that_one_person_opens_at_once_five_are_opened()
    {
        var channels = Enumerable.Range(0, 20).Select(_ => ApiOffice.NewChannel()).ToList();

        await Task.WhenAll(channels.Select(channel => office.Slack.CommandAsync("/coffee", _noor, channel)));

        Assert.Equal(
            ActiveRuns,
            await office.Rows.CountAsync("coffee_runs WHERE initiator_user_id = @_noor", new { _noor })
        );
    }

    [Fact]
    public void The_minute_slides_and_refused_requests_do_not_count()
    {
        var time = new Clock();
        var limit = new SlidingLimit(time, limit: 2, TimeSpan.FromMinutes(1));

        Assert.Null(limit.Take("noor"));
        time.Advance(TimeSpan.FromSeconds(40));
        Assert.Null(limit.Take("noor"));
        Assert.Equal(TimeSpan.FromSeconds(20), limit.Take("noor"));
        Assert.Null(limit.Take("priya"));
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.Null(limit.Take("noor"));
        Assert.Equal(TimeSpan.FromSeconds(40), limit.Take("noor"));
    }

    [Fact]
    public void While_the_memory_is_full_of_callers_others_wait()
    {
        var time = new Clock();
        var limit = new SlidingLimit(time, limit: 2, TimeSpan.FromMinutes(1), maxKeys: 3);
        foreach (var key in (string[])["a", "b", "c"])
            Assert.Null(limit.Take(key));

        Assert.NotNull(limit.Take("d"));
        Assert.Null(limit.Take("a"));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(limit.Take("d"));
    }

    [Fact]
    public async Task Beyond_the_requests_at_the_same_time_others_are_refused_until_one_ends()
    {
        var limits = new RequestLimits(Options.Create(new LimitOptions { ConcurrentRequests = 1 }), new Clock());
        var running = new TaskCompletionSource();
        var first = limits.RunAsync(() => running.Task);

        var refusal = await Assert.ThrowsAsync<RequestRefusedException>(() =>
            limits.RunAsync(() => Task.CompletedTask)
        );

        Assert.Equal((503, TimeSpan.FromSeconds(1)), (refusal.Status, refusal.RetryAfter));
        running.SetResult();
        await first;
        await limits.RunAsync(() => Task.CompletedTask);
    }

    private sealed class Clock : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan by) => _now += by;
    }
}
