namespace SlackSimulator.WebApi;

internal enum TokenKind
{
    None,
    Bot,
    App,
}

/// <summary>A method of the Web API.</summary>
/// <param name="PerMinute">Calls a minute allowed by its tier; null where Slack has another rule.</param>
/// <param name="Scopes">Any one of these is needed; empty when none is.</param>
/// <param name="TakesJson">Reading methods take forms only: a JSON body of theirs is not read.</param>
internal sealed record Method(
    string Name,
    int? PerMinute,
    Func<MethodCall, JsonObject> Run,
    IReadOnlyList<string> Scopes,
    bool TakesJson = true,
    TokenKind Token = TokenKind.Bot
);

/// <summary>Rate tiers: calls per minute, method, workspace and app.</summary>
internal static class Tier
{
    public const int Two = 20;
    public const int Three = 50;
    public const int Four = 100;
}

/// <summary>All methods there are, by name.</summary>
internal sealed class MethodTable
{
    private readonly Dictionary<string, Method> _methods;

    public MethodTable(
        TeamMethods team,
        ChatMethods chat,
        ConversationMethods conversations,
        UserMethods users,
        ViewMethods views
    )
    {
        Method[] all = [.. team.All, .. chat.All, .. conversations.All, .. users.All, .. views.All];
        _methods = all.ToDictionary(method => method.Name, StringComparer.Ordinal);
    }

    public Method? Find(string name) => _methods.GetValueOrDefault(name);

    public IEnumerable<string> Names => _methods.Keys.Order(StringComparer.Ordinal);
}
