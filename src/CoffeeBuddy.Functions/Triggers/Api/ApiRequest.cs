using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Functions.Runs;
using CoffeeBuddy.Functions.Security;
using CoffeeBuddy.Slack.Payloads;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Api;

/// <summary>What the API's functions share: the caller, the body, the idempotency key, and the refusals.</summary>
public static class ApiRequest
{
    private const int MaxKeyLength = 200;

    /// <summary>The caller, whom <see cref="BearerTokenCheck"/> has authenticated.</summary>
    public static Caller Caller(this FunctionContext context) => (Caller)context.Items[typeof(Caller)];

    /// <summary>
    /// The run id in an address. Not a route constraint: the route's own 404 has no problem+json body.
    /// </summary>
    /// <exception cref="RequestRefusedException">404: it is not a run id.</exception>
    public static Guid RunId(string text) =>
        Guid.TryParseExact(text, "D", out var runId) ? runId : throw Permissions.RunNotFound();

    /// <exception cref="RequestRefusedException">415, 413, or 400 when the body is not the JSON expected.</exception>
    public static async Task<(T Value, byte[] Body)> ReadJsonAsync<T>(
        this HttpRequest request,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    )
        where T : class
    {
        var body = await RequestBody.ReadAsync(request, "application/json", cancellationToken);
        try
        {
            return (JsonSerializer.Deserialize(body, type) ?? throw Invalid("The body must be a JSON object."), body);
        }
        catch (JsonException exception)
        {
            throw Invalid(
                $"The body is not the expected JSON at {exception.Path ?? "$"}, line {exception.LineNumber + 1}."
            );
        }
        catch (InvalidOperationException)
        {
            throw Invalid("The body contains text that is not valid UTF-8 or Unicode.");
        }
    }

    /// <summary>Like <see cref="ReadJsonAsync"/>; null when there is no body.</summary>
    public static async Task<T?> ReadOptionalJsonAsync<T>(
        this HttpRequest request,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    )
        where T : class =>
        request.ContentLength is 0 || (request.ContentLength is null && request.ContentType is null)
            ? null
            : (await request.ReadJsonAsync(type, cancellationToken)).Value;

    /// <summary>The caller's <c>Idempotency-Key</c> of this request; null when there is none.</summary>
    public static IdempotencyKey? IdempotencyKey(this HttpRequest request, Caller caller, byte[] body)
    {
        var keys = request.Headers["Idempotency-Key"];
        if (keys.Count == 0)
            return null;
        var key = keys.Count == 1 ? keys[0] : null;
        if (
            string.IsNullOrWhiteSpace(key)
            || key.Length > MaxKeyLength
            || key.Any(character => character is < ' ' or > '~')
        )
            throw Invalid($"Send one Idempotency-Key of 1 to {MaxKeyLength} ASCII characters.");
        var hash = Convert.ToHexString(
            SHA256.HashData([.. Encoding.UTF8.GetBytes($"{request.Method} {request.Path}\n"), .. body])
        );
        return new(key, caller.Subject, hash);
    }

    public static RequestRefusedException InvalidFields(IDictionary<string, string[]> errors) =>
        Invalid("Some fields are missing or wrong: see errors.", errors);

    public static RequestRefusedException Invalid(string detail, IDictionary<string, string[]>? errors = null) =>
        new(StatusCodes.Status400BadRequest, "The request is not valid.", detail, errors);

    public static RequestRefusedException Forbidden(string detail) =>
        new(StatusCodes.Status403Forbidden, "Not allowed.", detail);

    public static RequestRefusedException RunnerHasLeft() =>
        new(StatusCodes.Status409Conflict, "The runner has left.", "Orders are neither taken nor changed any more.");

    public static RequestRefusedException RunIsOver(CoffeeRun run) =>
        new(StatusCodes.Status409Conflict, "The run is over.", $"It is {run.Status.ToString().ToLowerInvariant()}.");
}
