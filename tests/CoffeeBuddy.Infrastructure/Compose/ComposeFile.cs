using System.Text.Json.Nodes;
using Support;

namespace CoffeeBuddy.Infrastructure.Compose;

/// <summary>deploy/compose.yaml, with its anchors and merge keys resolved.</summary>
public sealed class ComposeFile : IAsyncLifetime
{
    public const string Folder = "deploy";

    private const string FileName = Folder + "/compose.yaml";

    private JsonNode _content = new JsonObject();

    /// <summary>What the schema of the Compose Specification does not allow.</summary>
    public IReadOnlyList<string> Faults { get; private set; } = [];

    /// <summary>What it does not allow in a copy with a misspelled field and a wrong value.</summary>
    public IReadOnlyList<string> FaultsOfBroken { get; private set; } = [];

    public string Text { get; } = File.ReadAllText(Repository.File(FileName));

    public IReadOnlyList<Service> Services =>
        [.. _content["services"]!.AsObject().Select(service => new Service(service.Key, service.Value!))];

    public IReadOnlyList<string> Volumes => [.. _content["volumes"]!.AsObject().Select(volume => volume.Key)];

    /// <summary>The services that run our image as a worker, by role.</summary>
    public IReadOnlyDictionary<string, Service> Workers =>
        Services
            .Where(service => service.Name.StartsWith("coffeebuddy-", StringComparison.Ordinal))
            .ToDictionary(service => service.Name["coffeebuddy-".Length..]);

    public Service this[string name] => Services.Single(service => service.Name == name);

    public async ValueTask InitializeAsync()
    {
        var folder = await NodeFolder.InstallAsync("tests/CoffeeBuddy.Infrastructure/node");
        (_content, Faults) = await ReadAsync(folder, Text);
        var broken = Text.Replace("read_only: true", "readonly: true", StringComparison.Ordinal)
            .Replace("cap_drop: [ALL]", "cap_drop: 5", StringComparison.Ordinal);
        (_, FaultsOfBroken) = await ReadAsync(folder, broken);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static async Task<(JsonNode Content, IReadOnlyList<string> Faults)> ReadAsync(
        NodeFolder folder,
        string text
    )
    {
        using var node = folder.Run("compose.mjs");
        var errors = node.StandardError.ReadToEndAsync();
        await node.StandardInput.WriteAsync(text);
        node.StandardInput.Close();
        var output = await node.StandardOutput.ReadToEndAsync();
        await node.WaitForExitAsync();
        Assert.True(node.ExitCode == 0, await errors);
        var result = JsonNode.Parse(output)!;
        return (result["content"]!, [.. result["faults"]!.AsArray().Select(fault => (string)fault!)]);
    }
}

/// <param name="Json">Its fields.</param>
public sealed record Service(string Name, JsonNode Json)
{
    public string Image => (string)Json["image"]!;

    public bool IsBuilt => Json["build"] is not null;

    /// <summary>The service whose network it shares; null when it has its own.</summary>
    public string? Network =>
        (string?)Json["network_mode"] is { } mode && mode.StartsWith("service:", StringComparison.Ordinal)
            ? mode["service:".Length..]
            : null;

    public IReadOnlyList<string> Ports => Texts("ports");

    public IReadOnlyDictionary<string, string> DependsOn =>
        (Json["depends_on"] as JsonObject ?? []).ToDictionary(
            other => other.Key,
            other => (string)other.Value!["condition"]!
        );

    public IReadOnlyDictionary<string, string> Environment =>
        (Json["environment"] as JsonObject ?? []).ToDictionary(
            variable => variable.Key,
            variable => (string)variable.Value!
        );

    /// <summary>What is mounted: the source, and the path in the container.</summary>
    public IReadOnlyList<(string Source, string Target)> Mounts =>
        [.. Texts("volumes").Select(mount => mount.Split(':')).Select(parts => (parts[0], parts[1]))];

    /// <summary>The entrypoint and the command.</summary>
    public IReadOnlyList<string> Arguments => [.. Texts("entrypoint"), .. Texts("command")];

    private string[] Texts(string field) => [.. (Json[field] as JsonArray ?? []).Select(text => (string)text!)];
}
