namespace CoffeeBuddy.Deployment;

/// <summary>What <c>helm test</c> runs, against a worker.</summary>
public sealed class SmokeTests(SmokeTests.Installation installation) : IClassFixture<SmokeTests.Installation>
{
    public sealed class Installation()
        : Office(
            new SandboxOptions
            {
                Roles = [WorkerRoles.Http],
                Slack = new SlackSimulator.SimulatorOptions { RateLimits = false },
            }
        );

    private static readonly string Script = Repository.File("helm", "coffeebuddy", "files", "smoke.sh");

    [Fact]
    public async Task It_checks_that_the_worker_answers_and_refuses_strangers()
    {
        var (code, output) = await SmokeAsync([]);

        Assert.Equal(0, code);
        Assert.Equal(
            [
                "ok: the API's description",
                "ok: no metrics on the API's port",
                "ok: the API without a token",
                "ok: a command without Slack's signature",
            ],
            output
        );
    }

    [Fact]
    public async Task With_a_token_it_plays_a_run_and_cancels_it()
    {
        var (channel, person) = await PlaceAsync();

        var (code, output) = await SmokeAsync(Run(channel, person));

        Assert.True(code == 0, string.Join('\n', output));
        Assert.Equal("ok: its cancellation", output[^1]);
        var run = Assert.Single(await RunsAsync(channel))!;
        Assert.Equal("cancelled", (string?)run["status"]);
        Assert.Equal(1, (int)run["order_count"]!);
    }

    [Fact]
    public async Task A_run_that_people_have_is_left_alone()
    {
        var (channel, person) = await PlaceAsync();
        await installation.Api.PostAsync(
            "runs",
            installation.Service(),
            new
            {
                workspace_id = installation.Sandbox.Slack.State.Options.TeamId,
                channel_id = channel,
                user_id = person,
            }
        );

        var (code, output) = await SmokeAsync(Run(channel, person));

        Assert.NotEqual(0, code);
        Assert.Contains("FAILED: a new run: 200 instead of 201", output);
        Assert.Equal("active", (string?)Assert.Single(await RunsAsync(channel))!["status"]);
    }

    [Fact]
    public async Task A_run_whose_order_fails_is_cancelled()
    {
        var (channel, person) = await PlaceAsync();
        var script = Path.Combine(installation.LogFolder, "smoke.sh");
        var text = await File.ReadAllTextAsync(Script, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            script,
            text.Replace("Latte", new string('x', 200), StringComparison.Ordinal),
            TestContext.Current.CancellationToken
        );

        var (code, output) = await SmokeAsync(Run(channel, person), script);

        Assert.NotEqual(0, code);
        Assert.Contains(output, line => line.StartsWith("FAILED: an order", StringComparison.Ordinal));
        Assert.Equal("cancelled", (string?)Assert.Single(await RunsAsync(channel))!["status"]);
    }

    [Fact]
    public async Task Behind_a_gateway_a_worker_is_asked_what_the_gateway_lets_nobody_see()
    {
        var (code, output) = await SmokeAsync([("WORKER", "http://127.0.0.1:1")]);
        Assert.NotEqual(0, code);
        Assert.Equal("FAILED: the API's description: no answer", output[^1]);

        // A gateway without answers: the worker serves all the same.
        (_, output) = await SmokeAsync([
            ("BASE", "http://127.0.0.1:1"),
            ("WORKER", installation.Worker.Address.AbsoluteUri.TrimEnd('/')),
        ]);
        Assert.Equal(
            [
                "ok: the API's description",
                "ok: no metrics on the API's port",
                "FAILED: the API without a token: no answer",
            ],
            output
        );
    }

    [Fact]
    public async Task It_fails_when_nobody_answers()
    {
        var (code, output) = await SmokeAsync([("BASE", "http://127.0.0.1:1")]);

        Assert.NotEqual(0, code);
        Assert.Equal("FAILED: the API's description: no answer", output[^1]);
    }

    private async Task<(string Channel, string Person)> PlaceAsync()
    {
        var person = await installation.HireAsync();
        return (await installation.NewChannelAsync([person]), person.Id);
    }

    private async Task<JsonArray> RunsAsync(string channel)
    {
        var answer = await installation.Api.GetAsync($"runs?channel={channel}", installation.Service());
        return answer.Json["runs"]!.AsArray();
    }

    private (string, string)[] Run(string channel, string person) =>
        [
            ("TOKEN", installation.Service()),
            ("WORKSPACE", installation.Sandbox.Slack.State.Options.TeamId),
            ("CHANNEL", channel),
            ("PERSON", person),
        ];

    private async Task<(int Code, string[] Output)> SmokeAsync(
        (string Name, string Value)[] environment,
        string? script = null
    )
    {
        var (code, output, _) = await Programs.RunAsync(
            "sh",
            [script ?? Script],
            [("BASE", installation.Worker.Address.AbsoluteUri.TrimEnd('/')), .. environment]
        );
        return (code, output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
