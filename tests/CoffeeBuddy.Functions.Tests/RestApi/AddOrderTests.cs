namespace CoffeeBuddy.Functions.Tests;

public sealed class AddOrderTests(ApiOffice office) : IAsyncLifetime
{
    private readonly string _noor = ApiOffice.NewUser();
    private readonly string _priya = ApiOffice.NewUser();
    private string _run = "";

    public async ValueTask InitializeAsync() => _run = await office.Api.OpenRunAsync(office.Service(), _noor);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task An_order_is_stored_as_order_and_preference_and_published()
    {
        var answer = (
            await office.Api.PostAsync(
                $"runs/{_run}/orders",
                office.Person(_priya),
                new
                {
                    drink_type = " Latte ",
                    size = "Large",
                    customizations = (string[])["Oat milk", "Extra shot"],
                    note = "hot, please",
                }
            )
        ).Is(201);

        Assert.Equal($"/api/v1/runs/{_run}", answer.Location);
        Assert.Equal(
            ("Latte", "Large", "hot, please", _priya),
            (
                (string?)answer.Json["drink_type"],
                (string?)answer.Json["size"],
                (string?)answer.Json["note"],
                (string?)answer.Json["user_id"]
            )
        );
        Assert.Equal("""["Extra shot","Oat milk"]""", answer.Json["customizations"]!.ToJsonString());
        Assert.Equal(
            1,
            await office.Rows.CountAsync(
                "orders WHERE order_id = @id::uuid AND run_id = @_run::uuid AND user_id = @_priya AND drink_type = 'Latte' AND note = 'hot, please'",
                new
                {
                    id = (string?)answer.Json["order_id"],
                    _run,
                    _priya,
                }
            )
        );
        Assert.Equal(
            1,
            await office.Rows.CountAsync(
                "user_preferences WHERE user_id = @_priya AND drink_type = 'Latte' AND order_count = 1",
                new { _priya }
            )
        );
        Assert.Equal(
            ["coffee.run.created", "coffee.order.placed"],
            (await office.Topics.ReadAsync("coffee.orders", _run, 2)).Select(record => record.Headers["ce_type"])
        );
    }

    [Fact]
    public async Task Ordering_again_replaces_the_order()
    {
        var first = (await office.Api.OrderAsync(office.Service(), _run, _priya)).Is(201);

        var second = (await office.Api.OrderAsync(office.Service(), _run, _priya, drink: "Tea", size: "Small")).Is(200);

        Assert.Null(second.Location);
        Assert.Equal((string?)first.Json["order_id"], (string?)second.Json["order_id"]);
        Assert.Equal(
            ["Tea"],
            await office.Rows.ListAsync<string>(
                "SELECT drink_type FROM orders WHERE run_id = @_run::uuid",
                new { _run }
            )
        );
        Assert.Equal(
            ["Tea"],
            await office.Rows.ListAsync<string>(
                "SELECT drink_type FROM user_preferences WHERE user_id = @_priya",
                new { _priya }
            )
        );
    }

    [Fact]
    public async Task The_same_order_again_changes_nothing_and_publishes_nothing()
    {
        var first = (await office.Api.OrderAsync(office.Service(), _run, _priya)).Is(201);

        var second = (await office.Api.OrderAsync(office.Service(), _run, _priya)).Is(200);

        Assert.Equal(first.Json.ToJsonString(), second.Json.ToJsonString());
        Assert.Equal(["coffee.run.created", "coffee.order.placed"], await office.Rows.EventsAsync(_run));
    }

    [Theory]
    [InlineData("complete", "It is completed.")]
    [InlineData("cancel", "It is cancelled.")]
    public async Task An_order_in_a_run_that_is_over_is_refused(string end, string detail)
    {
        (await office.Api.PatchAsync($"runs/{_run}/{end}", office.Person(_noor, "coffee.admin"))).Is(200);

        var answer = await office.RefusesAsync(
            "AddOrder",
            409,
            () => office.Api.OrderAsync(office.Service(), _run, _noor),
            "latte"
        );

        answer.IsProblem(409, "The run is over.", detail);
    }

    [Theory]
    [InlineData("01890000-0000-7000-8000-000000000000")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("not-a-guid")]
    [InlineData("99999999999999999999999999999999999999999999")]
    [InlineData("{01890000-0000-7000-8000-000000000000}")]
    public async Task An_order_in_an_unknown_run_is_refused(string runId)
    {
        var answer = await office.RefusesAsync(
            "AddOrder",
            404,
            () => office.Api.OrderAsync(office.Service(), runId, _noor),
            "latte"
        );

        answer.IsProblem(404, "There is no such run.");
    }

    [Fact]
    public async Task Every_wrong_field_is_named_with_its_error()
    {
        var answer = await office.Api.PostAsync(
            $"runs/{_run}/orders",
            office.Service(),
            new
            {
                size = new string('x', 21),
                customizations = Enumerable.Repeat("more", 11),
                note = new string('y', 201),
                user_id = _priya,
            }
        );

        answer.IsProblem(400, "The request is not valid.", "Some fields are missing or wrong: see errors.");
        Assert.Equal(["customizations", "drink_type", "note", "size"], answer.WrongFields);
        Assert.Equal("Use at most 20 characters for the size.", (string?)answer.Json["errors"]!["size"]![0]);
    }

    [Fact]
    public async Task What_is_sold_out_or_not_on_the_menu_is_an_error_of_its_field()
    {
        await office.Rows.ExecuteAsync(
            """
            INSERT INTO menus (place_id, menu, sold_out, version, changed_at)
            SELECT channel_id, '{"drinks":["Chai","Tea"],"sizes":["Large"],"customizations":[],"allows_free_text":false}',
                jsonb_build_object('drinks', jsonb_build_array('Tea'), 'customizations', '[]'::jsonb, 'until', now() + interval '1 hour'), 1, now()
            FROM coffee_runs WHERE run_id = @_run::uuid
            """,
            new { _run }
        );

        foreach (
            var (drink, size, field, error) in ((string, string, string, string)[])
                [
                    ("Tea", "Large", "drink_type", "\"Tea\" is sold out today. Choose something else."),
                    ("Latte", "Large", "drink_type", "\"Latte\" is not on the menu here. Choose something that is."),
                    ("Chai", "Huge", "size", "There is no size \"Huge\" on the menu here. Choose one of the menu."),
                ]
        )
        {
            var order = new
            {
                drink_type = drink,
                size,
                user_id = _priya,
            };
            var answer = await office.Api.PostAsync($"runs/{_run}/orders", office.Service(), order);
            answer.IsProblem(400, "The request is not valid.", "Some fields are missing or wrong: see errors.");
            Assert.Equal(error, (string?)answer.Json["errors"]![field]![0]);
        }
    }

    [Theory]
    [InlineData("drink_type", "Lat\0te")]
    [InlineData("drink_type", "Latte\nEspresso")]
    [InlineData("drink_type", " ")]
    [InlineData("drink_type", "\u009f")]
    [InlineData("size", "Large\u0000")]
    [InlineData("size", "\u001b[31mLarge")]
    [InlineData("note", "hot\0")]
    [InlineData("note", "hot\u0007")]
    public async Task Text_that_cannot_be_stored_or_shown_is_an_error_of_its_field(string field, string text)
    {
        var body = new Dictionary<string, object>
        {
            ["drink_type"] = "Latte",
            ["size"] = "Large",
            ["user_id"] = _priya,
        };
        body[field] = text;

        var answer = await office.RefusesAsync(
            "AddOrder",
            400,
            () => office.Api.PostAsync($"runs/{_run}/orders", office.Service(), body),
            "latte",
            "large"
        );

        Assert.Equal([field], answer.WrongFields);
    }

    [Theory]
    [InlineData("Oat\0milk")]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_customization_that_is_not_one_line_of_text_is_refused(string? customization)
    {
        var body = new
        {
            drink_type = "Latte",
            size = "Large",
            customizations = (string?[])["Oat milk", customization],
            user_id = _priya,
        };

        var answer = await office.RefusesAsync(
            "AddOrder",
            400,
            () => office.Api.PostAsync($"runs/{_run}/orders", office.Service(), body),
            "latte"
        );

        Assert.Equal(["customizations"], answer.WrongFields);
    }

    [Fact]
    public async Task A_person_cannot_order_for_another_person() =>
        (await office.Api.OrderAsync(office.Person(_priya), _run, _noor)).IsProblem(
            403,
            "Not allowed.",
            "You can act only for yourself: leave user_id out, or give your own."
        );
}
