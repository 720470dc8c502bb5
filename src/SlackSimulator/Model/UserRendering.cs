using SlackSimulator.Json;

namespace SlackSimulator.Model;

/// <summary>Writes people and the bot as Slack's JSON. Called under the workspace's lock.</summary>
internal static class UserRendering
{
    private static readonly int[] ImageSizes = [24, 32, 48, 72, 192, 512];

    public static JsonObject Profile(this Workspace workspace, Person person, bool withEmail = true)
    {
        var profile = new JsonObject
        {
            ["title"] = "",
            ["phone"] = "",
            ["real_name"] = person.RealName,
            ["real_name_normalized"] = person.RealName,
            ["display_name"] = person.DisplayName,
            ["display_name_normalized"] = person.DisplayName,
            ["first_name"] = person.RealName,
            ["last_name"] = "",
            ["status_text"] = "",
            ["status_emoji"] = "",
            ["status_expiration"] = 0,
            ["avatar_hash"] = Avatar.Hash(person),
            ["team"] = workspace.TeamId,
        };
        foreach (var size in ImageSizes)
            profile[$"image_{size}"] = Avatar.Address(workspace, person, size).ToString();
        if (withEmail && person.Email is not null)
            profile["email"] = person.Email;
        if (person.IsBot)
            (profile["bot_id"], profile["api_app_id"]) = (workspace.App.BotId, workspace.App.AppId);
        return profile;
    }

    public static JsonObject User(
        this Workspace workspace,
        Person person,
        bool withEmail = true,
        bool withLocale = false
    )
    {
        var user = new JsonObject
        {
            ["id"] = person.Id,
            ["team_id"] = workspace.TeamId,
            ["name"] = person.Name,
            ["deleted"] = person.Deleted,
            ["profile"] = workspace.Profile(person, withEmail),
            ["is_bot"] = person.IsBot,
            ["is_app_user"] = false,
            ["updated"] = workspace.Created.ToUnixTimeSeconds(),
        };
        if (!person.Deleted)
        {
            user["color"] = "9f69e7";
            user["real_name"] = person.RealName;
            user["tz"] = person.TimeZone;
            user["tz_label"] = person.TimeZone;
            user["tz_offset"] = person.OffsetSeconds(workspace.Clock.Now);
            user["is_admin"] = person.IsAdmin;
            user["is_owner"] = false;
            user["is_primary_owner"] = false;
            user["is_restricted"] = person.IsRestricted || person.IsUltraRestricted;
            user["is_ultra_restricted"] = person.IsUltraRestricted;
            if (person.IsStranger)
                user["is_stranger"] = true;
        }

        if (withLocale)
            user["locale"] = person.Locale;

        if (workspace.Enterprise is { } enterprise && !person.IsBot)
        {
            user["enterprise_user"] = new JsonObject
            {
                ["id"] = person.Id,
                ["enterprise_id"] = enterprise.Id,
                ["enterprise_name"] = enterprise.Name,
                ["is_admin"] = false,
                ["is_owner"] = false,
                ["teams"] = new JsonArray(workspace.TeamId),
            };
        }

        return user;
    }

    /// <summary>The period that runs, or the next; null when there is none, or it is over.</summary>
    public static DoNotDisturb? DoNotDisturbOf(this Workspace workspace, Person person) =>
        person.DoNotDisturb is { } period && period.Until > workspace.Clock.Now ? period : null;

    public static JsonObject BotProfile(this Workspace workspace) =>
        new()
        {
            ["id"] = workspace.App.BotId,
            ["app_id"] = workspace.App.AppId,
            ["user_id"] = workspace.App.BotUserId,
            ["name"] = workspace.App.Name,
            ["deleted"] = false,
            ["updated"] = workspace.Created.ToUnixTimeSeconds(),
            ["team_id"] = workspace.TeamId,
        };
}
