using SlackSimulator.Json;
using SlackSimulator.ToApp;

namespace SlackSimulator.Model;

/// <summary>A group of users that can be mentioned together.</summary>
internal sealed class UserGroup(string id, string creator, DateTimeOffset created)
{
    public string Id { get; } = id;

    public string Creator { get; } = creator;

    public DateTimeOffset Created { get; } = created;

    public string Name { get; set; } = "";

    public string Handle { get; set; } = "";

    public string Description { get; set; } = "";

    public IReadOnlyList<string> Channels { get; set; } = [];

    public IReadOnlyList<string> Users { get; set; } = [];

    public DateTimeOffset Updated { get; set; } = created;

    public string UpdatedBy { get; set; } = creator;

    /// <summary>When it was disabled; null while it is enabled.</summary>
    public DateTimeOffset? Disabled { get; set; }
}

/// <summary>The user groups of the workspace. Called under the workspace's lock.</summary>
internal sealed class UserGroups(Workspace workspace, EventDelivery events)
{
    private readonly List<UserGroup> _all = [];

    public IReadOnlyList<UserGroup> All => _all;

    public UserGroup? Find(string id) => _all.Find(group => string.Equals(group.Id, id, StringComparison.Ordinal));

    public UserGroup Create(string userId, Action<UserGroup> fill)
    {
        var group = new UserGroup(workspace.Ids.Next("S"), userId, workspace.Clock.Now);
        fill(group);
        _all.Add(group);
        Raise("subteam_created", group);
        return group;
    }

    public void Update(UserGroup group, string userId, Action<UserGroup> change)
    {
        change(group);
        (group.Updated, group.UpdatedBy) = (workspace.Clock.Now, userId);
        Raise("subteam_updated", group);
    }

    /// <summary>Replaces the members.</summary>
    public void SetUsers(UserGroup group, IReadOnlyList<string> users, string userId)
    {
        var (added, removed) = (users.Except(group.Users).ToList(), group.Users.Except(users).ToList());
        var previous = group.Updated;
        Update(group, userId, changed => changed.Users = users);
        events.Raise(
            "subteam_members_changed",
            new JsonObject
            {
                ["type"] = "subteam_members_changed",
                ["subteam_id"] = group.Id,
                ["team_id"] = workspace.TeamId,
                ["date_previous_update"] = previous.ToUnixTimeSeconds(),
                ["date_update"] = group.Updated.ToUnixTimeSeconds(),
                ["added_users"] = added.ToJsonArray(),
                ["added_users_count"] = added.Count,
                ["removed_users"] = removed.ToJsonArray(),
                ["removed_users_count"] = removed.Count,
                ["event_ts"] = workspace.Ids.NextTs(),
            }
        );
    }

    public JsonObject Describe(UserGroup group, bool withUsers = false, bool withCount = false)
    {
        var json = new JsonObject
        {
            ["id"] = group.Id,
            ["team_id"] = workspace.TeamId,
            ["is_usergroup"] = true,
            ["is_subteam"] = true,
            ["name"] = group.Name,
            ["description"] = group.Description,
            ["handle"] = group.Handle,
            ["is_external"] = false,
            ["date_create"] = group.Created.ToUnixTimeSeconds(),
            ["date_update"] = group.Updated.ToUnixTimeSeconds(),
            ["date_delete"] = group.Disabled?.ToUnixTimeSeconds() ?? 0,
            ["auto_type"] = null,
            ["auto_provision"] = false,
            ["enterprise_subteam_id"] = "",
            ["created_by"] = group.Creator,
            ["updated_by"] = group.UpdatedBy,
            ["deleted_by"] = group.Disabled is null ? null : group.UpdatedBy,
            ["prefs"] = new JsonObject { ["channels"] = group.Channels.ToJsonArray(), ["groups"] = new JsonArray() },
            ["channel_count"] = group.Channels.Count,
        };
        if (withUsers)
            json["users"] = group.Users.ToJsonArray();
        if (withCount)
            json["user_count"] = group.Users.Count;
        return json;
    }

    private void Raise(string type, UserGroup group) =>
        events.Raise(
            type,
            new JsonObject
            {
                ["type"] = type,
                ["subteam"] = Describe(group, withUsers: true, withCount: true),
                ["event_ts"] = workspace.Ids.NextTs(),
            }
        );
}
