using System.Security.Cryptography;
using System.Text;
using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.Payloads;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Security;

/// <summary>
/// The body of a request that Slack has sent: over HTTP with a valid signature, byte for byte, or over a Socket Mode
/// connection that this worker has opened.
/// </summary>
/// <param name="Id">Recognises a repetition: over HTTP the same for the same bytes with the same timestamp. Nobody can
/// compute the signature from it.</param>
public sealed record VerifiedBody(byte[] Bytes, string Id);

/// <summary>
/// Accepts only requests that Slack has signed. Nothing of the body is parsed before the signature was checked.
/// </summary>
public sealed class SlackSignatureCheck(IOptionsMonitor<SlackOptions> options, TimeProvider time)
{
    /// <summary>
    /// Slack's check of the server certificate, <c>GET ?ssl_check=1</c>. It is not signed and expects an empty 200.
    /// </summary>
    public static bool IsCertificateProbe(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Query["ssl_check"] == "1";

    /// <exception cref="RequestRefusedException">400: a GET; 401: no valid signature; 408, 413, 415: see
    /// <see cref="RequestBody"/>.</exception>
    public async Task<VerifiedBody> VerifyAsync(
        HttpRequest request,
        string mediaType,
        CancellationToken cancellationToken
    )
    {
        if (HttpMethods.IsGet(request.Method))
            throw new RequestRefusedException(
                StatusCodes.Status400BadRequest,
                "Nothing to read here.",
                "Slack posts to this address."
            );

        var timestamp = request.Headers[SlackSignature.TimestampHeader];
        var signature = request.Headers[SlackSignature.SignatureHeader];
        // Checked before the body is read: an unsigned request must not make the worker read a megabyte.
        if (string.IsNullOrEmpty(timestamp) || string.IsNullOrEmpty(signature))
            throw NotSigned(SignatureResult.MissingHeader);
        var body = await RequestBody.ReadAsync(request, mediaType, cancellationToken);
        var result = SlackSignature.Verify(
            options.CurrentValue.SigningSecrets,
            timestamp,
            signature,
            body,
            time.GetUtcNow()
        );
        return result == SignatureResult.Valid
            ? new VerifiedBody(
                body,
                Convert.ToHexString(SHA256.HashData([.. Encoding.UTF8.GetBytes($"{timestamp}:"), .. body]))
            )
            : throw NotSigned(result);
    }

    private static RequestRefusedException NotSigned(SignatureResult result) =>
        new(StatusCodes.Status401Unauthorized, "The request is not signed by Slack.", $"Signature: {result}.");
}
