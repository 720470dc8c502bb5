using SlackSimulator.BlockKit;
using SlackSimulator.Control;
using SlackSimulator.Json;
using SlackSimulator.Model;
using SlackSimulator.ToApp;

namespace SlackSimulator.People;

/// <summary>
/// Asks the app for the options of an external menu (<c>block_suggestion</c>), as when a person types in it.
/// </summary>
internal sealed class Suggestions(
    Workspace workspace,
    Lookup lookup,
    Payloads payloads,
    ViewStore views,
    AppDelivery delivery,
    TrafficLog traffic
)
{
    // What Slack's client waits for when the app names no min_query_length.
    private const int DefaultQueryLength = 3;

    /// <param name="body"><c>action_id</c>, optionally <c>block_id</c>, the place as for actions, and the typed
    /// <c>value</c>.</param>
    /// <returns>The options. From then on they can be chosen.</returns>
    public async Task<JsonObject> AskAsync(string user, JsonObject body, CancellationToken cancellationToken)
    {
        Place place;
        InputState state;
        JsonObject block,
            element;
        AppRequest request;
        lock (workspace.Gate)
        {
            var person = lookup.Person(user);
            place = Place.Of(body, person, lookup, views);
            state = place.State(person);
            (block, element) = Find(place, body);
            var payload = payloads.BlockSuggestion(
                person,
                place.Container(),
                element["action_id"].Text()!,
                block["block_id"].Text()!,
                Typed(element, body)
            );
            place.Describe(payload, workspace);
            request = payloads.Interaction(payload);
        }

        var answer = await delivery.SendAsync(request, cancellationToken);
        if (!answer.Ok)
            return Failed(answer, answer.Failure!);
        var offered = JsonExtensions.TryParse(answer.Body, out var node) ? node as JsonObject ?? [] : [];
        var violations = BlockKitRules.CheckSuggestions(offered);
        if (violations.Count > 0)
        {
            traffic.AddAnswer(workspace.Clock.Now, "block_suggestion", offered, "invalid_options", violations);
            return Failed(answer, "invalid_options");
        }

        lock (workspace.Gate)
            state.Offer(block, element, Options.Of(offered).Select(option => option.Clone()));
        offered.Insert(0, "ok", true);
        return offered;
    }

    private static (JsonObject Block, JsonObject Element) Find(Place place, JsonObject body)
    {
        var actionId =
            body["action_id"].Text() ?? throw SimulatorError.BadRequest("no_action_id", "action_id is needed.");
        var found =
            Elements.Find(place.Blocks, actionId, body["block_id"].Text())
            ?? throw SimulatorError.NotFound("element", actionId);
        return found.Element["type"].Text() is "external_select" or "multi_external_select"
            ? found
            : throw SimulatorError.BadRequest("not_external", $"{actionId} is no external menu.");
    }

    private static string Typed(JsonObject element, JsonObject body)
    {
        var typed = body["value"].Scalar() ?? "";
        var needed = element["min_query_length"]?.GetValue<int>() ?? DefaultQueryLength;
        return typed.Length >= needed
            ? typed
            : throw SimulatorError.BadRequest("query_too_short", $"The menu asks the app from {needed} characters on.");
    }

    private static JsonObject Failed(AppAnswer answer, string error) =>
        new()
        {
            ["ok"] = false,
            ["status"] = answer.Status,
            ["error"] = error,
        };
}
