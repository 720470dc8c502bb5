using System.Text.RegularExpressions;
using CoffeeBuddy.Reliability.Support;
using CoffeeBuddy.Sandbox;

namespace CoffeeBuddy.Reliability;

/// <summary>Repeats every input of a run. The result must be equal to that of a run without repetitions.</summary>
public sealed partial class DuplicateTests(WholeOffice office) : ReliabilityTest(office)
{
    private const int Clicks = 5;

    [Fact]
    public async Task A_run_with_repeated_records_events_clicks_commands_forms_and_requests_has_the_same_result()
    {
        var once = await PlayAsync(repeated: false);

        IReadOnlyList<string> repeated;
        await using (var echo = new Echo(Office))
        {
            repeated = await PlayAsync(repeated: true);
            Assert.True(echo.Copied >= 9, $"only {echo.Copied} records were copied");
        }

        Assert.Equal(once, repeated);
        TestContext.Current.SendDiagnosticMessage($"{once.Count} facts of the run are the same.");
    }

    /// <summary>Plays a run from the command to its completion.</summary>
    /// <returns>Its state, audit and messages, with people by number.</returns>
    private async Task<IReadOnlyList<string>> PlayAsync(bool repeated)
    {
        SlackPerson[] people = [await Office.HireAsync(), await Office.HireAsync(), await Office.HireAsync()];
        var (ann, ben, cid) = (people[0], people[1], people[2]);
        var channel = await Office.NewChannelAsync();
        Task TimesAsync(int times, Func<Task> act) =>
            Task.WhenAll(Enumerable.Range(0, repeated ? times : 1).Select(_ => act()));
        Task<SeenMessage> SeesAsync(SlackPerson person, string where, Func<SeenMessage, bool> like) =>
            person.WaitToSeeAsync(where, like, Guard.Timeout);
        Task SummaryAsync(string text) =>
            SeesAsync(
                ann,
                channel,
                message =>
                    message is { IsEphemeral: false, ThreadTs: not null }
                    && message.Shown.Contains(text, StringComparison.Ordinal)
            );
        Task ToldAsync(SlackPerson person, string text) =>
            SeesAsync(
                person,
                channel,
                message => message.IsEphemeral && message.Shown.Contains(text, StringComparison.Ordinal)
            );

        // People who are away are not assigned: Ann is the runner both times.
        await ben.CommandAsync(channel, "/coffee", "away");
        await cid.CommandAsync(channel, "/coffee", "away");
        await TimesAsync(2, () => ann.CommandAsync(channel, "/coffee"));
        var announcement = await ann.SeesAnnouncementAsync(channel);
        await ann.SubmitAsync(("drink:0", "Latte"), ("size:0", "Large"));
        if (repeated)
            await TimesAsync(2, () => SubmitAgainAsync(ann));
        await ToldAsync(ann, "Latte");
        await TimesAsync(2, () => ben.CommandAsync(channel, "/coffee"));
        await ben.SubmitAsync(("drink:0", "Tea"), ("size:0", "Medium"));
        await ToldAsync(ben, "Tea");
        await SummaryAsync("Medium Tea");

        var summary = (await ben.SeesAsync(channel)).Last(message => message.Buttons.Contains("order_withdraw"));
        await TimesAsync(Clicks, () => ben.ClickAsync(summary, "order_withdraw"));
        await ToldAsync(ben, "withdrawn");
        await SummaryAsync("*1 order so far*");

        await ben.SayAsync(channel, "small espresso", announcement.Ts);
        await ToldAsync(ben, "Espresso");
        if (repeated)
            await RetryEventsAsync(channel);

        var run = await Office.Rows.GetAsync<Guid>(
            "SELECT run_id FROM coffee_runs WHERE channel_id = @channel",
            new { channel }
        );
        var key = Guid.NewGuid().ToString();
        await TimesAsync(
            3,
            async () =>
                (
                    await Office.Api.PostAsync(
                        $"runs/{run}/orders",
                        Office.Service(),
                        new
                        {
                            drink_type = "Mocha",
                            size = "Small",
                            user_id = cid.Id,
                        },
                        key
                    )
                ).Is(201)
        );
        await ToldAsync(cid, "Mocha");
        var task = await SeesAsync(
            ann,
            "dm",
            message =>
                message.Buttons.Contains("run_complete") && message.Shown.Contains("3 orders", StringComparison.Ordinal)
        );
        await SummaryAsync("*3 orders");
        await TimesAsync(Clicks, () => ann.ClickAsync(task, "run_complete"));
        await SummaryAsync("The coffee run is complete");
        await SeesAsync(ann, "dm", message => message.Shown.Contains("is complete", StringComparison.Ordinal));
        await SettledAsync();
        Assert.DoesNotContain(
            Office.Topics.Read(TopicNames.DeadLetter),
            record => record.Key == run.ToString() || record.Key.EndsWith(channel, StringComparison.Ordinal)
        );
        return await ResultAsync(run, channel, people);
    }

    /// <summary>Sends the last submission of a person again.</summary>
    private async Task SubmitAgainAsync(SlackPerson person)
    {
        var form = Office
            .Sandbox.Slack.Traffic.After(0)
            .Last(entry =>
                entry is { Direction: "to_app", Kind: "interaction", Payload: { } payload }
                && payload.GetProperty("type").GetString() == "view_submission"
                && payload.GetProperty("user").GetProperty("id").GetString() == person.Id
            );
        (await Office.Slack.InteractionAsync(form.Payload!.Value.GetRawText())).Is(200);
    }

    /// <summary>Sends every event of the channel two more times, as Slack does when it gets no answer.</summary>
    private async Task RetryEventsAsync(string channel)
    {
        var events = Office
            .Sandbox.Slack.Traffic.After(0)
            .Where(entry =>
                entry is { Direction: "to_app", Kind: "event", Payload: not null }
                && entry.Payload.Value.GetRawText().Contains(channel, StringComparison.Ordinal)
            )
            .ToList();
        Assert.NotEmpty(events);
        foreach (var entry in events)
        {
            for (var retry = 1; retry <= 2; retry++)
            {
                (
                    await Office.Slack.EventAsync(
                        entry.Payload!.Value.GetRawText(),
                        ("X-Slack-Retry-Num", $"{retry}"),
                        ("X-Slack-Retry-Reason", "http_timeout")
                    )
                ).Is(200);
            }
        }
    }

    /// <summary>Returns when all records, with the copies, have been consumed.</summary>
    private async Task SettledAsync()
    {
        await Office.NothingPendingAsync();
        foreach (var (topic, group) in SandboxOptions.ConsumerGroups)
            await Eventually.TrueAsync(() => Office.Topics.Lag(group, topic) == 0, $"{group} has no lag");
        await Office.NothingPendingAsync();
    }

    private async Task<IReadOnlyList<string>> ResultAsync(Guid run, string channel, SlackPerson[] people)
    {
        var facts = new List<string>();
        foreach (var (what, sql) in Stored)
            facts.AddRange(
                (
                    await Office.Rows.ListAsync<string>(
                        sql,
                        new
                        {
                            run,
                            key = run.ToString(),
                            ids = people.Select(person => person.Id).ToList(),
                        }
                    )
                ).Select(row => $"{what}: {row}")
            );
        foreach (var person in people)
        {
            foreach (var where in (string[])[channel, "dm"])
                facts.AddRange(
                    (await person.SeesAsync(where))
                        .Select(message => $"{person.Id} sees: {(message.IsEphemeral ? "alone, " : "")}{message.Shown}")
                        .Order(StringComparer.Ordinal)
                );
        }

        return [.. facts.Select(fact => Anonymous(fact, run, channel, people))];
    }

    private static readonly (string What, string Sql)[] Stored =
    [
        (
            "run",
            "SELECT concat_ws(' ', status, initiator_user_id, runner_user_id, closed_by_user_id, version, assignment_reason) FROM coffee_runs WHERE run_id = @run"
        ),
        (
            "order",
            "SELECT concat_ws(' ', user_id, size, drink_type, customizations, note) FROM orders WHERE run_id = @run ORDER BY created_at"
        ),
        (
            "audit",
            "SELECT concat_ws(' ', event_type, user_id, payload->>'drink', payload->>'replaced') FROM audit_log WHERE run_id = @run ORDER BY \"timestamp\", event_type"
        ),
        ("event", "SELECT event_type FROM outbox WHERE message_key = @key ORDER BY outbox_id"),
        (
            "message",
            "SELECT concat_ws(' ', kind, recipient, error) FROM slack_messages WHERE run_id = @run ORDER BY kind, created_at"
        ),
        (
            "preference",
            "SELECT concat_ws(' ', user_id, size, drink_type, order_count) FROM user_preferences WHERE user_id = ANY(@ids) ORDER BY last_ordered_at, order_count"
        ),
    ];

    private static string Anonymous(string fact, Guid run, string channel, SlackPerson[] people)
    {
        fact = fact.Replace(run.ToString(), "RUN", StringComparison.Ordinal)
            .Replace(channel, "CHANNEL", StringComparison.Ordinal);
        for (var number = 0; number < people.Length; number++)
            fact = fact.Replace(people[number].Id, $"P{number}", StringComparison.OrdinalIgnoreCase);
        return Moment().Replace(fact, "TIME");
    }

    [GeneratedRegex("<!date[^>]*>", RegexOptions.None, 1000)]
    private static partial Regex Moment();
}
