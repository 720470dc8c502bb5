using YamlDotNet.RepresentationModel;

namespace CoffeeBuddy.Infrastructure;

/// <summary>Reads YAML files of the repository.</summary>
internal static class Yaml
{
    /// <summary>The documents of a file. A key that appears twice in a mapping is an error.</summary>
    public static IReadOnlyList<YamlMappingNode> Read(params string[] path)
    {
        using var reader = File.OpenText(Repository.File(path));
        var stream = new YamlStream();
        stream.Load(reader);
        return [.. stream.Documents.Select(document => (YamlMappingNode)document.RootNode)];
    }

    /// <summary>The node at the keys; null when one of them is missing.</summary>
    public static YamlNode? Find(this YamlNode node, params string[] keys)
    {
        YamlNode? found = node;
        foreach (var key in keys)
            found = found is YamlMappingNode mapping && mapping.Children.TryGetValue(key, out var child) ? child : null;
        return found;
    }

    public static string Text(this YamlNode node, params string[] keys) =>
        node.Find(keys) is YamlScalarNode { Value: { } value }
            ? value
            : throw new KeyNotFoundException($"{string.Join('.', keys)} is missing in {node}");

    public static int Number(this YamlNode node, params string[] keys) =>
        int.Parse(node.Text(keys), System.Globalization.CultureInfo.InvariantCulture);

    public static IReadOnlyList<YamlNode> List(this YamlNode node, params string[] keys) =>
        node.Find(keys) is YamlSequenceNode list ? [.. list.Children] : [];

    public static IReadOnlyList<string> Texts(this YamlNode node, params string[] keys) =>
        [.. node.List(keys).Select(item => item.Text())];

    public static IEnumerable<string> Keys(this YamlNode node) => ((YamlMappingNode)node).Children.Keys.Select(Scalar);

    /// <summary>The scalars of a mapping, by key.</summary>
    public static IReadOnlyDictionary<string, string> Scalars(this YamlNode node) =>
        ((YamlMappingNode)node).Children.ToDictionary(pair => Scalar(pair.Key), pair => Scalar(pair.Value));

    private static string Scalar(YamlNode node) => ((YamlScalarNode)node).Value!;
}
