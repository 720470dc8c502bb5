using System.Text.Json.Nodes;

namespace CoffeeBuddy.Functions.Tests;

public sealed class ListRunsTests(ApiOffice office)
{
    private readonly string _noor = ApiOffice.NewUser();
    private readonly string _channel = ApiOffice.NewChannel();

    [Fact]
    public async Task A_channels_runs_are_listed_the_latest_first_without_their_orders()
    {
        var first = await office.Api.OpenRunAsync(office.Service(), _noor, _channel);
        (await office.Api.OrderAsync(office.Service(), first, _noor)).Is(201);
        (await office.Api.PatchAsync($"runs/{first}/cancel", office.Person(_noor))).Is(200);
        var second = await office.Api.OpenRunAsync(office.Service(), _noor, _channel);

        Assert.Equal([second, first], await ListAsync(office.Service(), $"channel={_channel}"));
        Assert.Equal([first], await ListAsync(office.Service(), $"channel={_channel}&status=cancelled"));
        Assert.Equal([second], await ListAsync(office.Service(), $"channel={_channel}&status=active"));
        Assert.Empty(await ListAsync(office.Service(), $"channel={_channel}&status=completed"));
        Assert.Equal([second], await ListAsync(office.Service(), $"channel={_channel}&limit=1"));
        Assert.Equal(
            [second, first],
            await ListAsync(office.Service(), $"channel={_channel}&workspace=T0SIM00001&limit=100")
        );
        Assert.Empty(await ListAsync(office.Service(), $"channel={_channel}&workspace=T0OTHER"));
        var run = (await office.Api.GetAsync($"runs?channel={_channel}&status=cancelled", office.Service())).Json[
            "runs"
        ]![0]!.AsObject();
        Assert.Equal(1, (int?)run["order_count"]);
        Assert.False(run.ContainsKey("orders"));
    }

    [Fact]
    public async Task A_person_sees_the_runs_they_take_part_in_among_many_others()
    {
        var started = await office.Api.OpenRunAsync(office.Service(), _noor);
        var ordered = await office.Api.OpenRunAsync(office.Service(), ApiOffice.NewUser());
        (await office.Api.OrderAsync(office.Service(), ordered, _noor)).Is(201);
        var others = await office.Api.OpenRunAsync(office.Service(), ApiOffice.NewUser());

        Assert.Equal([ordered, started], await ListAsync(office.Person(_noor), "limit=2"));
        Assert.Equal([ordered], await ListAsync(office.Person(_noor), "limit=1"));
        Assert.Equal([others], await ListAsync(office.Service(), "limit=1"));
        Assert.Equal([others], await ListAsync(office.Person(_noor, "coffee.admin"), "limit=1"));
        Assert.Empty(await ListAsync(office.Person(ApiOffice.NewUser()), "limit=100"));
        (await office.Api.GetAsync("runs", office.Sandbox.Oidc.IssueToken(new("a-program")))).IsProblem(
            403,
            "Not allowed."
        );
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("limit=-1", "limit")]
    [InlineData("limit=all", "limit")]
    [InlineData("limit=", "limit")]
    [InlineData("limit=99999999999999999999999", "limit")]
    [InlineData("limit=1&limit=2", "limit")]
    [InlineData("status=finished", "status")]
    [InlineData("status=Active", "status")]
    [InlineData("status=0", "status")]
    [InlineData("channel=", "channel")]
    [InlineData("channel=%00", "channel")]
    [InlineData("channel=C1&channel=C2", "channel")]
    [InlineData("workspace=T%201", "workspace")]
    public async Task A_wrong_parameter_is_named(string query, string field)
    {
        var answer = await office.RefusesAsync(
            "ListRuns",
            400,
            () => office.Api.GetAsync($"runs?{query}", office.Service())
        );

        Assert.Equal(
            [field],
            answer.IsProblem(400, "The request is not valid.", "Some parameters are wrong: see errors.").WrongFields
        );
    }

    private async Task<IEnumerable<string>> ListAsync(string token, string query) =>
        ((JsonArray)(await office.Api.GetAsync($"runs?{query}", token)).Is(200).Json["runs"]!).Select(run =>
            (string)run!["run_id"]!
        );
}
