using SlackSimulator.Json;
using SlackSimulator.Model;
using SlackSimulator.ToApp;

namespace SlackSimulator.People;

/// <summary>Sends a person's global shortcuts and message shortcuts to the app.</summary>
internal sealed class Shortcuts(
    Workspace workspace,
    Lookup lookup,
    Payloads payloads,
    Triggers triggers,
    ResponseUrls responseUrls,
    AppDelivery delivery
)
{
    /// <param name="body"><c>callback_id</c>, and for a message shortcut <c>channel</c> and <c>ts</c>.</param>
    public async Task<JsonObject> RunAsync(string user, JsonObject body, CancellationToken cancellationToken)
    {
        AppRequest request;
        lock (workspace.Gate)
        {
            var person = lookup.Person(user);
            var onMessage = body["ts"].Text() is not null;
            var callbackId = Known(body["callback_id"].Text(), onMessage);
            request = payloads.Interaction(
                onMessage ? OnMessage(person, callbackId, body) : Global(person, callbackId)
            );
        }

        var answer = await delivery.SendAsync(request, cancellationToken);
        return new JsonObject
        {
            ["ok"] = answer.Ok,
            ["status"] = answer.Status,
            ["elapsed_ms"] = answer.ElapsedMs,
            ["error"] = answer.Failure,
        };
    }

    private string Known(string? callbackId, bool onMessage)
    {
        if (callbackId is null)
            throw SimulatorError.BadRequest("no_callback_id", "callback_id is needed.");
        var known = workspace.App.Shortcuts;
        return
            known.Count == 0
            || known.Any(shortcut =>
                shortcut.OnMessage == onMessage
                && string.Equals(shortcut.CallbackId, callbackId, StringComparison.Ordinal)
            )
            ? callbackId
            : throw SimulatorError.NotFound("shortcut", callbackId);
    }

    private JsonObject Global(Person person, string callbackId) =>
        payloads.Shortcut("shortcut", person, callbackId, triggers.Issue(person.Id));

    private JsonObject OnMessage(Person person, string callbackId, JsonObject body)
    {
        var (channel, message) = lookup.Shared(person, body["channel"].Text(), body["ts"].Text());
        var trigger = triggers.Issue(person.Id, channelId: channel.Id);
        var payload = payloads.Shortcut("message_action", person, callbackId, trigger);
        payload["channel"] = new JsonObject { ["id"] = channel.Id, ["name"] = channel.PayloadName };
        payload["message_ts"] = message.Ts;
        payload["message"] = workspace.Message(message, channel);
        payload["response_url"] = responseUrls.Issue("app", person.Id, channel);
        return payload;
    }
}
