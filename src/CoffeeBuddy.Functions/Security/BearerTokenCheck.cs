using CoffeeBuddy.Functions.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Security;

/// <summary>Accepts only requests with a valid access token in <c>Authorization: Bearer</c>.</summary>
public sealed partial class BearerTokenCheck(TokenValidator tokens, ILogger<BearerTokenCheck> logger)
{
    private const string Scheme = "Bearer ";

    /// <exception cref="RequestRefusedException">401: no valid token; 503: the issuer cannot be reached.</exception>
    public async Task<Caller> AuthenticateAsync(HttpContext http, CancellationToken cancellationToken)
    {
        var authorization = http.Request.Headers.Authorization.ToString();
        if (!authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            throw Unauthorized(http, "Bearer", "Send an access token: Authorization: Bearer <token>.");
        try
        {
            return await tokens.ValidateAsync(authorization[Scheme.Length..].Trim(), cancellationToken)
                ?? throw Unauthorized(
                    http,
                    "Bearer error=\"invalid_token\"",
                    "The access token is not valid here, or no longer."
                );
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
