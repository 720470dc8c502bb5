using SlackSimulator.BlockKit;
using SlackSimulator.Control;
using SlackSimulator.Json;
using SlackSimulator.Model;
using SlackSimulator.ToApp;
using SlackSimulator.WebApi;

namespace SlackSimulator.People;

/// <summary>
/// Sends slash commands to the app and posts its answer. A failure is shown to the person in Slack's words.
/// </summary>
internal sealed class Commands(
    Workspace workspace,
    Lookup lookup,
    Payloads payloads,
    Triggers triggers,
    ResponseUrls responseUrls,
    MessageStore messages,
    AppDelivery delivery,
    TrafficLog traffic
)
{
    public async Task<JsonObject> RunAsync(
        string user,
        string? channelName,
        string? command,
        string text,
        CancellationToken cancellationToken
    )
    {
        if (command is not { Length: > 1 } || command[0] is not '/')
            throw SimulatorError.BadRequest("no_command", "command is needed, such as /help.");
        Person person;
        Channel channel;
        AppRequest request;
        lock (workspace.Gate)
        {
            person = lookup.Person(user);
            channel = lookup.Channel(person, channelName);
            var known = workspace.App.Commands;
            if (known.Count > 0 && !known.Any(one => string.Equals(one.Name, command, StringComparison.Ordinal)))
            {
                messages.PostFromSlackbot(
                    channel,
                    person.Id,
                    $"{command} is not a valid command. In Slack, all messages that start with the \"/\" character are interpreted as commands."
                );
                return new JsonObject { ["ok"] = false, ["error"] = "unknown_command" };
            }

            request = payloads.Command(
                person,
                channel,
                command,
                text.Trim(),
                triggers.Issue(person.Id, channelId: channel.Id),
                responseUrls.Issue("commands", person.Id, channel)
            );
        }

        var answer = await delivery.SendAsync(request, cancellationToken);
        var error = Failure(answer);
        lock (workspace.Gate)
        {
            error ??= Show(answer, person, channel);
            if (error is not null)
                messages.PostFromSlackbot(channel, person.Id, $"{command} failed with the error \"{error}\"");
        }

        return new JsonObject
        {
            ["ok"] = error is null,
            ["status"] = answer.Status,
            ["elapsed_ms"] = answer.ElapsedMs,
            ["error"] = error,
            ["response"] = JsonExtensions.ParseOrText(answer.Body),
        };
    }

    /// <summary>Slack's error code for a failed command.</summary>
    private static string? Failure(AppAnswer answer) =>
        answer.Failure switch
        {
            "http_error" => answer.Status >= 500 ? "http_service_error" : "http_client_error",
            "connection_failed" => "dispatch_failed",
            "app_missing_url" => "app_missing_action_url",
            var other => other,
        };

    private string? Show(AppAnswer answer, Person person, Channel channel)
    {
        if (string.IsNullOrWhiteSpace(answer.Body))
            return null;
        var parsed = JsonExtensions.TryParse(answer.Body, out var node) ? node : null;
        if (answer.IsJson && parsed is not JsonObject)
            return "invalid_command_response";
        var body = parsed as JsonObject ?? new JsonObject { ["text"] = answer.Body };
        // An empty JSON object is an acknowledgement, like an empty body.
        if (body.Count == 0)
            return null;
        try
        {
            responseUrls.Respond(body, person.Id, channel, original: null);
            return null;
        }
        catch (SlackError error)
        {
            traffic.AddAnswer(workspace.Clock.Now, "command", body, error.Code, error.Violations);
            return "invalid_command_response";
        }
    }
}

internal static class AnswerTraffic
{
    /// <summary>Records the violations in the body of an app's answer.</summary>
    public static void AddAnswer(
        this TrafficLog traffic,
        DateTimeOffset at,
        string to,
        JsonObject body,
        string error,
        IReadOnlyList<Violation> violations
    ) =>
        traffic.Add(
            new TrafficEntry(0, at, "from_app", "answer_to_" + to, null, 200, 0, body.ToElement(), null, error)
            {
                Violations = violations.Count > 0 ? violations : [new Violation("", error, error)],
            }
        );
}
