using Microsoft.Net.Http.Headers;

namespace SlackSimulator.Control;

/// <summary>
/// Refuses what the web page of another site sends with the developer's browser. The simulator has no login, and the
/// loopback interface does not keep a browser out.
/// </summary>
internal sealed class OriginCheck(SimulatorOptions options)
{
    private const string JsonOnly = "The body must be JSON: Content-Type: application/json.";

    /// <exception cref="SimulatorError">The request is refused.</exception>
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        // Another name that resolves to this machine belongs to a site that would then have the same origin.
        if (!IsOwn(request.Host))
            throw SimulatorError.Forbidden(
                "invalid_host",
                "The Host header is not this machine's. Behind a proxy, give its address with --public-url."
            );
        if (request.Headers.Origin is { Count: > 0 } origin && !IsOwn(origin.ToString(), request.Host))
            throw SimulatorError.Forbidden("invalid_origin", "Web pages of other origins cannot use the simulator.");
        // Browsers send no Origin with images, scripts and links, but since 2023 all send this header.
        if (IsApi(request) && request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "none" or "same-origin"))
            throw SimulatorError.Forbidden("invalid_origin", "Web pages of other origins cannot use the simulator.");
        if (IsControl(request) && !IsJson(request))
            throw new SimulatorError(StatusCodes.Status415UnsupportedMediaType, "invalid_content_type", JsonOnly);
        return next(context);
    }

    private bool IsOwn(HostString host) =>
        host.Host.ToLowerInvariant() is "127.0.0.1" or "localhost" or "[::1]"
        || string.Equals(host.Host, options.PublicAddress?.Host, StringComparison.OrdinalIgnoreCase);

    private bool IsOwn(string origin, HostString host) =>
        origin == $"http://{host}"
        || origin == $"https://{host}"
        || origin == options.PublicAddress?.GetLeftPart(UriPartial.Authority);

    private static bool IsApi(HttpRequest request) =>
        IsControl(request) || request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);

    private static bool IsControl(HttpRequest request) =>
        request.Path.StartsWithSegments("/sim", StringComparison.OrdinalIgnoreCase);

    /// <summary>A form of another site cannot send JSON. A request without a body needs no type.</summary>
    private static bool IsJson(HttpRequest request) =>
        request.ContentType is null
            ? request.ContentLength is null or 0 && !request.Headers.ContainsKey(HeaderNames.TransferEncoding)
            : request.HasJsonContentType();
}
