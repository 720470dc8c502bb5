using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CoffeeBuddy.Support.Monitoring;

/// <summary>Prometheus with the rules of this repository. It scrapes and evaluates all of them every second.</summary>
public sealed class PrometheusServer : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly ChildProcess _process;
    private readonly string _folder;
    private readonly HttpClient _http;

    private PrometheusServer(IEnumerable<(string Job, Uri Address)> targets, JsonNode rules)
    {
        var program = Find("prometheus");
        _folder = Directory.CreateTempSubdirectory("coffeebuddy-prometheus-").FullName;
        foreach (var group in rules["groups"]!.AsArray())
            group!["interval"] = "1s";
        // JSON is YAML too.
        var rulesFile = Path.Combine(_folder, "rules.yaml");
        File.WriteAllText(rulesFile, rules.ToJsonString(Indented));
        var settings = Path.Combine(_folder, "prometheus.yml");
        File.WriteAllText(
            settings,
            $"""
            global: {"{"} scrape_interval: 1s, evaluation_interval: 1s {"}"}
            rule_files: ["{rulesFile}"]
            scrape_configs:
            {string.Join('\n', targets.Select(Scrape))}
            """
        );
        var address = $"127.0.0.1:{FreePort.Next()}";
        _http = new HttpClient { BaseAddress = new Uri($"http://{address}/") };
        _process = ChildProcess.Start(
            new(
                "Prometheus",
                program,
                [
                    $"--config.file={settings}",
                    $"--storage.tsdb.path={Path.Combine(_folder, "data")}",
                    $"--web.listen-address={address}",
                    "--log.level=warn",
                ]
            )
            {
                OrphanFolder = _folder,
            }
        );
    }

    /// <param name="rules">Null: those of the repository.</param>
    /// <exception cref="PartFailedException">It ended while starting. Has its last log lines.</exception>
    public static async Task<PrometheusServer> StartAsync(
        IEnumerable<(string Job, Uri Address)> targets,
        JsonNode? rules = null
    )
    {
        var server = new PrometheusServer(targets, rules ?? Deployed.Yaml(Deployed.RulesFile));
        try
        {
            await Eventually.TrueAsync(server.IsReadyAsync, "Prometheus is ready");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The path of a program of Debian's package.</summary>
    public static string Find(string program) =>
        Executable.Find(program)
        ?? throw new InvalidOperationException(
            $"This needs {program}: apt-get update && apt-get install -y --no-install-recommends prometheus"
        );

    /// <summary>The <c>data</c> of an answer of the HTTP API.</summary>
    /// <exception cref="InvalidOperationException">The answer is an error, whose text it has.</exception>
    public async Task<JsonNode> GetAsync(string path, params (string Name, string Value)[] parameters)
    {
        using var form = new FormUrlEncodedContent(
            parameters.Select(parameter => KeyValuePair.Create(parameter.Name, parameter.Value))
        );
        var query = await form.ReadAsStringAsync(TestContext.Current.CancellationToken);
        using var response = await _http.GetAsync($"api/v1/{path}?{query}", TestContext.Current.CancellationToken);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        return (string?)answer["status"] == "success"
            ? answer["data"]!
            : throw new InvalidOperationException($"{path} {string.Join(' ', parameters)}: {answer["error"]}");
    }

    /// <summary>The series that a query returns now.</summary>
    public async Task<JsonArray> QueryAsync(string query) =>
        (await GetAsync("query", ("query", query)))["result"]!.AsArray();

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    // The label that the Prometheus operator adds.
    private static string Scrape((string Job, Uri Address) target) =>
        $$"""  - { job_name: {{target.Job}}, static_configs: [{ targets: ["{{target.Address.Authority}}"], labels: { namespace: coffee } }] }""";

    private async Task<bool> IsReadyAsync()
    {
        if (_process.HasExited)
            throw _process.Failure($"ended with exit code {await _process.Exited} while starting");
        try
        {
            using var response = await _http.GetAsync("-/ready", TestContext.Current.CancellationToken);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
