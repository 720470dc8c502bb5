using SlackSimulator.Json;
using SlackSimulator.Model;

namespace SlackSimulator.WebApi;

/// <summary>The <c>usergroups.*</c> methods.</summary>
internal sealed class UserGroupMethods(Workspace workspace, ChannelAccess access, UserGroups groups) : IMethodFamily
{
    private static readonly string[] Read = ["usergroups:read"];
    private static readonly string[] Write = ["usergroups:write"];

    private string Bot => workspace.App.BotUserId;

    public IEnumerable<Method> All =>
        [
            new("usergroups.create", Tier.Two, Create, Write),
            new("usergroups.update", Tier.Two, Update, Write),
            new("usergroups.disable", Tier.Two, call => Switch(call, enable: false), Write),
            new("usergroups.enable", Tier.Two, call => Switch(call, enable: true), Write),
            new("usergroups.list", Tier.Two, List, Read, TakesJson: false),
            new("usergroups.users.list", Tier.Two, ListUsers, Read, TakesJson: false),
            new("usergroups.users.update", Tier.Two, UpdateUsers, Write),
        ];

    private JsonObject Create(MethodCall call)
    {
        workspace.RequireTeam(call);
        call.Required("name");
        RequireFree(call, except: null);
        var channels = Channels(call);
        return Answer(
            groups.Create(
                Bot,
                group =>
                {
                    group.Channels = channels ?? [];
                    Fill(group, call);
                }
            ),
            call
        );
    }

    private JsonObject Update(MethodCall call)
    {
        var group = Group(call);
        RequireFree(call, group);
        var channels = Channels(call);
        groups.Update(
            group,
            Bot,
            changed =>
            {
                changed.Channels = channels ?? changed.Channels;
                Fill(changed, call);
            }
        );
        return Answer(group, call);
    }

    private JsonObject Switch(MethodCall call, bool enable)
    {
        var group = Group(call);
        groups.Update(group, Bot, changed => changed.Disabled = enable ? null : workspace.Clock.Now);
        return Answer(group, call);
    }

    private JsonObject List(MethodCall call)
    {
        workspace.RequireTeam(call);
        var (users, count) = (call.Flag("include_users"), call.Flag("include_count"));
        return new JsonObject
        {
            ["usergroups"] = groups
                .All.Where(group => group.Disabled is null || call.Flag("include_disabled"))
                .Select(group => (JsonNode)groups.Describe(group, users, count))
                .ToJsonArray(),
        };
    }

    private JsonObject ListUsers(MethodCall call)
    {
        var group = Group(call);
        var hidden = group.Disabled is not null && !call.Flag("include_disabled");
        return new JsonObject { ["users"] = hidden ? new JsonArray() : group.Users.ToJsonArray() };
    }

    private JsonObject UpdateUsers(MethodCall call)
    {
        var group = Group(call);
        var users = Ids(call, "users") ?? throw new SlackError("no_users_provided");
        if (users.Any(user => workspace.PersonById(user) is not { Deleted: false }))
            throw new SlackError("invalid_users");
        groups.SetUsers(group, [.. users.Distinct()], Bot);
        return Answer(group, call);
    }

    private UserGroup Group(MethodCall call) =>
        groups.Find(call.Required("usergroup")) ?? throw new SlackError("no_such_subteam");

    /// <summary>Names are unique among groups, handles among groups, users and channels.</summary>
    private void RequireFree(MethodCall call, UserGroup? except)
    {
        var others = groups.All.Where(group => !ReferenceEquals(group, except)).ToList();
        if (call.Text("name") is { } name && others.Exists(group => Same(group.Name, name)))
            throw new SlackError("name_already_exists");
        if (
            call.Text("handle") is { } handle
            && (
                others.Exists(group => Same(group.Handle, handle))
                || workspace.Users.Any(user => Same(user.Name, handle))
                || workspace.Channels.Any(channel => Same(channel.Name, handle))
            )
        )
            throw new SlackError("handle_already_exists");
    }

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private string[]? Channels(MethodCall call)
    {
        var channels = Ids(call, "channels");
        foreach (var channel in channels ?? [])
            access.Visible(channel);
        return channels;
    }

    private static string[]? Ids(MethodCall call, string name) =>
        call.Text(name)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static void Fill(UserGroup group, MethodCall call)
    {
        group.Name = call.Text("name") ?? group.Name;
        group.Handle = call.Text("handle") ?? group.Handle;
        group.Description = call.Text("description") ?? group.Description;
        if (group.Handle.Length == 0)
            group.Handle = group.Name.ToLowerInvariant().Replace(' ', '-');
    }

    private JsonObject Answer(UserGroup group, MethodCall call) =>
        new() { ["usergroup"] = groups.Describe(group, withUsers: true, call.Flag("include_count")) };
}
