using SlackSimulator.Browser.Support;
using SlackSimulator.Page;

namespace SlackSimulator.Browser;

public sealed class DemoTests(Chromium chromium)
{
    private static readonly DemoScript Lunch = new(
        "Lunch in a minute",
        [
            new OpenChannel("general") { As = "noor", Caption = "Noor is hungry" },
            new RunCommand("/lunch") { Caption = "She asks for lunch" },
            new FillIn(
                new Dictionary<string, JsonNode?>
                {
                    ["dish"] = "Soup",
                    ["kitchen"] = "harbour",
                    ["extras"] = new JsonArray("bread", "fruit"),
                    ["spice"] = "hot",
                }
            ),
            new Submit(),
            new WaitFor("Lunch is on"),
            new Click("join") { As = "priya", Caption = "Priya joins" },
            new WaitFor("Joined by @Priya", "cancel"),
            new Click("when", "later"),
            new Click("menu", "rename"),
            new OpenThread("Lunch is on"),
            new Say("Thanks!") { InThread = true },
            new Advance(TimeSpan.FromMinutes(5)) { Caption = "Five minutes pass" },
            new OpenChannel("home"),
            new Click("refresh"),
            new WaitFor("Refreshed"),
            new OpenChannel("general"),
            new Click("cancel") { Caption = "Mateo cancels", As = "mateo" },
            new WaitFor("was cancelled"),
        ]
    )
    {
        Pace = 25,
    };

    [Fact]
    public async Task The_page_plays_the_given_script_with_the_app()
    {
        await using var office = await Office.OpenAsync(chromium, Lunch);
        var page = await office.WindowAsync("zola", "random");
        // A caption is shown for a moment only, so they are recorded in the page.
        await page.EvaluateAsync(
            """
            () => {
              window.captions = [];
              new MutationObserver(() => captions.push(document.querySelector('.demo-caption').textContent))
                .observe(document.getElementById('demo-bar'), { childList: true, subtree: true });
            }
            """
        );
        await page.GetByTestId("play-demo").ClickAsync();
        var caption = page.GetByTestId("demo-caption");
        await Expect(caption)
            .ToHaveTextAsync("The run is complete. Everything shown came from the app; you can continue from here.");

        var captions = await page.EvaluateAsync<string[]>("() => captions");
        Assert.Contains("She asks for lunch", captions);
        Assert.Contains("Mateo cancels", captions);
        await Expect(page.Message("was cancelled")).ToBeVisibleAsync();
        await Expect(page.GetByTestId("self")).ToContainTextAsync("Mateo");
        Assert.Equal(TimeSpan.FromMinutes(5), office.Slack.Clock.Offset);
        Assert.Equal("harbour", (string)office.App.Submitted!["kitchen"]!["kitchen"]!["selected_option"]!["value"]!);
        Assert.Equal(
            ["bread", "fruit"],
            office.App.Submitted["extras"]!["extras"]!["selected_options"]!
                .AsArray()
                .Select(option => (string)option!["value"]!)
        );
        await page.Button("Close").ClickAsync();
        await Expect(caption).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_script_continues_as_the_person_who_has_the_button()
    {
        var script = new DemoScript(
            "Whose turn",
            [
                new BecomeWhoSees("take", ["kenji", "freya"]),
                new WaitFor("Thank you") { Caption = "{who} has the button" },
            ]
        )
        {
            Pace = 25,
        };
        await using var office = await Office.OpenAsync(chromium, script);
        var page = await office.WindowAsync();
        foreach (var name in (string[])["Freya", "Kenji"])
        {
            var user = office.Slack.State.FindPerson(name)!.Id;
            await office.App.CallAsync(
                "chat.postMessage",
                new JsonObject
                {
                    ["channel"] = user,
                    ["text"] = "Your turn",
                    ["blocks"] = new JsonArray(TakeButton()),
                }
            );
            await page.GetByRole(AriaRole.Button, new() { Name = "Demo run", Exact = true }).ClickAsync();
            await Expect(page.GetByTestId("demo-caption")).ToHaveTextAsync($"{name} has the button");
            await Expect(page.Locator("#messages").Button("Take it")).ToBeVisibleAsync();
            await Expect(page.GetByTestId("self")).ToContainTextAsync(name);
            await office.App.CallAsync(
                "chat.postMessage",
                new JsonObject { ["channel"] = user, ["text"] = "Thank you" }
            );
            await page.Button("Close").ClickAsync();
        }
    }

    [Fact]
    public async Task Text_in_the_previous_conversation_does_not_end_a_wait()
    {
        await using var office = await Office.OpenAsync(
            chromium,
            new DemoScript(
                "Elsewhere",
                [
                    new WaitFor("Thank you")
                    {
                        As = "kenji",
                        Caption = "Kenji looks",
                        AtMost = TimeSpan.Zero,
                    },
                ]
            )
            {
                Pace = 25,
            }
        );
        await office.App.CallAsync(
            "chat.postMessage",
            new JsonObject { ["channel"] = office.Slack.State.FindPerson("freya")!.Id, ["text"] = "Thank you" }
        );
        var page = await office.WindowAsync("freya", "dm");
        await Expect(page.Message("Thank you")).ToBeVisibleAsync();
        var isSlow = new TaskCompletionSource();
        await page.RouteAsync(
            $"**/{office.Slack.State.FindPerson("kenji")!.Id}/messages**",
            async route =>
            {
                await isSlow.Task;
                await route.ContinueAsync();
            }
        );
        await page.GetByRole(AriaRole.Button, new() { Name = "Demo run", Exact = true }).ClickAsync();
        await Expect(page.GetByTestId("self")).ToContainTextAsync("Kenji");
        await Expect(page.Locator("#messages")).ToHaveAttributeAsync("aria-busy", "true");
        isSlow.SetResult();
        await Expect(page.GetByTestId("demo-caption"))
            .ToContainTextAsync("The run stopped: “Thank you” did not appear");
    }

    private static JsonObject TakeButton() =>
        new()
        {
            ["type"] = "actions",
            ["elements"] = new JsonArray(
                new JsonObject
                {
                    ["type"] = "button",
                    ["action_id"] = "take",
                    ["text"] = new JsonObject { ["type"] = "plain_text", ["text"] = "Take it" },
                }
            ),
        };

    [Fact]
    public async Task A_demo_that_cannot_continue_says_why()
    {
        await using var office = await Office.OpenAsync(
            chromium,
            new DemoScript("Short", [new WaitFor("Something that never comes") { AtMost = TimeSpan.Zero }])
        );
        var page = await office.WindowAsync();
        await page.GetByTestId("play-demo").ClickAsync();
        await Expect(page.GetByTestId("demo-caption"))
            .ToContainTextAsync("The run stopped: “Something that never comes” did not appear");
    }

    [Fact]
    public async Task A_demo_can_be_paused_and_stopped()
    {
        await using var office = await Office.OpenAsync(chromium, Lunch with { Pace = 1 });
        var page = await office.WindowAsync();
        await page.GetByTestId("play-demo").ClickAsync();
        var bar = page.GetByRole(AriaRole.Region, new() { Name = "Demo run" });
        await bar.Button("Pause").ClickAsync();
        await bar.Button("Go on").ClickAsync();
        await bar.Button("Stop").ClickAsync();
        await Expect(bar).ToBeHiddenAsync();
        await Expect(page.Locator(".demo-pointer")).ToHaveCountAsync(0);
    }

    [Fact]
    public void A_script_is_read_from_JSON()
    {
        var script = DemoScript.Parse(
            """
            {"title": "T", "steps": [
              {"do": "command", "as": "noor", "caption": "c", "command": "/x"},
              {"do": "fill", "values": {"a": "b", "c": ["d"]}},
              {"do": "advance", "by": "00:01:00"},
              {"do": "who", "action_id": "go", "among": ["noor"], "channel": "general"},
              {"do": "wait", "action_id": "go", "at_most": "00:00:05"}]}
            """
        );
        Assert.Equal(1, script.Pace);
        Assert.Equal(new RunCommand("/x") { As = "noor", Caption = "c" }, script.Steps[0]);
        Assert.Equal("b", (string)Assert.IsType<FillIn>(script.Steps[1]).Values["a"]!);
        Assert.Equal(TimeSpan.FromMinutes(1), Assert.IsType<Advance>(script.Steps[2]).By);
        var who = Assert.IsType<BecomeWhoSees>(script.Steps[3]);
        Assert.Equal(("go", "noor", "general"), (who.ActionId, Assert.Single(who.Among!), who.Channel));
        Assert.Equal(new WaitFor(null, "go") { AtMost = TimeSpan.FromSeconds(5) }, script.Steps[4]);
    }
}
