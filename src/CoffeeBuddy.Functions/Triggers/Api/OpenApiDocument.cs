using CoffeeBuddy.Functions.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Api;

/// <summary><c>GET /api/v1/openapi.json</c>: the description of the API.</summary>
public sealed class OpenApiDocument
{
    private static readonly byte[] Document = Load();

    [Function(nameof(OpenApiDocument))]
    [Anonymous]
    public static IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/openapi.json")] HttpRequest request
    ) => TypedResults.Bytes(Document, "application/json");

    private static byte[] Load()
    {
        using var stream = typeof(OpenApiDocument).Assembly.GetManifestResourceStream("openapi.json")!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
