using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace CoffeeBuddy.EndToEnd.Support;

/// <summary>A channel and its members: what they do, and what they see.</summary>
public sealed class Corner(WholeOffice office, string channel, IReadOnlyList<SlackPerson> people)
{
    public string Channel => channel;

    public IReadOnlyList<SlackPerson> People => people;

    /// <summary>The id of the latest run of the channel.</summary>
    public Task<Guid> RunIdAsync() =>
        office.Rows.GetAsync<Guid>(
            "SELECT run_id FROM coffee_runs WHERE channel_id = @channel ORDER BY created_at DESC LIMIT 1",
            new { channel }
        );

    public Task<string> StatusAsync() =>
        office.Rows.GetAsync<string>(
            "SELECT status::text FROM coffee_runs WHERE channel_id = @channel ORDER BY created_at DESC LIMIT 1",
            new { channel }
        );

    /// <summary>
    /// Types /coffee and returns the form that opens. Types it again when Slack's 3 s have passed without an answer.
    /// </summary>
    public async Task<JsonNode> FormAsync(SlackPerson person)
    {
        JsonNode? form = null;
        await Eventually.TrueAsync(
            async () =>
            {
                var answer = await person.CommandAsync(channel, "/coffee");
                Assert.True((bool)answer["ok"]! || SlackPerson.IsTimeout(answer), answer.ToJsonString());
                return (bool)answer["ok"]! && (form = await person.ViewAsync()) is not null;
            },
            "the order form opens"
        );
        return form!;
    }

    /// <summary>Everyone types /coffee, four at a time.</summary>
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

    /// <summary>Types /coffee and submits the form.</summary>
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

    /// <summary>Submits the open form and returns when the order is stored.</summary>
    public async Task SubmitAsync(
        SlackPerson person,
        string drink,
        string size = "Medium",
        string[]? customizations = null,
        string note = ""
    )
    {
        AssertAccepted(
            await person.SubmitAsync(
                ("drink:0", drink),
                ("size:0", size),
                ("customizations:0", customizations ?? []),
                ("note:0", note)
            )
        );
        await Eventually.TrueAsync(
            async () =>
                await office.Rows.CountAsync(
                    "orders JOIN coffee_runs USING (run_id) WHERE channel_id = @channel AND user_id = @user AND drink_type = @drink",
                    new
                    {
                        channel,
                        user = person.Id,
                        drink,
                    }
                ) > 0,
            "the order is stored"
        );
    }

    /// <summary>
    /// Everyone submits their open form at the same moment. Returns when all orders are stored. Slack shows an error to
    /// those who were not answered within its 3 s; how many these were is printed. They submit once more, because a worker
    /// that was too busy has refused the order.
    /// </summary>
    public async Task SubmitAtOnceAsync(Func<int, (string Input, object Value)[]> values)
    {
        var answers = await Task.WhenAll(people.Select((person, number) => person.SubmitAsync(values(number))));
        Assert.All(answers, AssertAccepted);
        var late = answers.Count(SlackPerson.IsTimeout);
        TestContext.Current.SendDiagnosticMessage(
            $"Of {people.Count} submissions at once, {late} were not answered within 3 s."
        );
        for (var number = 0; number < people.Count; number++)
        {
            if (SlackPerson.IsTimeout(answers[number]))
                AssertAccepted(await people[number].SubmitAsync(values(number)));
        }

        var run = await RunIdAsync();
        await Eventually.TrueAsync(
            async () => await office.Rows.CountAsync("orders WHERE run_id = @run", new { run }) == people.Count,
            "all orders are stored"
        );
    }

    public Task<SeenMessage> SeesAsync(SlackPerson person, Func<SeenMessage, bool> matches) =>
        person.WaitToSeeAsync(channel, matches, Guard.Timeout);

    public static Task<SeenMessage> SeesDirectlyAsync(SlackPerson person, Func<SeenMessage, bool> matches) =>
        person.WaitToSeeAsync("dm", matches, Guard.Timeout);

    /// <summary>Waits for the announcement of the run with this text.</summary>
    public Task<SeenMessage> AnnouncementAsync(string text = "is organising a coffee run") =>
        SeesAsync(
            people[0],
            message => IsAnnouncement(message) && message.Shown.Contains(text, StringComparison.Ordinal)
        );

    /// <summary>Waits for the order list in the thread with this text.</summary>
    public Task<SeenMessage> SummaryAsync(string text) =>
        SeesAsync(people[0], message => IsSummary(message) && message.Shown.Contains(text, StringComparison.Ordinal));

    /// <summary>Waits for the message in the thread that names the runner.</summary>
    public Task<SeenMessage> AssignmentAsync() => SeesAsync(people[0], IsAssignment);

    /// <summary>Waits for the assignment and returns the runner.</summary>
    public async Task<SlackPerson> RunnerAsync()
    {
        await AssignmentAsync();
        var runner = await office.Rows.GetAsync<string>(
            "SELECT runner_user_id FROM coffee_runs WHERE run_id = @run",
            new { run = await RunIdAsync() }
        );
        return office.PersonOf(runner);
    }

    /// <summary>Waits for the runner's direct message with the buttons and this text.</summary>
    public static Task<SeenMessage> RunnersMessageAsync(SlackPerson runner, string text = "You go for coffee") =>
        SeesDirectlyAsync(
            runner,
            message =>
                message.Buttons.Contains("run_complete") && message.Shown.Contains(text, StringComparison.Ordinal)
        );

    /// <summary>Moves all times of the latest run into the past.</summary>
    public async Task AgeAsync(TimeSpan by) =>
        await office.Rows.ExecuteAsync(
            """
            UPDATE coffee_runs
            SET created_at = created_at - @by, first_order_at = first_order_at - @by, deadline_at = deadline_at - @by,
                assigned_at = assigned_at - @by, empty_since = empty_since - @by, reminder_queued_at = reminder_queued_at - @by,
                reminder_sent_at = reminder_sent_at - @by, snoozed_until = snoozed_until - @by, left_at = left_at - @by, back_at = back_at - @by
            WHERE run_id = @run
            """,
            new { run = await RunIdAsync(), by }
        );

    /// <summary>Stores a completed run in this channel.</summary>
    public async Task PastRunAsync(SlackPerson runner, int daysAgo, params SlackPerson[] orderers)
    {
        await office.Rows.ExecuteAsync(
            "INSERT INTO users (user_id, created_at, updated_at) SELECT id, now() - interval '60 days', now() FROM unnest(@users) AS id ON CONFLICT DO NOTHING",
            new { users = orderers.Append(runner).Select(person => person.Id).Distinct().ToArray() }
        );
        var run = await office.Rows.GetAsync<Guid>(
            """
            INSERT INTO coffee_runs (run_id, workspace_id, channel_id, initiator_user_id, runner_user_id, status, created_at, first_order_at, deadline_at, assigned_at, completed_at, changed_at)
            SELECT gen_random_uuid(), 'T0SIM00001', @channel, @runner, @runner, 'completed', at, at, at, at, at, at FROM (SELECT now() - @age AS at) moment
            RETURNING run_id
            """,
            new
            {
                channel,
                runner = runner.Id,
                age = TimeSpan.FromDays(daysAgo),
            }
        );
        await office.Rows.ExecuteAsync(
            """
            INSERT INTO orders (order_id, run_id, user_id, drink_type, size, customizations, created_at)
            SELECT gen_random_uuid(), @run, id, 'Tea', 'Medium', '[]', now() - @age FROM unnest(@users) AS id
            """,
            new
            {
                run,
                users = orderers.Select(person => person.Id).ToArray(),
                age = TimeSpan.FromDays(daysAgo),
            }
        );
    }

    // The form has closed, or Slack has not got an answer within its 3 s. The order is stored in both cases.
    private static void AssertAccepted(JsonNode answer) =>
        Assert.True((bool)answer["closed"]! || SlackPerson.IsTimeout(answer), answer.ToJsonString());

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

    public async Task DeleteAsync(SlackPerson person, string ts)
    {
        using var response = await office.Simulator.DeleteAsync(
            $"sim/people/{person.Id}/messages?channel={channel}&ts={ts}",
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
