using SlackSimulator.Tests.Support;

namespace SlackSimulator.Tests;

/// <summary><c>usergroups.*</c> and <c>emoji.list</c>, through Slack's Web API client.</summary>
public sealed class UserGroupTests
{
    [Fact]
    public async Task A_group_is_created_changed_filled_and_disabled()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await using var sdk = await SlackSdk.StartAsync(slack.Server);
        var created = (await sdk.CallAsync("usergroups.create", new JsonObject { ["name"] = "Night Shift" }))[
            "usergroup"
        ]!;
        var id = (string)created["id"]!;
        Assert.Equal(("night-shift", 0), ((string)created["handle"]!, (int)created["date_delete"]!));
        await sdk.CallAsync(
            "usergroups.update",
            new JsonObject
            {
                ["usergroup"] = id,
                ["description"] = "Those who stay late",
                ["channels"] = TestWorkspace.Office,
            }
        );
        var filled = await sdk.CallAsync(
            "usergroups.users.update",
            new JsonObject { ["usergroup"] = id, ["users"] = $"{TestWorkspace.Noor},{TestWorkspace.Priya}" }
        );
        Assert.Equal(TestWorkspace.Office, (string)filled["usergroup"]!["prefs"]!["channels"]![0]!);
        var list = await sdk.CallAsync(
            "usergroups.list",
            new JsonObject { ["include_users"] = true, ["include_count"] = true }
        );
        var listed = Assert.Single(list["usergroups"]!.AsArray())!;
        Assert.Equal(
            ("Night Shift", "Those who stay late", 2, TestWorkspace.Noor),
            (
                (string)listed["name"]!,
                (string)listed["description"]!,
                (int)listed["user_count"]!,
                (string)listed["users"]![0]!
            )
        );
        var users = await sdk.CallAsync("usergroups.users.list", Group(id));
        Assert.Equal(2, users["users"]!.AsArray().Count);

        await sdk.CallAsync("usergroups.disable", Group(id));
        Assert.Empty((await sdk.CallAsync("usergroups.list"))["usergroups"]!.AsArray());
        await sdk.CallAsync("usergroups.enable", Group(id));
        Assert.Single((await sdk.CallAsync("usergroups.list"))["usergroups"]!.AsArray());
    }

    [Fact]
    public async Task The_app_is_told_of_changes_of_groups()
    {
        await using var slack = await TestWorkspace.StartAsync();
        slack.Server.Configure(app =>
            app with
            {
                BotEvents = ["subteam_created", "subteam_updated", "subteam_members_changed"],
            }
        );
        var created = await slack.CallAsync("usergroups.create", new JsonObject { ["name"] = "Crew" });
        var id = (string)created["usergroup"]!["id"]!;
        foreach (var user in (string[])[TestWorkspace.Noor, TestWorkspace.Priya])
            await slack.CallAsync("usergroups.users.update", new JsonObject { ["usergroup"] = id, ["users"] = user });

        await slack.App.WaitForAsync(2, request => request.IsEvent("subteam_updated"));
        await slack.App.WaitForAsync(1, request => request.IsEvent("subteam_created"));
        var members = await slack.App.WaitForAsync(2, request => request.IsEvent("subteam_members_changed"));
        var replaced = members
            .Select(request => request.Payload["event"]!)
            .Single(content => (int)content["removed_users_count"]! == 1);
        Assert.Equal(
            (id, TestWorkspace.Priya, TestWorkspace.Noor),
            (
                (string)replaced["subteam_id"]!,
                (string)replaced["added_users"]![0]!,
                (string)replaced["removed_users"]![0]!
            )
        );
    }

    [Theory]
    [InlineData("usergroups.create", """{"name":"crew"}""", "name_already_exists")]
    [InlineData("usergroups.create", """{"name":"Other","handle":"crew"}""", "handle_already_exists")]
    [InlineData("usergroups.create", """{"name":"Other","handle":"noor"}""", "handle_already_exists")]
    [InlineData("usergroups.create", """{"name":"Other","channels":"C0NOWHERE0"}""", "channel_not_found")]
    [InlineData("usergroups.update", """{"usergroup":"S0NONE0000","name":"x"}""", "no_such_subteam")]
    [InlineData("usergroups.users.list", """{"usergroup":"S0NONE0000"}""", "no_such_subteam")]
    [InlineData("usergroups.users.update", """{"usergroup":"ID","users":""}""", "no_users_provided")]
    [InlineData("usergroups.users.update", """{"usergroup":"ID","users":"U0NOBODY00"}""", "invalid_users")]
    public async Task An_invalid_call_is_refused_with_Slacks_error_code(string method, string arguments, string code)
    {
        await using var slack = await TestWorkspace.StartAsync();
        await using var sdk = await SlackSdk.StartAsync(slack.Server);
        var crew = await sdk.CallAsync("usergroups.create", new JsonObject { ["name"] = "Crew" });
        var given = arguments.Replace("\"ID\"", $"\"{crew["usergroup"]!["id"]}\"", StringComparison.Ordinal);
        Assert.Equal(code, await sdk.RefusalAsync(method, JsonNode.Parse(given)!.AsObject()));
    }

    [Fact]
    public async Task The_emoji_of_the_workspace_are_listed()
    {
        await using var slack = await TestWorkspace.StartAsync(options =>
            options with
            {
                Emoji = new Dictionary<string, string>
                {
                    ["parrot"] = "https://example.com/parrot.gif",
                    ["bird"] = "alias:parrot",
                },
            }
        );
        await using var sdk = await SlackSdk.StartAsync(slack.Server);
        Assert.Equal(
            """{"parrot":"https://example.com/parrot.gif","bird":"alias:parrot"}""",
            (await sdk.CallAsync("emoji.list"))["emoji"]!.ToJsonString()
        );
    }

    private static JsonObject Group(string id) => new() { ["usergroup"] = id };
}
