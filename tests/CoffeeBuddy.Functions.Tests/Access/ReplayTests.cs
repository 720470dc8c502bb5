using System.Text;
using SlackSimulator.ToApp;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>A request of Slack that is sent again, byte for byte with its timestamp and signature.</summary>
public sealed class ReplayTests(ApiOffice office)
{
    private const string Received = "I have received exactly this request before";

    private readonly string _noor = ApiOffice.NewUser();
    private readonly string _channel = ApiOffice.NewChannel();

    [Fact]
    public async Task A_repeated_cancel_does_not_cancel_the_next_run_at_any_replica()
    {
        var environment = office.Environment();
        environment["AzureFunctionsJobHost__functions__0"] = "SlackCommands";
        await using var replica = await WorkerProcess.StartAsync(
            new("Replica", new SandboxOptions().Worker) { Environment = environment },
            TestContext.Current.CancellationToken
        );
        using var other = new SlackSender(replica.Address);
        (await office.Slack.CommandAsync("/coffee", _noor, _channel)).Is(200);
        var cancel = Command("/coffee-cancel");
        Assert.Contains("is cancelled", (await cancel(office.Slack)).Text, StringComparison.Ordinal);
        (await office.Slack.CommandAsync("/coffee", _noor, _channel)).Is(200);

        foreach (var slack in (SlackSender[])[office.Slack, other])
            Assert.Contains(Received, (await cancel(slack)).Is(200).Text, StringComparison.Ordinal);

        Assert.Equal(
            ["cancelled", "active"],
            await office.Rows.ListAsync<string>(
                "SELECT status::text FROM coffee_runs WHERE channel_id = @_channel ORDER BY created_at",
                new { _channel }
            )
        );
    }

    [Theory]
    [InlineData("/coffee", "")]
    [InlineData("/coffee", "away")]
    [InlineData("/coffee", "back")]
    [InlineData("/coffee-history", "")]
    public async Task A_repeated_command_changes_and_shows_nothing(string command, string text)
    {
        var send = Command(command, text);
        var first = (await send(office.Slack)).Is(200);
        var rows = await office.ContentAsync();

        var second = (await send(office.Slack)).Is(200);

        Assert.DoesNotContain(Received, first.Text, StringComparison.Ordinal);
        Assert.Contains(Received, second.Text, StringComparison.Ordinal);
        Assert.Equal(rows, await office.ContentAsync());
    }

    [Fact]
    public async Task A_repeated_form_does_not_replace_a_later_order()
    {
        var run = await office.Api.OpenRunAsync(office.Service(), _noor, _channel);
        var submit = Request(
            "slack/interactions",
            $"payload={Uri.EscapeDataString(SlackPayloads.Submission(run, _channel, _noor, "noor"))}"
        );
        Assert.Empty((await submit(office.Slack)).Is(200).Text);
        (await office.Api.OrderAsync(office.Person(_noor), run, _noor, drink: "Tea")).Is(200);
        var rows = await office.ContentAsync();

        Assert.Contains(
            "I have received exactly this form before",
            (await submit(office.Slack)).Is(200).Text,
            StringComparison.Ordinal
        );

        Assert.Equal(rows, await office.ContentAsync());
    }

    [Fact]
    public async Task A_form_that_failed_can_be_sent_again()
    {
        var run = await office.Api.OpenRunAsync(office.Service(), _noor, _channel);
        var submit = Request(
            "slack/interactions",
            $"payload={Uri.EscapeDataString(SlackPayloads.Submission(run, _channel, _noor, "noor"))}"
        );
        await office.Rows.ExecuteAsync(
            $"""
            CREATE FUNCTION fail_order() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN IF NEW.user_id = '{_noor}' THEN RAISE EXCEPTION 'out of memory' USING ERRCODE = '53200'; END IF; RETURN NEW; END $$;
            CREATE TRIGGER fail_order BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION fail_order();
            """
        );
        try
        {
            (await submit(office.Slack)).Is(503);
        }
        finally
        {
            await office.Rows.ExecuteAsync("DROP TRIGGER fail_order ON orders; DROP FUNCTION fail_order()");
        }

        Assert.Empty((await submit(office.Slack)).Is(200).Text);

        Assert.Equal(1, await office.Rows.CountAsync("orders WHERE user_id = @_noor", new { _noor }));
    }

    [Theory]
    [InlineData("/coffee", "help")]
    [InlineData("/coffee-history", "")]
    public async Task A_captured_request_does_not_use_up_the_persons_limit(string command, string text)
    {
        var send = Command(command, text);
        for (var request = 0; request < 120; request++)
            (await send(office.Slack)).Is(200);

        (await office.Api.GetAsync($"users/{_noor}/preferences", office.Person(_noor))).Is(200);
    }

    [Fact]
    public async Task Ten_equal_commands_at_once_are_one()
    {
        var send = Command("/coffee");

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => send(office.Slack)));

        Assert.Equal(9, answers.Count(answer => answer.Is(200).Text.Contains(Received, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_same_command_typed_again_is_another_request()
    {
        (await office.Slack.CommandAsync("/coffee", _noor, _channel, ("text", "away"))).Is(200);

        Assert.DoesNotContain(
            Received,
            (await office.Slack.CommandAsync("/coffee", _noor, _channel, ("text", "away"))).Is(200).Text,
            StringComparison.Ordinal
        );
    }

    private Func<SlackSender, Task<Answer>> Command(string command, string text = "") =>
        Request(
            "slack/commands",
            $"team_id=T0SIM00001&channel_id={_channel}&user_id={_noor}&user_name=noor&command={Uri.EscapeDataString(command)}&text={text}&trigger_id=1.2.{Guid.NewGuid():N}"
        );

    private static Func<SlackSender, Task<Answer>> Request(string path, string form)
    {
        var body = Encoding.UTF8.GetBytes(form);
        var timestamp = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString();
        var signature = RequestSigner.Sign(SlackSender.Secret, timestamp, body);
        return slack => slack.PostAsync(path, body, timestamp, signature);
    }
}
