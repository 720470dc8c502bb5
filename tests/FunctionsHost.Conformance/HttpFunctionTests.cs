using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CoffeeBuddy.Sandbox;
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
        var path = function.Text("route")!.Replace("{runId}", $"{Guid.NewGuid()}", StringComparison.Ordinal);
        var method = function.Trigger["methods"]!.AsArray().Select(verb => (string)verb!).Last();
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), path)
        {
            Content = new StringContent("{}", Encoding.UTF8, "application/json"),
        };

        using var response = await office.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task With_a_token_each_function_of_the_rest_api_answers()
    {
        var (channel, people) = await office.ChannelAsync(1);
        var api = new RestApi(office);
        var order = new
        {
            drink_type = "Latte",
            size = "Large",
            user_id = people[0].Id,
        };
        var closing = new { user_id = people[0].Id };

        var run = await api.OpenRunAsync(channel, people[0].Id);
        var ordered = await api.SendAsync(HttpMethod.Post, $"api/v1/runs/{run}/orders", HttpStatusCode.Created, order);
        var shown = await api.SendAsync(HttpMethod.Get, $"api/v1/runs/{run}", HttpStatusCode.OK);
        var listed = await api.SendAsync(HttpMethod.Get, $"api/v1/runs?channel_id={channel}", HttpStatusCode.OK);
        var usual = await api.SendAsync(HttpMethod.Get, $"api/v1/users/{people[0].Id}/preferences", HttpStatusCode.OK);
        var completed = await api.SendAsync(
            HttpMethod.Patch,
            $"api/v1/runs/{run}/complete",
            HttpStatusCode.OK,
            closing
        );
        var second = await api.OpenRunAsync(channel, people[0].Id);
        var cancelled = await api.SendAsync(
            HttpMethod.Patch,
            $"api/v1/runs/{second}/cancel",
            HttpStatusCode.OK,
            closing
        );

        Assert.Equal("Latte", (string?)ordered["drink_type"]);
        Assert.Equal(run, (Guid)shown["run_id"]!);
        Assert.Contains($"{run}", listed.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("Latte", usual.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("completed", (string?)completed["status"]);
        Assert.Equal("cancelled", (string?)cancelled["status"]);
    }

    [Fact]
    public async Task The_openapi_document_needs_no_credentials()
    {
        var document = await office.Http.GetStringAsync("api/v1/openapi.json", TestContext.Current.CancellationToken);

        Assert.StartsWith("3.", (string?)JsonNode.Parse(document)!["openapi"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_arrives_as_a_problem_document()
    {
        var problem = await new RestApi(office).SendAsync(
            HttpMethod.Get,
            $"api/v1/runs/{Guid.NewGuid()}",
            HttpStatusCode.NotFound
        );

        Assert.Equal(404, (int)problem["status"]!);
    }

    [Fact]
    public async Task A_slash_command_opens_a_form_and_submitting_it_closes_it()
    {
        var (channel, people) = await office.ChannelAsync(1);

        var answered = await people[0].CommandAsync(channel, "/coffee");
        Assert.True((bool)answered["ok"]!, answered.ToJsonString());
        Assert.NotNull(await people[0].ViewAsync());
        var submitted = await people[0].SubmitAsync(("drink:0", "Tea"));

        Assert.True((bool)submitted["closed"]!, submitted.ToJsonString());
        Assert.Equal(
            "Tea",
            await office.Database.OneAsync<string>("SELECT drink_type FROM orders WHERE user_id = $1", people[0].Id)
        );
    }

    [Fact]
    public async Task Log_lines_of_a_function_reach_the_host_with_the_invocation_they_belong_to()
    {
        var (channel, people) = await office.ChannelAsync(1);

        await people[0].CommandAsync(channel, "/coffee");

        await Eventually.TrueAsync(
            () =>
                Task.FromResult(
                    office.Host.Logs.Any(log =>
                        log.InvocationId.Length > 0
                        && log.Category.EndsWith(".SlackCommands", StringComparison.Ordinal)
                        && log.Message.Contains(channel, StringComparison.Ordinal)
                    )
                ),
            "the function's log line arrives"
        );
    }

    [Fact]
    public async Task An_event_of_slack_is_taken_and_published()
    {
        var (channel, people) = await office.ChannelAsync(1);

        await people[0].SayAsync(channel, "@CoffeeBuddy help");

        var record = await KafkaTopic.FindAsync(
            office,
            "slack.events",
            record => record.Value.Contains(channel, StringComparison.Ordinal)
        );
        Assert.Contains(record.Headers, header => header.Key == "ce_type");
    }
}
