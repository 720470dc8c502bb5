using System.Net.Mime;
using System.Security.Cryptography;
using System.Text;
using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Functions.Security;
using CoffeeBuddy.Functions.Triggers.Slack;
using CoffeeBuddy.Slack.SocketMode;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OnPremFunctions;

namespace CoffeeBuddy.Functions.SocketMode;

/// <summary>How an envelope is answered.</summary>
/// <param name="Payload">JSON; empty for none.</param>
public sealed record EnvelopeAnswer(ReadOnlyMemory<byte> Payload);

/// <summary>
/// Gives each envelope to the function that handles the same request over HTTP, with everything that stands before it:
/// limits, the check for repetitions, audit, refusals. Only the signature is not checked: the connection is Slack's.
/// </summary>
public sealed partial class EnvelopeHandler(
    IServiceProvider services,
    WorkerMetrics metrics,
    ILogger<EnvelopeHandler> logger
)
{
    public static readonly string[] Types =
    [
        SocketMessage.Commands,
        SocketMessage.Interactive,
        SocketMessage.EventsApi,
        Other,
    ];

    public static readonly string[] Outcomes = [Acknowledged, Refused, Failed, Unanswered];

    public const string Acknowledged = "acknowledged";

    /// <summary>Acknowledged, because a repetition would be refused again.</summary>
    private const string Refused = "refused";
    private const string Failed = "failed";
    public const string Unanswered = "unanswered";
    private const string Other = "other";

    private static readonly string[] Needed = [nameof(SlackCommands), nameof(SlackInteractions), nameof(SlackEvents)];

    // The Azure Functions host has none: its worker cannot call functions.
    private readonly HttpFunctionDispatcher? _functions = services.GetService<HttpFunctionDispatcher>();

    /// <summary>The functions that receive envelopes and that this worker serves: all, some or none.</summary>
    public IReadOnlyList<string> Served => [.. Needed.Where(name => _functions?.Serves(name) ?? false)];

    public bool ServesAll => Served.Count == Needed.Length;

    /// <summary>Returns when what the envelope asks for is stored or answered. Does not throw.</summary>
    /// <returns>Null: it must not be acknowledged. Slack repeats an event, and tells a person that it failed.</returns>
    public async Task<EnvelopeAnswer?> HandleAsync(SocketMessage envelope)
    {
        if (envelope.RetryAttempt > 0)
            Log.Repeated(logger, envelope.Type, envelope.RetryAttempt, envelope.RetryReason);
        var (answer, outcome) = await AnswerAsync(envelope);
        metrics.EnvelopeHandled(TypeOf(envelope), outcome);
        return answer;
    }

    /// <summary>The label of the metric.</summary>
    public static string TypeOf(SocketMessage envelope) => Types.Contains(envelope.Type) ? envelope.Type : Other;

    private async Task<(EnvelopeAnswer?, string Outcome)> AnswerAsync(SocketMessage envelope)
    {
        if (FunctionOf(envelope) is not var (function, mediaType))
        {
            Log.Unknown(logger, envelope.Type);
            return (new(default), Refused);
        }

        if (envelope.ToBody() is not { Length: <= RequestBody.MaxBytes } body)
        {
            Log.Unreadable(logger, envelope.Type);
            return envelope.Type == SocketMessage.EventsApi ? (new(default), Refused) : (null, Failed);
        }

        using var written = new MemoryStream();
        var http = new DefaultHttpContext
        {
            Request = { Method = HttpMethods.Post, ContentType = mediaType },
            Response = { Body = written },
        };
        http.Features.Set(new VerifiedBody(body, IdOf(envelope, body)));
        await _functions!.InvokeAsync(function, http);
        return Read(envelope, http.Response, written.ToArray());
    }

    private static (string Function, string MediaType)? FunctionOf(SocketMessage envelope) =>
        envelope.Type switch
        {
            SocketMessage.Commands => (nameof(SlackCommands), SlackSignedAttribute.Form),
            SocketMessage.Interactive => (nameof(SlackInteractions), SlackSignedAttribute.Form),
            SocketMessage.EventsApi => (nameof(SlackEvents), SlackSignedAttribute.Json),
            _ => null,
        };

    /// <summary>
    /// Commands, clicks and forms hold a trigger id of their own: the same content is a repetition. An event is
    /// recognised by its own id, when it is handled: its repetition must not be acknowledged while the first is not
    /// stored.
    /// </summary>
    private static string IdOf(SocketMessage envelope, byte[] body) =>
        envelope.Type == SocketMessage.EventsApi
            ? Guid.NewGuid().ToString("N")
            : Convert.ToHexString(SHA256.HashData([.. Encoding.UTF8.GetBytes($"{envelope.Type}:"), .. body]));

    private static (EnvelopeAnswer?, string Outcome) Read(SocketMessage envelope, HttpResponse response, byte[] body)
    {
        if (response.StatusCode is >= 200 and < 300)
            return (
                new(
                    envelope.AcceptsAnswer
                    && body.Length > 0
                    && response.ContentType?.StartsWith(MediaTypeNames.Application.Json, StringComparison.Ordinal)
                        == true
                        ? body
                        : default
                ),
                Acknowledged
            );
        return envelope.Type == SocketMessage.EventsApi && IsFinal(response) ? (new(default), Refused) : (null, Failed);
    }

    /// <summary>Whether the same event would be refused again. Too many requests or too slow ones would not.</summary>
    private static bool IsFinal(HttpResponse response) =>
        response.StatusCode
            is >= 400
                and < 500
                and not (StatusCodes.Status408RequestTimeout or StatusCodes.Status429TooManyRequests);

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Information,
            "Slack repeats an envelope of the type {Type}, attempt {Attempt}: {Reason}"
        )]
        public static partial void Repeated(ILogger logger, string type, int attempt, string? reason);

        [LoggerMessage(LogLevel.Warning, "Slack sent an envelope of the type {Type}, which is not handled")]
        public static partial void Unknown(ILogger logger, string type);

        [LoggerMessage(LogLevel.Warning, "Slack sent an envelope of the type {Type} that cannot be read")]
        public static partial void Unreadable(ILogger logger, string type);
    }
}
