using System.Text.Json;
using System.Text.Json.Nodes;

namespace CoffeeBuddy.Support;

/// <summary>The OpenAPI document of the REST API, and a check of answers against it.</summary>
public static class OpenApi
{
    public static JsonNode Document { get; } =
        JsonNode.Parse(
            File.ReadAllBytes(Repository.File("src", "CoffeeBuddy.Functions", "Triggers", "Api", "openapi.json"))
        )!;

    /// <summary>Every operation, for example "get /api/v1/runs".</summary>
    public static IEnumerable<string> Operations =>
        Document["paths"]!
            .AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(operation => $"{operation.Key} {path.Key}"));

    public static JsonNode Schema(string name) => Document["components"]!["schemas"]![name]!;

    /// <summary>Fails the test if the document does not describe this answer to this request.</summary>
    public static void Check(HttpMethod method, string path, Answer answer)
    {
        var operation =
            Find(method, path) ?? throw new Xunit.Sdk.XunitException($"The document describes no {method} {path}.");
        var name = (string)operation["operationId"]!;
        var response =
            operation["responses"]![$"{answer.Status}"]
            ?? throw new Xunit.Sdk.XunitException(
                $"{name} answered {answer.Status}, which the document does not declare: {answer.Text}"
            );
        var content = response["content"]!.AsObject();
        Assert.Contains(answer.MediaType, content.Select(type => (string?)type.Key));
        foreach (var header in response["headers"]?.AsObject().Select(header => header.Key) ?? [])
            Assert.True(answer.Headers.Contains(header), $"{name} answered {answer.Status} without {header}.");
        if (answer.MediaType!.EndsWith("json", StringComparison.Ordinal))
            Assert.Empty(Faults(answer.Json, content[answer.MediaType]!["schema"]!, name));
    }

    private static JsonNode? Find(HttpMethod method, string path)
    {
        var segments = path.Split('/');
        return Document["paths"]!
            .AsObject()
            .Where(candidate => Fits(candidate.Key.Split('/'), segments))
            .Select(candidate => candidate.Value![method.Method.ToLowerInvariant()])
            .FirstOrDefault(operation => operation is not null);
    }

    private static bool Fits(string[] template, string[] path) =>
        template.Length == path.Length
        && template.Zip(path).All(pair => pair.First.StartsWith('{') || pair.First == pair.Second);

    private static IEnumerable<string> Faults(JsonNode? value, JsonNode schema, string at)
    {
        if ((string?)schema["$ref"] is { } reference)
            schema = Schema(reference.Split('/')[^1]);
        if (value is null || !IsOfType(value, (string?)schema["type"]))
            return [$"{at} is {value?.ToJsonString() ?? "null"}, not a {schema["type"]}"];
        if (schema["enum"] is JsonArray allowed && !allowed.Any(item => JsonNode.DeepEquals(item, value)))
            return [$"{at} is {value.ToJsonString()}, none of {allowed.ToJsonString()}"];
        return value switch
        {
            JsonArray items => items.SelectMany((item, index) => Faults(item, schema["items"]!, $"{at}[{index}]")),
            JsonObject properties => FaultsOfObject(properties, schema, at),
            _ => [],
        };
    }

    private static IEnumerable<string> FaultsOfObject(JsonObject value, JsonNode schema, string at)
    {
        foreach (
            var missing in (schema["required"] as JsonArray ?? [])
                .Select(name => (string)name!)
                .Where(name => !value.ContainsKey(name))
        )
            yield return $"{at}.{missing} is missing";
        foreach (var (name, inner) in value)
        {
            var described = schema["properties"]?[name] ?? schema["additionalProperties"];
            // A schema without properties allows any properties.
            if (described is null && schema["properties"] is null)
                continue;
            foreach (
                var fault in described is null
                    ? [$"{at}.{name} is not described"]
                    : Faults(inner, described, $"{at}.{name}")
            )
                yield return fault;
        }
    }

    private static bool IsOfType(JsonNode value, string? type) =>
        type switch
        {
            "string" => value.GetValueKind() == JsonValueKind.String,
            "integer" => value.GetValueKind() == JsonValueKind.Number && value.AsValue().TryGetValue<long>(out _),
            "array" => value is JsonArray,
            "object" => value is JsonObject,
            _ => true,
        };
}
