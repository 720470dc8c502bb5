using System.Globalization;
using Microsoft.AspNetCore.Builder;
using SlackSimulator.Json;
using SlackSimulator.Model;
using SlackSimulator.People;
using SlackSimulator.ToApp;

namespace SlackSimulator.Control;

/// <summary><c>/sim/state</c>, people, channels, app and clock: what the workspace is.</summary>
internal sealed class WorkspaceEndpoints(
    Workspace workspace,
    WorkspaceClock clock,
    AppSettings app,
    Lookup lookup,
    Membership membership,
    EventDelivery events,
    SocketMode socket,
    ChangeLog changes
)
{
    public void Map(WebApplication server)
    {
        server.MapGet("/sim/state", context => context.WriteJsonAsync(State()));
        server.MapPost("/sim/people", AddPersonAsync);
        server.MapPut("/sim/people/{user}", ChangePersonAsync);
        server.MapPost("/sim/channels", AddChannelAsync);
        server.MapPut("/sim/channels/{channel}", ChangeChannelAsync);
        server.MapPut("/sim/channels/{channel}/members", SetMembersAsync);
        server.MapGet("/sim/app", context => context.WriteJsonAsync(app.Describe()));
        server.MapPut("/sim/app", ChangeAppAsync);
        server.MapPost(
            "/sim/app/verify",
            async context => await context.WriteJsonAsync(await events.VerifyUrlAsync(context.RequestAborted))
        );
        server.MapPost("/sim/socket/disconnect", DisconnectAsync);
        server.MapGet("/sim/clock", context => context.WriteJsonAsync(Clock()));
        server.MapPost("/sim/clock", AdvanceAsync);
    }

    private JsonObject State()
    {
        lock (workspace.Gate)
        {
            return new JsonObject
            {
                ["team"] = new JsonObject
                {
                    ["id"] = workspace.TeamId,
                    ["name"] = workspace.Options.TeamName,
                    ["domain"] = workspace.Options.TeamDomain,
                    ["enterprise_id"] = workspace.Enterprise?.Id,
                    ["is_enterprise_install"] = workspace.IsOrgInstall,
                },
                ["people"] = workspace.People.Select(person => (JsonNode)workspace.User(person)).ToJsonArray(),
                ["channels"] = workspace.Channels.Select(channel => (JsonNode)Describe(channel)).ToJsonArray(),
                ["app"] = app.Describe(),
                ["clock"] = Clock(),
                ["socket_connections"] = socket.Connections,
                ["start"] = changes.Start,
                ["last_change"] = changes.Last,
            };
        }
    }

    private async Task AddPersonAsync(HttpContext context)
    {
        var body = await context.ReadBodyAsync();
        JsonObject added;
        lock (workspace.Gate)
        {
            var person = workspace.AddPerson(
                new PersonOptions(
                    Name(body),
                    body["tz"].Text() ?? "Etc/UTC",
                    body["id"].Text(),
                    body["email"].Text(),
                    body["is_admin"].IsTrue(),
                    body["display_name"].Text()
                )
            );
            foreach (
                var channel in (body["channels"] as JsonArray ?? []).Select(node => lookup.Channel(node.Text() ?? ""))
            )
                membership.Add(channel, person.Id, inviter: null);
            added = workspace.User(person);
        }

        await context.WriteJsonAsync(added);
    }

    private async Task ChangePersonAsync(HttpContext context)
    {
        var body = await context.ReadBodyAsync();
        JsonObject changed;
        lock (workspace.Gate)
        {
            var person = lookup.Person((string)context.Request.RouteValues["user"]!);
            workspace.Replace(
                person with
                {
                    RealName = body["real_name"].Text() ?? person.RealName,
                    DisplayName = body["display_name"].Text() ?? person.DisplayName,
                    Email = body["email"].Text() ?? person.Email,
                    TimeZone = body["tz"].Text() ?? person.TimeZone,
                    IsAdmin = body["is_admin"] is { } admin ? admin.IsTrue() : person.IsAdmin,
                    Deleted = body["deleted"] is { } deleted ? deleted.IsTrue() : person.Deleted,
                }
            );
            changes.Publish("person.changed", new JsonObject { ["user"] = person.Id });
            changed = workspace.User(workspace.PersonById(person.Id)!);
        }

        await context.WriteJsonAsync(changed);
    }

    private async Task AddChannelAsync(HttpContext context)
    {
        var body = await context.ReadBodyAsync();
        JsonObject added;
        lock (workspace.Gate)
        {
            var members = (body["members"] as JsonArray)?.Select(node => node.Text() ?? "").ToList();
            added = Describe(
                workspace.AddChannel(
                    new ChannelOptions(
                        Name(body),
                        body["is_private"].IsTrue(),
                        body["has_bot"] is not { } bot || bot.IsTrue(),
                        members,
                        body["id"].Text()
                    )
                )
            );
        }

        await context.WriteJsonAsync(added);
    }

    private async Task ChangeChannelAsync(HttpContext context)
    {
        var body = await context.ReadBodyAsync();
        JsonObject changed;
        lock (workspace.Gate)
        {
            var channel = lookup.Channel((string)context.Request.RouteValues["channel"]!);
            if (body["is_archived"] is { } archived)
                channel.IsArchived = archived.IsTrue();
            changes.Publish("channel.changed", new JsonObject { ["channel"] = channel.Id });
            changed = Describe(channel);
        }

        await context.WriteJsonAsync(changed);
    }

    private async Task SetMembersAsync(HttpContext context)
    {
        var body = await context.ReadBodyAsync();
        JsonObject changed;
        lock (workspace.Gate)
        {
            var channel = lookup.Channel((string)context.Request.RouteValues["channel"]!);
            var add = Members(body["add"]);
            var remove = Members(body["remove"]);
            if (body["members"] is JsonArray exactly)
            {
                add = Members(exactly);
                remove = [.. channel.Members.Except(add)];
            }

            foreach (var member in add)
                membership.Add(channel, member, inviter: null);
            foreach (var member in remove)
                membership.Remove(channel, member);
            changed = Describe(channel);
        }

        await context.WriteJsonAsync(changed);
    }

    /// <summary>Names, ids, or <c>bot</c>.</summary>
    private List<string> Members(JsonNode? node) =>
        [
            .. (node as JsonArray ?? []).Select(member =>
                member.Text() is "bot"
                    ? workspace.App.BotUserId
                    : workspace.FindPerson(member.Text() ?? "")?.Id
                        ?? throw SimError.NotFound("person", member.Text() ?? "")
            ),
        ];

    private async Task ChangeAppAsync(HttpContext context)
    {
        app.Apply(await context.ReadBodyAsync());
        var now = app.Describe();
        changes.Publish("app", now.Clone());
        await context.WriteJsonAsync(now);
    }

    private async Task DisconnectAsync(HttpContext context)
    {
        var reason = (await context.ReadBodyAsync())["reason"].Text() ?? "refresh_requested";
        if (reason is not ("warning" or "refresh_requested" or "link_disabled"))
            throw SimError.Bad("invalid_reason", "reason is warning, refresh_requested or link_disabled.");
        await socket.DisconnectAsync(reason, context.RequestAborted);
        await context.WriteJsonAsync(new JsonObject { ["ok"] = true });
    }

    private async Task AdvanceAsync(HttpContext context)
    {
        var text = (await context.ReadBodyAsync())["advance"].Text();
        if (
            !TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var by)
            || by < TimeSpan.Zero
            || by > TimeSpan.FromDays(366)
        )
            throw SimError.Bad(
                "invalid_advance",
                "advance is a time span of at most 366 days, such as 00:05:00; the clock does not go back."
            );
        clock.Advance(by);
        var now = Clock();
        changes.Publish("clock", now.Clone());
        await context.WriteJsonAsync(now);
    }

    private JsonObject Clock() =>
        new()
        {
            ["now"] = clock.Now.ToString("O", CultureInfo.InvariantCulture),
            ["offset"] = clock.Offset.ToString("c", CultureInfo.InvariantCulture),
        };

    private JsonObject Describe(Channel channel)
    {
        var json = workspace.Conversation(channel);
        json["members"] = channel.Members.ToJsonArray();
        return json;
    }

    private static string Name(JsonObject body) =>
        body["name"].Text() is { Length: > 0 } name ? name : throw SimError.Bad("no_name", "name is needed.");
}
