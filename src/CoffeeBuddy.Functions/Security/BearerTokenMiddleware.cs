using CoffeeBuddy.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Security;

/// <summary>Lets only callers with a good bearer token reach the API, and says who they are.</summary>
public sealed partial class BearerTokenMiddleware(TokenValidator tokens, ILogger<BearerTokenMiddleware> logger)
    : IFunctionsWorkerMiddleware
{
    private const string Scheme = "Bearer ";

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var http = context.GetHttpContext()!;
        var authorization = http.Request.Headers.Authorization.ToString();
        if (!authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            throw Unauthorized(http, "Bearer", "Send an access token: Authorization: Bearer <token>.");

        Caller? caller;
        try
        {
            caller = await tokens.ValidateAsync(authorization[Scheme.Length..].Trim(), context.CancellationToken);
        }
        catch (IssuerUnavailableException unavailable)
        {
            Log.IssuerUnavailable(logger, unavailable.InnerException?.Message ?? unavailable.Message);
            http.Response.Headers.RetryAfter = "5";
            throw new RequestRefusedException(
                StatusCodes.Status503ServiceUnavailable,
                "The identity provider cannot be reached.",
                "Try again shortly."
            );
        }

        context.Items[typeof(Caller)] =
            caller
            ?? throw Unauthorized(
                http,
                "Bearer error=\"invalid_token\"",
                "The access token is not valid here, or no longer."
            );
        await next(context);
    }

    private static RequestRefusedException Unauthorized(HttpContext http, string challenge, string detail)
    {
        http.Response.Headers.WWWAuthenticate = challenge;
        return new(StatusCodes.Status401Unauthorized, "Not authenticated.", detail);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The OIDC issuer cannot be reached: {Reason}")]
        public static partial void IssuerUnavailable(ILogger logger, string reason);
    }
}
