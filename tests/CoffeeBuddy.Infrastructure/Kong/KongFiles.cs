using YamlDotNet.RepresentationModel;

namespace CoffeeBuddy.Infrastructure.Kong;

/// <summary>deploy/kong.</summary>
internal static class KongFiles
{
    public const string Slack = "coffeebuddy-slack";
    public const string Api = "coffeebuddy-api";

    public static YamlNode Root { get; } = Yaml.Read("deploy", "kong", "kong.yml").Single();

    public static IReadOnlyList<YamlNode> Services => Root.List("services");

    public static IReadOnlyList<YamlNode> Routes => [.. Services.SelectMany(service => service.List("routes"))];

    public static IReadOnlyList<YamlNode> Plugins =>
        [
            .. Root.List("plugins"),
            .. Services.SelectMany(service => service.List("plugins")),
            .. Routes.SelectMany(route => route.List("plugins")),
        ];

    /// <summary>kong.conf, by setting.</summary>
    public static IReadOnlyDictionary<string, string> Node { get; } =
        File.ReadLines(Repository.File("deploy", "kong", "kong.conf"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split('=', 2, StringSplitOptions.TrimEntries))
            .ToDictionary(parts => parts[0], parts => parts[1]);

    public static YamlNode Service(string name) => Services.Single(service => service.Text("name") == name);

    /// <summary>The plugin of the service, or the one that is for all services.</summary>
    public static YamlNode Plugin(string service, string name) =>
        Service(service).List("plugins").Concat(Root.List("plugins")).Single(plugin => plugin.Text("name") == name);
}
