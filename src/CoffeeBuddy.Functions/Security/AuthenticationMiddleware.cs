using CoffeeBuddy.Functions.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Security;

/// <summary>
/// Authenticates each HTTP request as the function's attribute says. A function without an attribute is refused with
/// 401.
/// </summary>
public sealed class AuthenticationMiddleware(
    IOptions<AuthenticationTable> table,
    SlackSignatureCheck slackSignature,
    BearerTokenCheck bearerToken,
    RequestLimits limits
) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var http = context.GetHttpContext()!;
        switch (table.Value.Of(context.FunctionDefinition.Name))
        {
            case SlackSignedAttribute when SlackSignatureCheck.IsCertificateProbe(http.Request):
                return; // An empty 200.
            // Only SocketMode sets it: nothing that is sent over HTTP becomes a feature.
            case SlackSignedAttribute when http.Features.Get<VerifiedBody>() is { } received:
                context.Items[typeof(VerifiedBody)] = received;
                break;
            case SlackSignedAttribute { MediaType: var mediaType }:
                context.Items[typeof(VerifiedBody)] = await slackSignature.VerifyAsync(
                    http.Request,
                    mediaType,
                    context.CancellationToken
                );
                break;
            case BearerTokenAttribute:
                var caller = await bearerToken.AuthenticateAsync(http, context.CancellationToken);
                limits.Require(caller);
                context.Items[typeof(Caller)] = caller;
                break;
            case AnonymousAttribute:
                break;
            default:
                throw new RequestRefusedException(StatusCodes.Status401Unauthorized, "Not authenticated.");
        }

        // Only now: a client that sends its unauthenticated request slowly must not take the place of others.
        await limits.RunAsync(() => next(context));
    }
}
