using CoffeeBuddy.Functions.Http;
using CoffeeBuddy.Functions.Triggers.Slack;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.Payloads;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Security;

/// <summary>The raw body of a request that Slack has signed; where it is in a function's hands, the signature held.</summary>
public sealed record VerifiedBody(byte[] Bytes);

/// <summary>
/// Lets only what Slack has signed reach a function. Nothing is parsed before; the body is what Slack sent, byte for
/// byte. Slack's certificate probe (<c>GET ?ssl_check=1</c>) is unsigned and gets an empty 200.
/// </summary>
public sealed class SlackRequestMiddleware(IOptionsMonitor<SlackOptions> options, TimeProvider time)
    : IFunctionsWorkerMiddleware
{
    private const string Form = "application/x-www-form-urlencoded";
    private const string Json = "application/json";

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var request = context.GetHttpContext()!.Request;
        if (HttpMethods.IsGet(request.Method))
        {
            if (request.Query["ssl_check"] != "1")
                throw new RequestRefusedException(
                    StatusCodes.Status400BadRequest,
                    "Nothing to read here.",
                    "Slack posts to this address."
                );
            return;
        }

        // Before a byte of the body: whoever sends no signature need not make us read a megabyte.
        if (
            string.IsNullOrEmpty(request.Headers[SlackSignature.SignatureHeader])
            || string.IsNullOrEmpty(request.Headers[SlackSignature.TimestampHeader])
        )
            throw NotSigned(SignatureResult.MissingHeader);
        var mediaType = context.FunctionDefinition.Name == nameof(SlackEvents) ? Json : Form;
        var body = await RequestBody.ReadAsync(request, mediaType, context.CancellationToken);
        var result = SlackSignature.Verify(
            options.CurrentValue.SigningSecrets,
            request.Headers[SlackSignature.TimestampHeader],
            request.Headers[SlackSignature.SignatureHeader],
            body,
            time.GetUtcNow()
        );
        if (result != SignatureResult.Valid)
            throw NotSigned(result);

        context.Items[typeof(VerifiedBody)] = new VerifiedBody(body);
        await next(context);
    }

    private static RequestRefusedException NotSigned(SignatureResult result) =>
        new(StatusCodes.Status401Unauthorized, "The request is not signed by Slack.", $"Signature: {result}.");
}
