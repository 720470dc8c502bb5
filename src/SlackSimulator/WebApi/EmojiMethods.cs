using SlackSimulator.Model;

namespace SlackSimulator.WebApi;

/// <summary><c>emoji.list</c>: the workspace's own emoji.</summary>
internal sealed class EmojiMethods(Workspace workspace) : IMethodFamily
{
    public IEnumerable<Method> All => [new("emoji.list", Tier.Two, List, ["emoji:read"], TakesJson: false)];

    private JsonObject List(MethodCall call)
    {
        workspace.RequireTeam(call);
        var emoji = new JsonObject();
        foreach (var (name, value) in workspace.Options.Emoji)
            emoji[name] = value;
        return new JsonObject { ["emoji"] = emoji, ["cache_ts"] = $"{workspace.Clock.Now.ToUnixTimeSeconds()}.000000" };
    }
}
