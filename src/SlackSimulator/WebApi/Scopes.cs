using SlackSimulator.Model;

namespace SlackSimulator.WebApi;

internal static class Scopes
{
    /// <summary>Checks a scope that depends on the arguments of a call.</summary>
    /// <exception cref="SlackError"><c>missing_scope</c>.</exception>
    public static void RequireScope(this Workspace workspace, string needed) => workspace.RequireAnyScope([needed]);

    /// <summary>Checks that the token has one of these scopes.</summary>
    /// <exception cref="SlackError"><c>missing_scope</c>.</exception>
    public static void RequireAnyScope(this Workspace workspace, IReadOnlyList<string> needed)
    {
        var provided = workspace.App.BotScopes;
        if (needed.Count == 0 || needed.Any(provided.Contains))
            return;
        throw new SlackError("missing_scope")
        {
            Extra = new JsonObject { ["needed"] = string.Join(',', needed), ["provided"] = string.Join(',', provided) },
        };
    }
}
