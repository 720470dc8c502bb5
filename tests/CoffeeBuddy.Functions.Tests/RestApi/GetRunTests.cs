using System.Text.Json.Nodes;

namespace CoffeeBuddy.Functions.Tests;

public sealed class GetRunTests(ApiOffice office) : IAsyncLifetime
{
    private readonly string _runner = ApiOffice.NewUser();
    private readonly string _priya = ApiOffice.NewUser();
    private string _run = "";

    public async ValueTask InitializeAsync()
    {
        _run = await office.Api.OpenRunAsync(office.Service(), ApiOffice.NewUser());
        (await office.Api.OrderAsync(office.Service(), _run, _runner)).Is(201);
        (await office.Api.OrderAsync(office.Service(), _run, _priya, drink: "Tea")).Is(201);
        await office.Rows.AssignAsync(_run, _runner);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_person_sees_the_run_and_their_own_order()
    {
        var answer = (await office.Api.GetAsync($"runs/{_run}", office.Person(_priya))).Is(200);

        Assert.Equal(
            (_run, _runner, 2),
            ((string?)answer.Json["run_id"], (string?)answer.Json["runner_user_id"], (int?)answer.Json["order_count"])
        );
        Assert.Equal([_priya], Orders(answer));
        Assert.Empty(Orders((await office.Api.GetAsync($"runs/{_run}", office.Person(ApiOffice.NewUser()))).Is(200)));
    }

    [Fact]
    public async Task The_runner_sees_all_orders() =>
        Assert.Equal(
            [_runner, _priya],
            Orders((await office.Api.GetAsync($"runs/{_run}", office.Person(_runner))).Is(200))
        );

    [Fact]
    public async Task Services_and_admins_see_all_orders_and_other_programs_are_refused()
    {
        Assert.Equal([_runner, _priya], Orders(await office.Api.GetAsync($"runs/{_run}", office.Service())));
        Assert.Equal(
            [_runner, _priya],
            Orders(await office.Api.GetAsync($"runs/{_run}", office.Person(ApiOffice.NewUser(), "coffee.admin")))
        );
        (await office.Api.GetAsync($"runs/{_run}", office.Sandbox.Oidc.IssueToken(new("a-program")))).IsProblem(
            403,
            "Not allowed."
        );
    }

    [Theory]
    [InlineData("01890000-0000-7000-8000-000000000000")]
    [InlineData("not-a-guid")]
    [InlineData("-1")]
    public async Task A_run_that_does_not_exist_is_not_found(string runId)
    {
        var answer = await office.RefusesAsync(
            "GetRun",
            404,
            () => office.Api.GetAsync($"runs/{runId}", office.Service())
        );

        answer.IsProblem(404, "There is no such run.");
    }

    private static IEnumerable<string> Orders(Answer answer) =>
        ((JsonArray)answer.Json["orders"]!).Select(order => (string)order!["user_id"]!);
}
