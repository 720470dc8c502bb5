using System.Globalization;
using Microsoft.AspNetCore.Builder;
using SlackSimulator.Json;
using SlackSimulator.Model;
using SlackSimulator.People;
using SlackSimulator.ToApp;

namespace SlackSimulator.Control;

/// <summary>
/// <c>/sim/state</c>, and changes of people, channels, the app's settings, Socket Mode connections and the clock.
/// </summary>
internal sealed class WorkspaceEndpoints(
    Workspace workspace,
    WorkspaceClock clock,
    AppSettings app,
    Lookup lookup,
    Membership membership,
    ChannelChanges channels,
    EventDelivery events,
    SocketMode socket,
    ChangeLog changes
)
{
    /// <summary>Minutes: a month.</summary>
    private const int LongestDoNotDisturb = 31 * 24 * 60;

    public void Map(WebApplication server)
    {
        server.MapGet("/sim/state", State);
        server.MapPost("/sim/people", AddPerson);
        server.MapPut("/sim/people/{user}", ChangePerson);
        server.MapPost("/sim/channels", AddChannel);
        server.MapPut("/sim/channels/{channel}", ChangeChannel);
        server.MapPut("/sim/channels/{channel}/members", SetMembers);
        server.MapGet("/sim/app", app.Describe);
        server.MapPut("/sim/app", ChangeApp);
        server.MapPost("/sim/app/verify", (CancellationToken aborted) => events.VerifyUrlAsync(aborted));
        server.MapPost("/sim/socket/disconnect", DisconnectAsync);
        server.MapPost("/sim/socket/cut", Cut);
        server.MapPost("/sim/socket/repeat", RepeatAsync);
        server.MapGet("/sim/clock", Clock);
        server.MapPost("/sim/clock", Advance);
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
                ["people"] = workspace.People.Select(person => (JsonNode)Describe(person)).ToJsonArray(),
                ["channels"] = workspace.Channels.Select(channel => (JsonNode)Describe(channel)).ToJsonArray(),
                ["app"] = app.Describe(),
                ["clock"] = Clock(),
                ["socket_connections"] = socket.Connections,
                ["start"] = changes.Start,
                ["last_change"] = changes.Last,
            };
        }
    }

    private JsonObject AddPerson(RequestBody body)
    {
        lock (workspace.Gate)
        {
            var person = workspace.AddPerson(
                new PersonOptions(
                    Name(body),
                    body["tz"].Text() ?? "Etc/UTC",
                    body["id"].Text(),
                    body["email"].Text(),
                    body["is_admin"].IsTrue(),
                    body["display_name"].Text(),
                    body["locale"].Text() ?? "en-US"
                )
            );
            foreach (
                var channel in (body["channels"] as JsonArray ?? []).Select(node => lookup.Channel(node.Text() ?? ""))
            )
                membership.Add(channel, person.Id, inviter: null);
            return workspace.User(person);
        }
    }

    private JsonObject ChangePerson(string user, RequestBody body)
    {
        lock (workspace.Gate)
        {
            var person = lookup.Person(user);
            var changed = person with
            {
                RealName = body["real_name"].Text() ?? person.RealName,
                DisplayName = body["display_name"].Text() ?? person.DisplayName,
                Email = body["email"].Text() ?? person.Email,
                TimeZone = body["tz"].Text() ?? person.TimeZone,
                Locale = body["locale"].Text() ?? person.Locale,
                IsAway = Flag("is_away", person.IsAway),
                DoNotDisturb = body["dnd_minutes"] is null ? person.DoNotDisturb : DoNotDisturb(body),
                IsAdmin = Flag("is_admin", person.IsAdmin),
                IsRestricted = Flag("is_restricted", person.IsRestricted),
                IsUltraRestricted = Flag("is_ultra_restricted", person.IsUltraRestricted),
                IsStranger = Flag("is_stranger", person.IsStranger),
                Deleted = Flag("deleted", person.Deleted),
            };
            workspace.Replace(changed);
            changes.Publish("person.changed", new JsonObject { ["user"] = person.Id });
            return Describe(changed);
        }

        bool Flag(string name, bool unchanged) => body[name] is { } value ? value.IsTrue() : unchanged;
    }

    /// <summary>Reads in how many minutes a period begins, and how long it lasts.</summary>
    /// <returns>Null: it lasts for no time.</returns>
    private DoNotDisturb? DoNotDisturb(RequestBody body)
    {
        var from = clock.Now.AddMinutes(Minutes("dnd_in_minutes"));
        return Minutes("dnd_minutes") is > 0 and var minutes ? new(from, from.AddMinutes(minutes)) : null;

        int Minutes(string name) =>
            body[name] is null ? 0
            : int.TryParse(body[name].Scalar(), NumberStyles.None, CultureInfo.InvariantCulture, out var minutes)
            && minutes <= LongestDoNotDisturb
                ? minutes
            : throw SimulatorError.BadRequest(
                "invalid_minutes",
                $"{name} is a number of minutes, at most {LongestDoNotDisturb}."
            );
    }

    private JsonObject AddChannel(RequestBody body)
    {
        lock (workspace.Gate)
        {
            var members = (body["members"] as JsonArray)?.Select(node => node.Text() ?? "").ToList();
            return Describe(
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
    }

    private JsonObject ChangeChannel(string channel, RequestBody body)
    {
        lock (workspace.Gate)
        {
            var found = lookup.Channel(channel);
            if (body["is_archived"] is { } archived && archived.IsTrue() != found.IsArchived)
            {
                if (found.IsArchived)
                    channels.Unarchive(found, found.Creator);
                else
                    channels.Archive(found, found.Creator);
            }

            return Describe(found);
        }
    }

    private JsonObject SetMembers(string channel, RequestBody body)
    {
        lock (workspace.Gate)
        {
            var found = lookup.Channel(channel);
            var add = Members(body["add"]);
            var remove = Members(body["remove"]);
            if (body["members"] is JsonArray all)
            {
                add = Members(all);
                remove = [.. found.Members.Except(add)];
            }

            foreach (var member in add)
                membership.Add(found, member, inviter: null);
            foreach (var member in remove)
                membership.Remove(found, member);
            return Describe(found);
        }
    }

    /// <summary>Reads a list of names, ids and the word <c>bot</c>.</summary>
    private List<string> Members(JsonNode? node) =>
        [
            .. (node as JsonArray ?? []).Select(member =>
                member.Text() is "bot"
                    ? workspace.App.BotUserId
                    : workspace.FindPerson(member.Text() ?? "")?.Id
                        ?? throw SimulatorError.NotFound("person", member.Text() ?? "")
            ),
        ];

    private JsonObject ChangeApp(RequestBody body)
    {
        app.Apply(body.Json);
        var now = app.Describe();
        changes.Publish("app", now);
        return now;
    }

    private async Task<JsonObject> DisconnectAsync(RequestBody body, CancellationToken aborted)
    {
        var reason = body["reason"].Text() ?? "refresh_requested";
        if (reason is not ("warning" or "refresh_requested" or "link_disabled"))
            throw SimulatorError.BadRequest("invalid_reason", "reason is warning, refresh_requested or link_disabled.");
        await socket.DisconnectAsync(reason, Count(body), aborted);
        return new JsonObject { ["ok"] = true };
    }

    private JsonObject Cut(RequestBody body)
    {
        socket.Cut(Count(body));
        return new JsonObject { ["ok"] = true };
    }

    private async Task<JsonObject> RepeatAsync(RequestBody body, CancellationToken aborted) =>
        new() { ["ok"] = true, ["repeated"] = await socket.RepeatAsync(aborted) };

    /// <summary>The number of connections; null for all.</summary>
    private static int? Count(RequestBody body) =>
        body["count"] is null ? null
        : int.TryParse(body["count"].Scalar(), CultureInfo.InvariantCulture, out var count) && count > 0 ? count
        : throw SimulatorError.BadRequest("invalid_count", "count is a number of connections, at least 1.");

    private JsonObject Advance(RequestBody body)
    {
        if (
            !TimeSpan.TryParseExact(body["advance"].Text(), "c", CultureInfo.InvariantCulture, out var by)
            || by < TimeSpan.Zero
            || by > TimeSpan.FromDays(366)
        )
            throw SimulatorError.BadRequest(
                "invalid_advance",
                "advance is a time span of at most 366 days, such as 00:05:00; the clock does not go back."
            );
        clock.Advance(by);
        var now = Clock();
        changes.Publish("clock", now);
        return now;
    }

    private JsonObject Clock() =>
        new()
        {
            ["now"] = clock.Now.ToString("O", CultureInfo.InvariantCulture),
            ["offset"] = clock.Offset.ToString("c", CultureInfo.InvariantCulture),
        };

    /// <summary>The person as Slack shows them, and what only the page needs.</summary>
    private JsonObject Describe(Person person)
    {
        var json = workspace.User(person);
        if (workspace.DoNotDisturbOf(person) is { } period)
        {
            json["dnd_from"] = period.From.ToUnixTimeMilliseconds();
            json["dnd_until"] = period.Until.ToUnixTimeMilliseconds();
        }
        return json;
    }

    private JsonObject Describe(Channel channel)
    {
        var json = workspace.Conversation(channel);
        json["members"] = channel.Members.ToJsonArray();
        return json;
    }

    private static string Name(RequestBody body) =>
        body["name"].Text() is { Length: > 0 } name
            ? name
            : throw SimulatorError.BadRequest("no_name", "name is needed.");
}
