using System.Text;
using System.Text.Json.Nodes;
using CoffeeBuddy.Sandbox.Workers;
using FunctionsHost.Conformance.Support;

namespace FunctionsHost.Conformance;

/// <summary>HTTP functions, called through the host's endpoint.</summary>
public sealed class HttpFunctionTests(HostedOffice office) : IAsyncDisposable
{
    public static TheoryData<string> FunctionsWithCredentials =>
        [.. WorkerRoles.Functions[WorkerRoles.Http].Where(function => function != "OpenApiDocument")];

    public ValueTask DisposeAsync()
    {
        Assert.Empty(office.FrontEnd.Failures);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(FunctionsWithCredentials))]
    public async Task Without_credentials_a_function_answers_401(string name)
    {
        var function = office.Host.Functions[name];
        var route = function.Text("route")!.Replace("{runId}", $"{Guid.NewGuid()}", StringComparison.Ordinal);
        var method = function.Trigger["methods"]!.AsArray().Select(verb => (string)verb!).Last();
        using var client = new HttpClient { BaseAddress = office.FrontEnd.Address };
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), route)
        {
            Content = new StringContent("{}", Encoding.UTF8, SlackSender.Json),
        };

        (await Answer.ToAsync(client, request)).Is(401);
    }

    [Fact]
    public async Task With_a_token_each_function_of_the_rest_api_answers()
    {
        var (channel, people) = await office.GatherAsync(1);
        var (token, user) = (office.Service(), people[0].Id);
        var closing = new { user_id = user };

        var run = await office.Api.OpenRunAsync(token, user, channel);
        (await office.Api.OrderAsync(token, run, user)).Is(201);
        var shown = (await office.Api.GetAsync($"runs/{run}", token)).Is(200);
        var listed = (await office.Api.GetAsync($"runs?channel_id={channel}", token)).Is(200);
        var usual = (await office.Api.GetAsync($"users/{user}/preferences", token)).Is(200);
        var completed = (await office.Api.PatchAsync($"runs/{run}/complete", office.Person(user, "coffee.admin"))).Is(
            200
        );
        var second = await office.Api.OpenRunAsync(token, user, channel);
        var cancelled = (await office.Api.PatchAsync($"runs/{second}/cancel", token, closing)).Is(200);

        Assert.Equal(run, (string?)shown.Json["run_id"]);
        Assert.Contains(run, listed.Text, StringComparison.Ordinal);
        Assert.Contains("Latte", usual.Text, StringComparison.Ordinal);
        Assert.Equal("completed", (string?)completed.Json["status"]);
        Assert.Equal("cancelled", (string?)cancelled.Json["status"]);
    }

    [Fact]
    public async Task The_openapi_document_needs_no_credentials() =>
        Assert.StartsWith(
            "3.",
            (string?)(await office.Api.GetAsync("openapi.json", token: null)).Is(200).Json["openapi"]
        );

    [Fact]
    public async Task A_refusal_arrives_as_a_problem_document() =>
        (await office.Api.GetAsync($"runs/{Guid.NewGuid()}", office.Service())).IsProblem(404, "There is no such run.");

    [Fact]
    public async Task A_slash_command_opens_a_form_and_submitting_it_closes_it()
    {
        var (channel, people) = await office.GatherAsync(1);

        var answered = await people[0].CommandAsync(channel, "/coffee");
        Assert.True((bool)answered["ok"]!, answered.ToJsonString());
        Assert.NotNull(await people[0].ViewAsync());
        var submitted = await people[0].SubmitAsync(("drink:0", "Tea"));

        Assert.True((bool)submitted["closed"]!, submitted.ToJsonString());
        Assert.Equal(
            "Tea",
            await office.Rows.GetAsync<string>(
                "SELECT drink_type FROM orders WHERE user_id = @user",
                new { user = people[0].Id }
            )
        );
    }

    [Fact]
    public async Task An_event_of_slack_is_accepted_and_published()
    {
        var (channel, people) = await office.GatherAsync(1);

        await people[0].SayAsync(channel, "@CoffeeBuddy help");

        var record = await KafkaTopic.FindAsync(
            office,
            "slack.events",
            record => record.Value.Contains(channel, StringComparison.Ordinal)
        );
        Assert.Contains(record.Headers, header => header.Key == "ce_type");
    }

    [Fact]
    public async Task Log_lines_of_a_function_reach_the_host_with_the_id_of_the_invocation()
    {
        var (channel, people) = await office.GatherAsync(1);

        await people[0].CommandAsync(channel, "/coffee");

        await Eventually.TrueAsync(
            () =>
                office.Host.Logs.Any(log =>
                    log.InvocationId.Length > 0
                    && log.Category.EndsWith(".SlackCommands", StringComparison.Ordinal)
                    && log.Message.Contains(channel, StringComparison.Ordinal)
                ),
            "the function's log line arrives"
        );
    }
}
