using SlackSimulator.BlockKit;
using SlackSimulator.Control;
using SlackSimulator.Json;
using SlackSimulator.Model;
using SlackSimulator.ToApp;
using SlackSimulator.WebApi;

namespace SlackSimulator.People;

/// <summary>Reads, fills in, submits and closes views as a person.</summary>
internal sealed class Views(
    Workspace workspace,
    Lookup lookup,
    Payloads payloads,
    Triggers triggers,
    ViewStore views,
    AppDelivery delivery,
    BackgroundWork background,
    TrafficLog traffic
)
{
    private const string ConnectionTrouble = "We had some trouble connecting. Try again?";

    public JsonObject Get(string user)
    {
        lock (workspace.Gate)
            return workspace.View(Top(lookup.Person(user)), withState: true);
    }

    /// <summary>The person's open modal and App Home; null for each that is not open.</summary>
    public JsonObject Screen(string user)
    {
        lock (workspace.Gate)
        {
            var person = lookup.Person(user);
            return new JsonObject
            {
                ["view"] = views.Top(person.Id) is { } view ? workspace.View(view, withState: true) : null,
                ["home"] = views.Home(person.Id) is { } home ? workspace.View(home, withState: true) : null,
            };
        }
    }

    public JsonObject GetHome(string user)
    {
        lock (workspace.Gate)
            return workspace.View(
                views.Home(lookup.Person(user).Id) ?? throw SimulatorError.NotFound("home", user),
                withState: true
            );
    }

    /// <summary>Fills in the top modal without submitting it.</summary>
    public JsonObject Fill(string user, JsonObject? values)
    {
        lock (workspace.Gate)
        {
            var view = Top(lookup.Person(user));
            view.State.Fill(view.Blocks, values);
            return workspace.View(view, withState: true);
        }
    }

    /// <summary>Fills in inputs of the App Home.</summary>
    public JsonObject FillHome(string user, JsonObject? values)
    {
        lock (workspace.Gate)
        {
            var home = views.Home(lookup.Person(user).Id) ?? throw SimulatorError.NotFound("home", user);
            home.State.Fill(home.Blocks, values);
            return workspace.View(home, withState: true);
        }
    }

    public async Task<JsonObject> SubmitAsync(string user, JsonObject? values, CancellationToken cancellationToken)
    {
        Person person;
        View view;
        AppRequest request;
        lock (workspace.Gate)
        {
            person = lookup.Person(user);
            view = Top(person);
            view.State.Fill(view.Blocks, values);
            if (view.Definition["submit"] is null || view.Definition["submit_disabled"].IsTrue())
                throw SimulatorError.BadRequest("no_submit", "The view has no submit button that can be pressed.");
            if (InputChecks.Check(view.Blocks, view.State) is { Count: > 0 } faults)
                return new JsonObject
                {
                    ["closed"] = false,
                    ["errors"] = faults,
                    ["client_side"] = true,
                };
            request = payloads.Interaction(payloads.ViewSubmission(person, view, triggers.Issue(person.Id, view.Id)));
        }

        var answer = await delivery.SendAsync(request, cancellationToken);
        lock (workspace.Gate)
        {
            var result = Apply(answer, person, view);
            result["status"] = answer.Status;
            result["elapsed_ms"] = answer.ElapsedMs;
            if (views.Top(person.Id) is { } shown)
                result["view"] = workspace.View(shown, withState: true);
            return result;
        }
    }

    /// <summary>
    /// Closes the top modal, or with <paramref name="all"/> the whole stack. Sends <c>view_closed</c> for views with
    /// <c>notify_on_close</c>.
    /// </summary>
    public JsonObject Close(string user, bool all)
    {
        lock (workspace.Gate)
        {
            var person = lookup.Person(user);
            var everything = all || Top(person).Definition["clear_on_close"].IsTrue();
            foreach (var view in views.Close(person.Id, everything).Where(view => view.NotifyOnClose))
            {
                var request = payloads.Interaction(payloads.ViewClosed(person, view, everything));
                background.Start(cancellationToken => delivery.SendAsync(request, cancellationToken));
            }

            var result = new JsonObject { ["closed"] = true };
            if (views.Top(person.Id) is { } shown)
                result["view"] = workspace.View(shown, withState: true);
            return result;
        }
    }

    private View Top(Person person) => views.Top(person.Id) ?? throw SimulatorError.NotFound("view", person.Id);

    /// <summary>Applies the app's answer to a submission: closes, updates or pushes a view, or shows errors.</summary>
    private JsonObject Apply(AppAnswer answer, Person person, View view)
    {
        if (!answer.Ok)
            return Failed(answer.Failure!);
        var body = JsonExtensions.TryParse(answer.Body, out var node) ? node as JsonObject ?? [] : [];
        try
        {
            return body["response_action"].Text() switch
            {
                null => Closed(person, view, all: false),
                "clear" => Closed(person, view, all: true),
                "errors" => Errors(body, view),
                "update" => Shown(() =>
                    views.Update(view, ViewMethods.Checked(body["view"], Surface.Modal), hash: null)
                ),
                "push" => Shown(() => views.Push(person.Id, ViewMethods.Checked(body["view"], Surface.Modal))),
                var other => throw new SlackError(
                    "invalid_arguments",
                    new Violation("/response_action", "enum", $"unknown response_action {other}")
                ),
            };
        }
        catch (SlackError error)
        {
            traffic.AddAnswer(workspace.Clock.Now, "view_submission", body, error.Code, error.Violations);
            return Failed(error.Code);
        }
    }

    private JsonObject Closed(Person person, View view, bool all)
    {
        // The app may have replaced the view while the submission was processed.
        if (all || ReferenceEquals(views.Top(person.Id), view))
            views.Close(person.Id, all);
        return new JsonObject { ["closed"] = true };
    }

    private static JsonObject Shown(Action show)
    {
        show();
        return new JsonObject { ["closed"] = false };
    }

    private static JsonObject Errors(JsonObject body, View view)
    {
        if (body["errors"] is not JsonObject { Count: > 0 } errors)
            throw new SlackError(
                "invalid_arguments",
                new Violation("/errors", "required", "missing required field: errors")
            );
        var inputs = view
            .Blocks.OfType<JsonObject>()
            .Where(block => block["type"].Text() is "input")
            .Select(block => block["block_id"].Text())
            .ToHashSet();
        var invalid = errors
            .Where(error => !inputs.Contains(error.Key) || error.Value.Text() is not { Length: > 0 })
            .Select(error => new Violation(
                "/errors/" + error.Key,
                "block_id",
                "must be a message under the block_id of an input block"
            ))
            .ToList();
        return invalid.Count > 0
            ? throw new SlackError("invalid_arguments", invalid)
            : new JsonObject { ["closed"] = false, ["errors"] = errors.Clone() };
    }

    private static JsonObject Failed(string error) =>
        new()
        {
            ["closed"] = false,
            ["error"] = error,
            ["shown"] = ConnectionTrouble,
        };
}
