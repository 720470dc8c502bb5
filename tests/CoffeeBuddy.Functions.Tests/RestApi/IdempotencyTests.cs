namespace CoffeeBuddy.Functions.Tests;

/// <summary>A POST with an Idempotency-Key can be repeated.</summary>
public sealed class IdempotencyTests(ApiOffice office)
{
    private readonly string _noor = ApiOffice.NewUser();
    private readonly string _key = Guid.NewGuid().ToString();

    [Fact]
    public async Task A_repeated_creation_gets_the_first_answer_also_when_the_run_is_over()
    {
        var body = new
        {
            workspace_id = "T0SIM00001",
            channel_id = ApiOffice.NewChannel(),
            user_id = _noor,
        };
        var first = (await office.Api.PostAsync("runs", office.Service(), body, _key)).Is(201);
        var run = (string)first.Json["run_id"]!;
        (await office.Api.PatchAsync($"runs/{run}/cancel", office.Person(_noor))).Is(200);

        var second = (await office.Api.PostAsync("runs", office.Service(), body, _key)).Is(201);

        Assert.Equal((first.Text, first.Location), (second.Text, second.Location));
        Assert.Equal(["coffee.run.created", "coffee.run.cancelled"], await office.Rows.EventsAsync(run));
        Assert.Equal(
            1,
            await office.Rows.CountAsync("coffee_runs WHERE channel_id = @channel_id", new { body.channel_id })
        );
    }

    [Fact]
    public async Task A_repeated_order_is_one_order_and_one_event()
    {
        var run = await office.Api.OpenRunAsync(office.Service(), _noor);
        var first = (await OrderAsync(run, _key)).Is(201);
        var rows = await office.ContentAsync();

        var second = (await OrderAsync(run, _key)).Is(201);

        Assert.Equal((first.Text, first.Location), (second.Text, second.Location));
        Assert.Equal(rows, await office.ContentAsync());
        Assert.Equal(
            ["coffee.run.created", "coffee.order.placed"],
            (await office.Topics.ReadAsync("coffee.orders", run, 2)).Select(record => record.Headers["ce_type"])
        );
        Assert.Equal(
            1,
            await office.Rows.CountAsync("user_preferences WHERE user_id = @_noor AND order_count = 1", new { _noor })
        );
    }

    [Fact]
    public async Task A_key_belongs_to_one_body_and_one_address()
    {
        var run = await office.Api.OpenRunAsync(office.Service(), _noor);
        (await OrderAsync(run, _key)).Is(201);

        var otherBody = await office.RefusesAsync(
            "AddOrder",
            422,
            () => OrderAsync(run, _key, drink: "Tea"),
            "tea",
            "latte"
        );
        var otherRun = await OrderAsync(await office.Api.OpenRunAsync(office.Service(), _noor), _key);

        otherBody.IsProblem(
            422,
            "The Idempotency-Key was used before.",
            "It came with another request: use a new key."
        );
        otherRun.IsProblem(422, "The Idempotency-Key was used before.");
    }

    [Fact]
    public async Task Ten_concurrent_requests_with_one_key_create_one_run()
    {
        var run = await office.Api.OpenRunAsync(office.Service(), _noor);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => OrderAsync(run, _key)));

        Assert.All(answers, answer => Assert.Equal(answers[0].Text, answer.Is(201).Text));
        Assert.Equal(["coffee.run.created", "coffee.order.placed"], await office.Rows.EventsAsync(run));
        Assert.Equal(1, await office.Rows.CountAsync("orders WHERE run_id = @run::uuid", new { run }));
    }

    [Fact]
    public async Task Two_callers_can_use_the_same_key()
    {
        var run = await office.Api.OpenRunAsync(office.Service(), _noor);
        var priya = ApiOffice.NewUser();

        (
            await office.Api.PostAsync(
                $"runs/{run}/orders",
                office.Person(_noor),
                new { drink_type = "Latte", size = "Large" },
                _key
            )
        ).Is(201);
        (
            await office.Api.PostAsync(
                $"runs/{run}/orders",
                office.Person(priya),
                new { drink_type = "Latte", size = "Large" },
                _key
            )
        ).Is(201);

        Assert.Equal(2, await office.Rows.CountAsync("orders WHERE run_id = @run::uuid", new { run }));
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("caf\u00e9")]
    [InlineData("LONG")]
    public async Task An_invalid_key_is_refused(string key)
    {
        var run = await office.Api.OpenRunAsync(office.Service(), _noor);
        key = key == "LONG" ? new string('k', 201) : key;

        var answer = await office.RefusesAsync("AddOrder", 400, () => OrderAsync(run, key), "latte");

        answer.IsProblem(400, "The request is not valid.", "Send one Idempotency-Key of 1 to 200 ASCII characters.");
    }

    private Task<Answer> OrderAsync(string run, string key, string drink = "Latte") =>
        office.Api.PostAsync(
            $"runs/{run}/orders",
            office.Service(),
            new
            {
                drink_type = drink,
                size = "Large",
                user_id = _noor,
            },
            key
        );
}
