using SlackSimulator.Tests.Support;

namespace SlackSimulator.Tests;

/// <summary>Profiles and presence, through Slack's Web API client.</summary>
public sealed class ProfileTests
{
    [Fact]
    public async Task A_profile_has_pictures_that_can_be_loaded()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await using var sdk = await SlackSdk.StartAsync(slack.Server);
        var profile = (await sdk.CallAsync("users.profile.get", Of(TestWorkspace.Noor)))["profile"]!;
        Assert.Equal("noor@example.com", (string)profile["email"]!);
        Assert.Matches("^[0-9a-f]{12}$", (string)profile["avatar_hash"]!);
        foreach (var size in (int[])[24, 32, 48, 72, 192, 512])
        {
            var address = new Uri((string)profile[$"image_{size}"]!);
            var picture = await slack.Http.GetStringAsync(address, TestContext.Current.CancellationToken);
            Assert.Contains($"width=\"{size}\"", picture, StringComparison.Ordinal);
            Assert.Contains(">N</text>", picture, StringComparison.Ordinal);
        }

        var inList = (await sdk.CallAsync("users.info", Of(TestWorkspace.Noor)))["user"]!["profile"]!;
        Assert.Equal((string)profile["image_72"]!, (string)inList["image_72"]!);
    }

    [Fact]
    public async Task The_locale_is_returned_on_request()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await slack.DoAsync("PUT", "people/noor", new JsonObject { ["locale"] = "nl-NL" });
        await using var sdk = await SlackSdk.StartAsync(slack.Server);
        Assert.Null((await sdk.CallAsync("users.info", Of(TestWorkspace.Noor)))["user"]!["locale"]);
        Assert.Equal(
            "nl-NL",
            (string)
                (await sdk.CallAsync("users.info", Of(TestWorkspace.Noor, ("include_locale", true))))["user"]![
                    "locale"
                ]!
        );
        var list = await sdk.CallAsync("users.list", new JsonObject { ["include_locale"] = true });
        Assert.All(list["members"]!.AsArray(), member => Assert.NotNull(member!["locale"]));
    }

    [Fact]
    public async Task A_person_is_active_until_they_go_away()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await using var sdk = await SlackSdk.StartAsync(slack.Server);
        Assert.Equal("active", (string)(await sdk.CallAsync("users.getPresence", Of(TestWorkspace.Noor)))["presence"]!);
        await slack.DoAsync("PUT", "people/noor", new JsonObject { ["is_away"] = true });
        Assert.Equal("away", (string)(await sdk.CallAsync("users.getPresence", Of(TestWorkspace.Noor)))["presence"]!);
    }

    [Fact]
    public async Task A_person_is_not_to_be_disturbed_for_as_long_as_they_pause_notifications()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await using var sdk = await SlackSdk.StartAsync(slack.Server);
        async Task<(bool Enabled, long From, long Until)> AskAsync()
        {
            var answer = await sdk.CallAsync("dnd.info", Of(TestWorkspace.Noor));
            Assert.Null(answer["snooze_enabled"]);
            return ((bool)answer["dnd_enabled"]!, (long)answer["next_dnd_start_ts"]!, (long)answer["next_dnd_end_ts"]!);
        }

        Assert.Equal((false, 1, 1), await AskAsync());

        await slack.DoAsync("PUT", "people/noor", new JsonObject { ["dnd_minutes"] = 60, ["dnd_in_minutes"] = 30 });
        var later = await AskAsync();
        Assert.Equal((true, 3600), (later.Enabled, later.Until - later.From));
        Assert.InRange(later.From, slack.Server.Clock.Now.AddMinutes(29).ToUnixTimeSeconds(), long.MaxValue);

        await slack.DoAsync("POST", "clock", new JsonObject { ["advance"] = "01:30:01" });
        Assert.Equal((false, 1, 1), await AskAsync());

        await slack.DoAsync("PUT", "people/noor", new JsonObject { ["dnd_minutes"] = 60 });
        await slack.DoAsync("PUT", "people/noor", new JsonObject { ["real_name"] = "Noor B." });
        Assert.True((await AskAsync()).Enabled);
        await slack.DoAsync("PUT", "people/noor", new JsonObject { ["dnd_minutes"] = 0 });
        Assert.Equal((false, 1, 1), await AskAsync());
    }

    [Fact]
    public async Task Without_a_user_the_bot_is_meant()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await using var sdk = await SlackSdk.StartAsync(slack.Server);
        var profile = (await sdk.CallAsync("users.profile.get"))["profile"]!;
        Assert.Equal("B0BOT00001", (string)profile["bot_id"]!);
        Assert.Equal("active", (string)(await sdk.CallAsync("users.getPresence"))["presence"]!);
    }

    [Theory]
    [InlineData("users.profile.get")]
    [InlineData("users.getPresence")]
    [InlineData("dnd.info")]
    public async Task An_unknown_user_is_refused(string method)
    {
        await using var slack = await TestWorkspace.StartAsync();
        await using var sdk = await SlackSdk.StartAsync(slack.Server);
        Assert.Equal("user_not_found", await sdk.RefusalAsync(method, Of("U0NOBODY00")));
    }

    private static JsonObject Of(string user, params (string Name, JsonNode Value)[] more)
    {
        var arguments = new JsonObject { ["user"] = user };
        foreach (var (name, value) in more)
            arguments[name] = value;
        return arguments;
    }
}
