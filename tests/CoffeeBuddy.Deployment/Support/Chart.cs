namespace CoffeeBuddy.Deployment.Support;

/// <summary>One rendering of the chart.</summary>
/// <param name="Faults">What the models of Kubernetes, KEDA and the Prometheus operator do not allow.</param>
public sealed record Rendering(string Text, IReadOnlyList<JsonNode> Manifests, IReadOnlyList<string> Faults)
{
    public IEnumerable<JsonNode> OfKind(string kind) => Manifests.Where(manifest => (string?)manifest["kind"] == kind);

    /// <summary>The manifest of that kind whose name ends so.</summary>
    public JsonNode Find(string kind, string nameEnding = "") =>
        Assert.Single(OfKind(kind), manifest => manifest.Name().EndsWith(nameEnding, StringComparison.Ordinal));

    /// <summary>Everything that starts pods: deployments, the migration, the backup and the test.</summary>
    public IEnumerable<Pod> Pods =>
        from manifest in Manifests
        let pod = manifest["spec"]?["template"]
            ?? manifest["spec"]?["jobTemplate"]?["spec"]!["template"]
            ?? ((string?)manifest["kind"] == "Pod" ? manifest : null)
        where pod is not null
        select new Pod($"{manifest["kind"]} {manifest.Name()}", pod);
}

/// <param name="Owner">Kind and name of what starts it.</param>
/// <param name="Json">With metadata and spec.</param>
public sealed record Pod(string Owner, JsonNode Json)
{
    /// <summary>Whether it runs our image.</summary>
    public bool IsWorker => (string?)Container["name"] is "worker" or "migrate";

    public JsonNode Spec => Json["spec"]!;

    public JsonNode Container => Assert.Single(Spec["containers"]!.AsArray())!;

    public IReadOnlyDictionary<string, string> Labels =>
        Json["metadata"]!["labels"]!.AsObject().ToDictionary(label => label.Key, label => (string)label.Value!);

    public IEnumerable<string> VariableNames =>
        (Container["env"] as JsonArray ?? []).Select(variable => (string)variable!["name"]!);

    /// <returns>Null when the container does not have it, or not by value.</returns>
    public string? Variable(string name) =>
        (string?)
            (Container["env"] as JsonArray ?? [])
                .FirstOrDefault(variable => (string)variable!["name"]! == name)
                ?["value"];
}

public static class ManifestExtensions
{
    public static string Name(this JsonNode manifest) => (string)manifest["metadata"]!["name"]!;
}

/// <summary>The chart, rendered with every set of values, by Helm 3 and 4, for the oldest and the current Kubernetes.</summary>
public sealed class Chart : IAsyncLifetime
{
    public const string Folder = "helm/coffeebuddy";
    public const string Oldest = "1.28.0";
    public const string Current = "1.35.0";

    /// <summary>The sets of values. "default" has only the values that are required.</summary>
    public static readonly string[] Sets = ["default", "dev", "test", "prod"];

    private readonly Dictionary<(string Set, int Helm, string Kubernetes), string> _texts = [];
    private readonly Dictionary<(string Set, string Kubernetes), Rendering> _renderings = [];

    /// <summary>What is found in manifests with misspelled fields and a wrong value.</summary>
    public IReadOnlyList<string> FaultsOfBroken { get; private set; } = [];

    /// <summary>With the current Kubernetes.</summary>
    public Rendering this[string set] => _renderings[(set, Current)];

    public Rendering this[string set, string kubernetes] => _renderings[(set, kubernetes)];

    public string Text(string set, int helm, string kubernetes) => _texts[(set, helm, kubernetes)];

    /// <summary>The arguments of Helm that select a set of values.</summary>
    public static IEnumerable<string> ValuesOf(string set) =>
        set == "default"
            ? Assigned(
                "image.repository=registry.example.com/coffeebuddy",
                "oidc.authority=https://hydra.example.com/",
                "slack.workspaces={T0COMPANY01}",
                "kong.host=coffeebuddy.example.com"
            )
            : ["--values", $"{Folder}/values-{set}.yaml"];

    /// <param name="assignments">In Helm's notation: <c>keda.maxReplicas=3</c>.</param>
    public static IEnumerable<string> Assigned(params IEnumerable<string> assignments) =>
        assignments.SelectMany(assignment => new[] { "--set", assignment });

    public static Task<(int Code, string Output, string Errors)> TemplateAsync(
        int helm,
        string kubernetes,
        params IEnumerable<string> arguments
    ) => NodeTools.HelmAsync(helm, ["template", "coffeebuddy", Folder, "--kube-version", kubernetes, .. arguments]);

    /// <summary>Renders the chart with other values than those of a set. The manifests are not checked.</summary>
    public static Task<Rendering> RenderAsync(params IEnumerable<string> arguments) => RenderAsync(Folder, arguments);

    /// <param name="chart">The folder of a copy of the chart.</param>
    /// <inheritdoc cref="RenderAsync(IEnumerable{string})"/>
    public static async Task<Rendering> RenderAsync(string chart, IEnumerable<string> arguments)
    {
        var (code, output, errors) = await NodeTools.HelmAsync(
            4,
            ["template", "coffeebuddy", chart, "--kube-version", Current, .. arguments]
        );
        Assert.True(code == 0, errors);
        return Assert.Single(await ParseAsync([(output, null)]));
    }

    public async ValueTask InitializeAsync()
    {
        var runs =
            from set in Sets
            from helm in new[] { 3, 4 }
            from kubernetes in new[] { Oldest, Current }
            select (set, helm, kubernetes);
        foreach (var (set, helm, kubernetes) in runs)
        {
            var (code, output, errors) = await TemplateAsync(helm, kubernetes, ValuesOf(set));
            Assert.True(code == 0, $"{set}, Helm {helm}: {errors}");
            _texts[(set, helm, kubernetes)] = output;
        }

        var texts = _texts.Where(text => text.Key.Helm == 4).ToList();
        var renderings = await ParseAsync([
            .. texts.Select(text => (text.Value, (string?)(text.Key.Kubernetes == Oldest ? "1.27" : "current"))),
            (Broken(_texts[("prod", 4, Current)]), "current"),
        ]);
        foreach (var (text, rendering) in texts.Zip(renderings))
            _renderings[(text.Key.Set, text.Key.Kubernetes)] = rendering;
        FaultsOfBroken = renderings[^1].Faults;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Misspells fields and gives one a wrong value.</summary>
    private static string Broken(string text) =>
        text.Replace("enableServiceLinks:", "enableServiceLink:", StringComparison.Ordinal)
            .Replace("pollingInterval: 15", "pollingInterval: often", StringComparison.Ordinal)
            .Replace("podTargetLabels:", "podTargetLabel:", StringComparison.Ordinal)
            .Replace("refreshAfter:", "refresh:", StringComparison.Ordinal);

    /// <param name="texts">Each with the models to check it with; null: none.</param>
    private static async Task<IReadOnlyList<Rendering>> ParseAsync(IReadOnlyList<(string Text, string? Models)> texts)
    {
        var input = texts.Select(text => (JsonNode)new JsonObject { ["yaml"] = text.Text, ["models"] = text.Models });
        var results = JsonNode.Parse(await NodeTools.RunAsync("manifests.mjs", new JsonArray([.. input])))!;
        return
        [
            .. texts.Zip(
                results.AsArray(),
                (text, result) =>
                    new Rendering(
                        text.Text,
                        [.. result!["documents"]!.AsArray().Select(document => document!)],
                        [.. result["faults"]!.AsArray().Select(fault => (string)fault!)]
                    )
            ),
        ];
    }
}
