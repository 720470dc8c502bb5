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
            throw Unauthorized("Bearer", "Send an access token: Authorization: Bearer <token>.");
        try
        {
            return await tokens.ValidateAsync(authorization[Scheme.Length..].Trim(), cancellationToken);
        }
        catch (InvalidTokenException invalid)
        {
            Log.TokenRefused(logger, invalid.Message);
            throw Unauthorized("Bearer error=\"invalid_token\"", "The access token is not valid here, or no longer.");
        }
        catch (IssuerUnavailableException unavailable)
        {
            throw new RequestRefusedException(
                StatusCodes.Status503ServiceUnavailable,
                unavailable.Message,
                "Try again shortly."
            )
            {
                RetryAfter = unavailable.RetryAfter,
            };
        }
    }

    /// <summary>403: the token is valid, but lacks a scope (RFC 6750, 3.1).</summary>
    public static RequestRefusedException InsufficientScope(string scope, string detail) =>
        new(StatusCodes.Status403Forbidden, "Not allowed.", detail)
        {
            Challenge = $"Bearer error=\"insufficient_scope\", scope=\"{scope}\"",
        };

    private static RequestRefusedException Unauthorized(string challenge, string detail) =>
        new(StatusCodes.Status401Unauthorized, "Not authenticated.", detail) { Challenge = challenge };

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "A bearer token was refused: {Reason}")]
        public static partial void TokenRefused(ILogger logger, string reason);
    }
}
