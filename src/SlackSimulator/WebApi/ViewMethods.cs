using SlackSimulator.BlockKit;
using SlackSimulator.Json;
using SlackSimulator.Model;

namespace SlackSimulator.WebApi;

/// <summary><c>views.open</c>, <c>views.push</c>, <c>views.update</c>, <c>views.publish</c>.</summary>
internal sealed class ViewMethods(Workspace workspace, ViewStore views, Triggers triggers) : IMethodFamily
{
    public IEnumerable<Method> All =>
        [
            new("views.open", Tier.Four, Open, []),
            new("views.push", Tier.Four, Push, []),
            new("views.update", Tier.Four, Update, []),
            new("views.publish", Tier.Four, Publish, []),
        ];

    /// <summary>A copy of a view from the app, after checking it.</summary>
    /// <exception cref="SlackError">The view violates Slack's rules.</exception>
    public static JsonObject Checked(JsonNode? view, Surface surface)
    {
        if (view is null)
            throw SlackError.Missing("view");
        if (System.Text.Encoding.UTF8.GetByteCount(view.ToWire()) > BlockKitRules.MaxViewBytes)
            throw new SlackError("view_too_large", new Violation("/view", "max_bytes", "must be less than 250 KB"));
        var violations = BlockKitRules.CheckView(view, surface);
        return violations.Count > 0 ? throw new SlackError("invalid_arguments", violations) : view.AsObject().Clone();
    }

    private JsonObject Open(MethodCall call)
    {
        var definition = Checked(View(call), Surface.Modal);
        var trigger = triggers.Find(TriggerId(call));
        var view = views.Open(trigger.UserId, definition, trigger.ChannelId);
        trigger.Exchanged = true;
        return Answer(view);
    }

    private JsonObject Push(MethodCall call)
    {
        var definition = Checked(View(call), Surface.Modal);
        var trigger = triggers.Find(TriggerId(call));
        // Only a click within a modal can put another on top of it.
        if (trigger.ViewId is null || views.Top(trigger.UserId) is null)
            throw new SlackError("invalid_trigger_id");
        var view = views.Push(trigger.UserId, definition);
        trigger.Exchanged = true;
        return Answer(view);
    }

    private JsonObject Update(MethodCall call)
    {
        var view =
            (call.Text("view_id"), call.Text("external_id")) switch
            {
                ({ } id, _) => views.Find(id),
                (null, { } external) => views.FindExternal(external),
                _ => throw SlackError.Missing("view_id"),
            } ?? throw new SlackError("not_found");
        var definition = Checked(View(call), view.Type is "home" ? Surface.Home : Surface.Modal);
        return Answer(views.Update(view, definition, call.Text("hash")));
    }

    private JsonObject Publish(MethodCall call)
    {
        var userId = call.Required("user_id");
        var definition = Checked(View(call), Surface.Home);
        if (workspace.PersonById(userId) is not { IsBot: false })
            throw SlackError.Invalid("user_id", "invalid user id");
        return Answer(views.Publish(userId, definition, call.Text("hash")));
    }

    private static JsonNode? View(MethodCall call) => call.Structure("view", "invalid_arguments");

    private static string TriggerId(MethodCall call) =>
        call.Text("trigger_id") ?? call.Text("interactivity_pointer") ?? throw SlackError.Missing("trigger_id");

    private JsonObject Answer(View view) => new() { ["view"] = workspace.View(view, withState: false) };
}
