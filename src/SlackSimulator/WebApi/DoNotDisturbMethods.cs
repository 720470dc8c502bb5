using SlackSimulator.Json;
using SlackSimulator.Model;

namespace SlackSimulator.WebApi;

/// <summary>
/// <c>dnd.info</c>. Slack shows the <c>snooze_*</c> properties to the person alone, and there are no user tokens here: a
/// pause is a period that has begun.
/// </summary>
internal sealed class DoNotDisturbMethods(Workspace workspace) : IMethodFamily
{
    /// <summary>Slack's value of both times when there is no period.</summary>
    private const long None = 1;

    public IEnumerable<Method> All => [new("dnd.info", Tier.Three, Info, ["dnd:read"])];

    private JsonObject Info(MethodCall call)
    {
        workspace.RequireTeam(call);
        var person =
            workspace.PersonById(call.Text("user") ?? workspace.App.BotUserId)
            ?? throw new SlackError("user_not_found");
        var period = workspace.DoNotDisturbOf(person);
        return new JsonObject
        {
            ["dnd_enabled"] = period is not null,
            ["next_dnd_start_ts"] = period?.From.ToUnixTimeSeconds() ?? None,
            ["next_dnd_end_ts"] = period?.Until.ToUnixTimeSeconds() ?? None,
        };
    }
}
