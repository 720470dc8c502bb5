namespace SlackSimulator.WebApi;

internal enum TokenKind
{
    None,
    Bot,
    App,
}

/// <summary>A method of the Web API.</summary>
/// <param name="PerMinute">The calls per minute that its tier allows; null where Slack has another rule.</param>
/// <param name="Scopes">The token needs one of these scopes; empty when it needs none.</param>
/// <param name="TakesJson">Whether a JSON body is accepted. Slack reads only forms for methods that read data.</param>
internal sealed record Method(
    string Name,
    int? PerMinute,
    Func<MethodCall, JsonObject> Run,
    IReadOnlyList<string> Scopes,
    bool TakesJson = true,
    TokenKind Token = TokenKind.Bot
);

/// <summary>Slack's rate limit tiers, in calls per minute for each method (https://docs.slack.dev/apis/web-api/rate-limits/).</summary>
internal static class Tier
{
    public const int Two = 20;
    public const int Three = 50;
    public const int Four = 100;
}

/// <summary>The simulated methods by name.</summary>
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
