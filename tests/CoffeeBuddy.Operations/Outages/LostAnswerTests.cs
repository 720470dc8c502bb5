using CoffeeBuddy.Operations.Support;
using CoffeeBuddy.Sandbox;
using SlackSimulator.Control;

namespace CoffeeBuddy.Operations.Outages;

/// <summary>Slack executes a call and its answer is lost: no message is there twice, and none is missing.</summary>
[Collection(typeof(SharesWholeOffice))]
public sealed class LostAnswerTests(WholeOffice office) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = Guard.For(TimeSpan.FromSeconds(120));
    private static readonly string[] Kinds =
    [
        "announcement",
        "summary",
        "assignment",
        "runner_dm",
        "reminder",
        "completion",
    ];

    private readonly IReadOnlyList<string> _scopes = office.Sandbox.Slack.State.Options.App.BotScopes;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        office.Sandbox.Slack.Faults.Set([]);
        office.Sandbox.Slack.Configure(app => app with { BotScopes = _scopes });
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Each_message_of_a_run_is_there_once_when_every_answer_to_a_post_is_lost()
    {
        office.Sandbox.Slack.Faults.Set([new("chat.postMessage", FaultKind.LostAnswer)]);
        var run = await office.Api.OpenRunAsync(
            office.Service(),
            office.Act("Noor").Id,
            office.Channel("lost-answers")
        );

        foreach (var name in (string[])["Noor", "Priya", "Mateo"])
            (await office.Api.OrderAsync(office.Service(), run, office.Act(name).Id)).Is(201);
        await ShownAsync(run, Kinds[..4]);
        await office.Rows.GetAsync<bool>(
            "UPDATE coffee_runs SET assigned_at = assigned_at - interval '5 minutes' WHERE run_id = @run::uuid RETURNING true",
            new { run }
        );
        await ShownAsync(run, Kinds[..5]);
        var runner = await office.Rows.GetAsync<string>(
            "SELECT runner_user_id FROM coffee_runs WHERE run_id = @run::uuid",
            new { run }
        );
        (await office.Api.PatchAsync($"runs/{run}/complete", office.Person(runner))).Is(200);
        await ShownAsync(run, Kinds);

        var (noor, chosen) = (
            office.Act("Noor"),
            new SlackPerson(new HttpClient { BaseAddress = office.Sandbox.Slack.BaseAddress }, runner)
        );
        foreach (var kind in Kinds)
            Assert.Single(
                await PostedAsync(
                    kind is "runner_dm" or "reminder" ? chosen : noor,
                    kind is "runner_dm" or "reminder" ? "dm" : "lost-answers",
                    run,
                    kind
                )
            );
        Assert.Empty(office.Topics.Read("coffee.deadletter", run));
    }

    [Fact]
    public async Task An_order_is_confirmed_once_when_the_answer_is_lost()
    {
        office.Sandbox.Slack.Faults.Set([new("chat.postEphemeral", FaultKind.LostAnswer)]);
        var kenji = office.Act("Kenji");
        var run = await office.Api.OpenRunAsync(office.Service(), kenji.Id, office.Channel("confirmations"));

        (await office.Api.OrderAsync(office.Service(), run, kenji.Id)).Is(201);

        await ShownAsync(run, ["announcement", "summary", "confirmation"]);
        Assert.Single(await kenji.SeesAsync("confirmations"), message => message.IsEphemeral);
    }

    [Fact]
    public async Task Without_the_history_scope_a_message_is_posted_again()
    {
        office.Sandbox.Slack.Configure(app =>
            app with
            {
                BotScopes = [.. _scopes.Where(scope => !scope.EndsWith(":history", StringComparison.Ordinal))],
            }
        );
        office.Sandbox.Slack.Faults.Set([
            new("chat.postMessage", FaultKind.LostAnswer, Count: 1, Channel: office.Channel("no-scope")),
        ]);
        var zola = office.Act("Zola");

        var run = await office.Api.OpenRunAsync(office.Service(), zola.Id, office.Channel("no-scope"));

        await ShownAsync(run, ["announcement"]);
        Assert.Equal(2, (await PostedAsync(zola, "no-scope", run, "announcement")).Count);
    }

    [Fact]
    public async Task A_message_is_there_once_when_its_worker_is_killed_before_storing_the_result()
    {
        office.Sandbox.Slack.Faults.Set([
            new("chat.postMessage", FaultKind.SlowAnswer, Ms: 600_000, Count: 1, Channel: office.Channel("killed")),
        ]);
        var freya = office.Act("Freya");
        var run = await office.Api.OpenRunAsync(office.Service(), freya.Id, office.Channel("killed"));
        await Eventually.TrueAsync(
            async () => (await PostedAsync(freya, "killed", run, "announcement")).Count == 1,
            "Slack shows the announcement"
        );

        await office.Sandbox.KillWorkerAsync(WorkerRoles.Kafka);
        Assert.Equal(
            1,
            await office.Rows.CountAsync("slack_messages WHERE run_id = @run::uuid AND ts IS NULL", new { run })
        );
        // The killed worker's claim expires.
        office.Sandbox.Slack.Clock.Advance(TimeSpan.FromSeconds(31));
        await office.Sandbox.StartWorkerAsync(WorkerRoles.Kafka, TestContext.Current.CancellationToken);

        await ShownAsync(run, ["announcement"]);
        var shown = Assert.Single(await PostedAsync(freya, "killed", run, "announcement"));
        Assert.Equal(
            shown.Ts,
            await office.Rows.GetAsync<string>(
                "SELECT ts FROM slack_messages WHERE run_id = @run::uuid AND kind = 'announcement'",
                new { run }
            )
        );
    }

    /// <summary>The messages a person sees that have this tag in their metadata.</summary>
    private static async Task<IReadOnlyList<SeenMessage>> PostedAsync(
        SlackPerson person,
        string channel,
        string run,
        string kind
    ) =>
        [
            .. (await person.SeesAsync(channel)).Where(message =>
                message.Json["metadata"]?["event_payload"] is { } tag
                && (string?)tag["run_id"] == run
                && (string?)tag["kind"] == kind
            ),
        ];

    private async Task ShownAsync(string run, string[] kinds)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (
            await office.Rows.CountAsync(
                "slack_messages WHERE run_id = @run::uuid AND kind = ANY(@kinds) AND ts IS NOT NULL",
                new { run, kinds }
            ) < kinds.Length
        )
            await timer.WaitForNextTickAsync(patience.Token);
    }
}
