using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Functions.Security;
using CoffeeBuddy.Slack.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Api;

/// <summary>What the API's functions share: the caller, the body, and what may be wrong with either.</summary>
public static class ApiRequest
{
    private const int LongestIdempotencyKey = 200;

    /// <summary>Who calls, as <see cref="BearerTokenMiddleware"/> found out.</summary>
    public static Caller Caller(this FunctionContext context) => (Caller)context.Items[typeof(Caller)];

    /// <summary>The run that an address names. Read here and not by the route, so that this 404 says what it means like every other.</summary>
    /// <exception cref="RequestRefusedException">404: no run has such an id.</exception>
    public static Guid RunId(string text) => Guid.TryParseExact(text, "D", out var runId) ? runId : throw RunNotFound();

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
                $"The body is not the JSON expected, at {exception.Path ?? "$"}, line {exception.LineNumber + 1}."
            );
        }
        catch (InvalidOperationException)
        {
            throw Invalid("The body holds text that is not valid UTF-8 or Unicode.");
        }
    }

    /// <summary>Like <see cref="ReadJsonAsync"/>, where no body at all is fine too.</summary>
    public static async Task<T?> ReadOptionalJsonAsync<T>(
        this HttpRequest request,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    )
        where T : class =>
        request.ContentLength is 0 || (request.ContentLength is null && request.ContentType is null)
            ? null
            : (await request.ReadJsonAsync(type, cancellationToken)).Value;

    /// <summary>The person a request acts for: oneself, or for a service whomever it names.</summary>
    /// <exception cref="RequestRefusedException">403 when the caller may not act for that person; 400 when nobody is named.</exception>
    public static string ActingUser(this Caller caller, string? named)
    {
        if (caller.UserId is { } own)
        {
            if (!SlackIds.IsUserId(own))
                throw Forbidden("The token names a person, but not by a Slack user id.");
            return named is null || named == own ? own : throw Forbidden("A person acts only in their own name.");
        }

        if (!caller.IsService)
            throw Forbidden($"The token names no person and lacks the scope {Security.Caller.ServiceScope}.");
        if (named is null)
            throw Invalid("user_id is missing: say on whose behalf the service acts.");
        return SlackIds.IsUserId(named) ? named : throw Invalid("user_id is not a Slack user id.");
    }

    /// <summary>The caller's <c>Idempotency-Key</c> for this very request; null where none was sent.</summary>
    public static IdempotencyKey? IdempotencyKey(this HttpRequest request, Caller caller, byte[] body)
    {
        var keys = request.Headers["Idempotency-Key"];
        if (keys.Count == 0)
            return null;
        var key = keys.Count == 1 ? keys[0] : null;
        if (
            string.IsNullOrWhiteSpace(key)
            || key.Length > LongestIdempotencyKey
            || key.Any(character => character is < ' ' or > '~')
        )
            throw Invalid($"Idempotency-Key must be one text of 1 to {LongestIdempotencyKey} ASCII characters.");
        var hash = Convert.ToHexString(
            SHA256.HashData([.. Encoding.UTF8.GetBytes($"{request.Method} {request.Path}\n"), .. body])
        );
        return new(key, caller.Subject, hash);
    }

    public static bool IsAdmin(this Caller caller, CoffeeOptions options) =>
        caller.IsAdmin || (caller.UserId is { } userId && options.IsAdmin(userId));

    public static RequestRefusedException Invalid(string detail, IDictionary<string, string[]>? errors = null) =>
        new(StatusCodes.Status400BadRequest, "The request is not valid.", detail, errors);

    public static RequestRefusedException Forbidden(string detail) =>
        new(StatusCodes.Status403Forbidden, "Not allowed.", detail);

    public static RequestRefusedException RunNotFound() => new(StatusCodes.Status404NotFound, "There is no such run.");

    public static RequestRefusedException RunIsOver(CoffeeRun run) =>
        new(StatusCodes.Status409Conflict, "The run is over.", $"It is {run.Status.ToString().ToLowerInvariant()}.");
}
