using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CoffeeBuddy.Sandbox;
using Xunit;

namespace CoffeeBuddy.EndToEnd.Support;

/// <summary>A channel with its people, and what can be done and seen there.</summary>
public sealed class Corner(Office office, string channel, IReadOnlyList<SlackPerson> people)
{
    public string Channel => channel;

    public IReadOnlyList<SlackPerson> People => people;

    /// <summary>The channel's latest run.</summary>
    public Task<Guid> RunIdAsync() =>
        office.Database.OneAsync<Guid>(
            "SELECT run_id FROM coffee_runs WHERE channel_id = $1 ORDER BY created_at DESC LIMIT 1",
            channel
        );

    public Task<string> StatusAsync() =>
        office.Database.OneAsync<string>(
            "SELECT status::text FROM coffee_runs WHERE channel_id = $1 ORDER BY created_at DESC LIMIT 1",
            channel
        );

    /// <summary>Types /coffee and returns the form that opens.</summary>
    public async Task<JsonNode> FormAsync(SlackPerson person)
    {
        var answer = await person.CommandAsync(channel, "/coffee");
        Assert.True((bool)answer["ok"]!, answer.ToJsonString());
        return Assert.IsAssignableFrom<JsonNode>(await person.ViewAsync());
    }

    /// <summary>Everybody types /coffee, a few at a time.</summary>
    public Task FormsAsync() =>
        Parallel.ForEachAsync(
            people,
            new ParallelOptions
            {
                MaxDegreeOfParallelism = 4,
                CancellationToken = TestContext.Current.CancellationToken,
            },
            async (person, _) => await FormAsync(person)
        );

    /// <summary>Orders by /coffee.</summary>
    public async Task OrderAsync(
        SlackPerson person,
        string drink = "Latte",
        string size = "Medium",
        string[]? customizations = null,
        string note = ""
    )
    {
        await FormAsync(person);
        await SubmitAsync(person, drink, size, customizations, note);
    }

    /// <summary>Submits the open form; it must close.</summary>
    public static async Task SubmitAsync(
        SlackPerson person,
        string drink,
        string size = "Medium",
        string[]? customizations = null,
        string note = ""
    )
    {
        var answer = await person.SubmitAsync(
            ("drink:0", drink),
            ("size:0", size),
            ("customizations:0", customizations ?? []),
            ("note:0", note)
        );
        Assert.True((bool)answer["closed"]!, answer.ToJsonString());
    }

    /// <summary>
    /// Everybody submits their open form at the same moment; returns once all orders are stored. On a slow machine Slack
    /// gives up on some answers after its 3 s: those orders are taken all the same, and no other trouble is allowed.
    /// </summary>
    public async Task SubmitAtOnceAsync(Func<int, (string Input, object Value)[]> values)
    {
        var answers = await Task.WhenAll(people.Select((person, number) => person.SubmitAsync(values(number))));
        Assert.All(
            answers,
            answer =>
                Assert.True(
                    (bool)answer["closed"]! || (string?)answer["error"] == "operation_timeout",
                    answer.ToJsonString()
                )
        );
        var run = await RunIdAsync();
        await Eventually.TrueAsync(
            async () => await office.Database.CountAsync("orders", "run_id = $1", run) == people.Count,
            "all orders are stored"
        );
    }

    public Task<SeenMessage> SeesAsync(SlackPerson person, Func<SeenMessage, bool> like) =>
        person.WaitToSeeAsync(channel, like, Eventually.Patience);

    public static Task<SeenMessage> SeesDirectlyAsync(SlackPerson person, Func<SeenMessage, bool> like) =>
        person.WaitToSeeAsync("dm", like, Eventually.Patience);

    /// <summary>The head of the run's thread, once it says this.</summary>
    public Task<SeenMessage> AnnouncementAsync(string text = "is organising a coffee run") =>
        SeesAsync(
            people[0],
            message => IsAnnouncement(message) && message.Shown.Contains(text, StringComparison.Ordinal)
        );

    /// <summary>The orders in the thread, once they say this.</summary>
    public Task<SeenMessage> SummaryAsync(string text) =>
        SeesAsync(people[0], message => IsSummary(message) && message.Shown.Contains(text, StringComparison.Ordinal));

    /// <summary>Who goes, in the thread.</summary>
    public Task<SeenMessage> AssignmentAsync() => SeesAsync(people[0], IsAssignment);

    /// <summary>Waits for the runner and returns them.</summary>
    public async Task<SlackPerson> RunnerAsync()
    {
        await AssignmentAsync();
        var runner = await office.Database.OneAsync<string>(
            "SELECT runner_user_id FROM coffee_runs WHERE run_id = $1",
            await RunIdAsync()
        );
        return office.PersonOf(runner);
    }

    /// <summary>The runner's own message with the buttons.</summary>
    public static Task<SeenMessage> RunnersMessageAsync(SlackPerson runner, string text = "You go for coffee") =>
        SeesDirectlyAsync(
            runner,
            message =>
                message.Buttons.Contains("run_complete") && message.Shown.Contains(text, StringComparison.Ordinal)
        );

    /// <summary>As if the latest run, and what happened in it, were so much older.</summary>
    public async Task AgeAsync(TimeSpan by) =>
        await office.Database.ExecuteAsync(
            """
            UPDATE coffee_runs
            SET created_at = created_at - $2, first_order_at = first_order_at - $2, deadline_at = deadline_at - $2,
                assigned_at = assigned_at - $2, empty_since = empty_since - $2, reminder_queued_at = reminder_queued_at - $2
            WHERE run_id = $1
            """,
            await RunIdAsync(),
            by
        );

    /// <summary>A completed run of this channel's past.</summary>
    public async Task PastRunAsync(SlackPerson runner, int daysAgo, params SlackPerson[] orderers)
    {
        await office.Database.ExecuteAsync(
            "INSERT INTO users (user_id, created_at, updated_at) SELECT id, now() - interval '60 days', now() FROM unnest($1) AS id ON CONFLICT DO NOTHING",
            (object)orderers.Append(runner).Select(person => person.Id).Distinct().ToArray()
        );
        var run = await office.Database.OneAsync<Guid>(
            """
            INSERT INTO coffee_runs (run_id, workspace_id, channel_id, initiator_user_id, runner_user_id, status, created_at, first_order_at, deadline_at, assigned_at, completed_at, changed_at)
            SELECT gen_random_uuid(), 'T0SIM00001', $1, $2, $2, 'completed', at, at, at, at, at, at FROM (SELECT now() - $3 AS at) moment
            RETURNING run_id
            """,
            channel,
            runner.Id,
            TimeSpan.FromDays(daysAgo)
        );
        await office.Database.ExecuteAsync(
            """
            INSERT INTO orders (order_id, run_id, user_id, drink_type, size, customizations, created_at)
            SELECT gen_random_uuid(), $1, id, 'Tea', 'Medium', '[]', now() - $3 FROM unnest($2) AS id
            """,
            run,
            orderers.Select(person => person.Id).ToArray(),
            TimeSpan.FromDays(daysAgo)
        );
    }

    public async Task EditAsync(SlackPerson person, string ts, string text)
    {
        using var response = await office.Simulator.PutAsJsonAsync(
            $"sim/people/{person.Id}/messages",
            new
            {
                channel,
                ts,
                text,
            },
            TestContext.Current.CancellationToken
        );
        response.EnsureSuccessStatusCode();
    }

    public async Task InviteAsync(string member)
    {
        using var response = await office.Simulator.PutAsJsonAsync(
            $"sim/channels/{channel}/members",
            new { add = new[] { member } },
            TestContext.Current.CancellationToken
        );
        response.EnsureSuccessStatusCode();
    }

    public static bool IsAnnouncement(SeenMessage message) =>
        message.ThreadTs is null or "" || message.ThreadTs == message.Ts
            ? !message.IsEphemeral && message.Shown.Contains("is organising a coffee run", StringComparison.Ordinal)
            : false;

    public static bool IsSummary(SeenMessage message) =>
        message.ThreadTs is not null
        && !message.IsEphemeral
        && (
            message.Shown.Contains(" so far*", StringComparison.Ordinal)
            || message.Shown.Contains(" in all*", StringComparison.Ordinal)
        );

    public static bool IsAssignment(SeenMessage message) =>
        message.ThreadTs is not null
        && !message.IsEphemeral
        && message.Shown.Contains(" goes.*", StringComparison.Ordinal);
}
