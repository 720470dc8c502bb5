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

/// <summary>The methods of one family, such as <c>reactions.*</c>.</summary>
internal interface IMethodFamily
{
    IEnumerable<Method> All { get; }
}

/// <summary>The simulated methods by name.</summary>
internal sealed class MethodTable(IEnumerable<IMethodFamily> families)
{
    private readonly Dictionary<string, Method> _methods = families
        .SelectMany(family => family.All)
        .ToDictionary(method => method.Name, StringComparer.Ordinal);

    public Method? Find(string name) => _methods.GetValueOrDefault(name);

    public IEnumerable<string> Names => _methods.Keys.Order(StringComparer.Ordinal);
}
