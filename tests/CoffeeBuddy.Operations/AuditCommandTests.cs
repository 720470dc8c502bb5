using System.Text.Json.Nodes;
using CoffeeBuddy.Operations.Support;
using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Sandbox.Workers;

namespace CoffeeBuddy.Operations;

/// <summary>An operator exports the audit, and deletes a person's data.</summary>
[Collection(typeof(SharesWholeOffice))]
public sealed class AuditCommandTests(WholeOffice office)
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    // Of the output of a command the last 200 lines are kept. Commands run by real time, the workers by the
    // workspace's, which other tests have moved ahead.
    private readonly DateTimeOffset _began = DateTimeOffset.UtcNow.AddSeconds(-1);
    private readonly DateTimeOffset _beganInWorkspace = office.Sandbox.Slack.Clock.Now.AddSeconds(-1);

    [Fact]
    public async Task What_people_do_and_try_in_Slack_is_exported()
    {
        var (priya, stranger) = (await office.HireAsync(), await office.HireAsync());
        var channel = await office.NewChannelAsync([priya, stranger]);
        await priya.CommandAsync(channel, "/coffee");
        await stranger.CommandAsync(channel, "/coffee-cancel");

        var rows = await ExportOfWorkersAsync();

        Assert.Equal(
            ("run_created", "done", "slack"),
            Assert.Single(rows.Where(row => (string?)row["user_id"] == priya.Id).Select(What))
        );
        var refused = Assert.Single(rows, row => (string?)row["payload"]!["user_id"] == stranger.Id);
        Assert.Equal(("access_refused", "refused", "slack"), What(refused));
        Assert.Equal("CancelRun", (string?)refused["payload"]!["operation"]);
        // The export itself, by its operator.
        Assert.Contains(await ExportAsync(), row => What(row) == ("audit_exported", "done", "operator"));
    }

    [Fact]
    public async Task A_person_is_deleted_when_they_are_in_no_active_run()
    {
        var priya = await office.HireAsync();
        var run = await office.Api.OpenRunAsync(office.Service(), priya.Id, await office.NewChannelAsync([priya]));

        Assert.Contains("active run", Assert.Single(await FailAsync("person", "delete", priya.Id)));
        (await office.Api.PatchAsync($"runs/{run}/cancel", office.Service(), new { user_id = priya.Id })).Is(200);
        Assert.Equal(["The person's data is deleted."], await RunAsync("person", "delete", priya.Id));

        Assert.Equal(0, await office.Rows.CountAsync("users WHERE user_id = @Id", new { priya.Id }));
        var rows = (await ExportOfWorkersAsync()).Where(row => (string?)row["run_id"] == run).ToList();
        Assert.Equal(2, rows.Count);
        Assert.All(rows, row => Assert.StartsWith("deleted-", (string)row["user_id"]!, StringComparison.Ordinal));
        Assert.Contains(await ExportAsync(), row => What(row) == ("person_deleted", "done", "operator"));
    }

    [Fact]
    public async Task Each_error_is_one_sentence_and_exit_code_1()
    {
        Assert.Contains(
            await FailAsync("person", "delete", "Priya"),
            line => line.Contains("not a Slack user id", StringComparison.Ordinal)
        );
        Assert.Contains(
            await FailAsync("audit", "export", "--from", "yesterday"),
            line => line.Contains("--from must be", StringComparison.Ordinal)
        );
    }

    private static (string?, string?, string?) What(JsonNode row) =>
        ((string?)row["type"], (string?)row["outcome"], (string?)row["origin"]);

    private Task<IReadOnlyList<JsonNode>> ExportAsync() => ExportAsync(_began);

    private Task<IReadOnlyList<JsonNode>> ExportOfWorkersAsync() =>
        ExportAsync(_beganInWorkspace, "--to", "9999-12-31");

    private async Task<IReadOnlyList<JsonNode>> ExportAsync(DateTimeOffset from, params string[] more) =>
        [
            .. (
                await RunAsync(["audit", "export", "--from", from.ToString(Format), "--format", "jsonl", .. more])
            ).Select(line => JsonNode.Parse(line)!),
        ];

    private Task<IReadOnlyList<string>> RunAsync(params string[] arguments) =>
        WorkerProcess.RunAsync(
            new("Command", new SandboxOptions().Worker) { Arguments = arguments, Environment = office.Environment() },
            TestContext.Current.CancellationToken
        );

    private async Task<IReadOnlyList<string>> FailAsync(params string[] arguments) =>
        (await Assert.ThrowsAsync<PartFailedException>(() => RunAsync(arguments))).LastLines;
}
