using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace CoffeeBuddy.Functions.Hosting;

/// <summary>Reads the body of a request, with limits for its media type, size and duration.</summary>
public static class RequestBody
{
    /// <summary>
    /// Largest body in bytes. Slack's largest payload, a view submission, is about 250 KB, and up to three times as long
    /// as form data. Less than <see cref="Events.KafkaOptions.MaxRecordBytes"/>: what is accepted can be published.
    /// </summary>
    public const int MaxBytes = 768 * 1024;

    /// <summary>How long a client may take to send its body.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <exception cref="RequestRefusedException">415: another media type; 413: too large; 408: too slow; 400:
    /// incomplete.</exception>
    public static async Task<byte[]> ReadAsync(
        HttpRequest request,
        string mediaType,
        CancellationToken cancellationToken
    )
    {
        if (
            !MediaTypeHeaderValue.TryParse(request.ContentType, out var contentType)
            || !contentType.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase)
        )
            throw new RequestRefusedException(
                StatusCodes.Status415UnsupportedMediaType,
                "Unsupported content type.",
                $"Send {mediaType}."
            );
        if (request.ContentLength > MaxBytes)
            throw TooLarge();

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        var body = new ArrayBufferWriter<byte>(4096);
        try
        {
            while (true)
            {
                var read = await request.Body.ReadAsync(body.GetMemory(4096), timeout.Token);
                if (read == 0)
                    return body.WrittenSpan.ToArray();
                body.Advance(read);
                if (body.WrittenCount > MaxBytes)
                    throw TooLarge();
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RequestRefusedException(
                StatusCodes.Status408RequestTimeout,
                "The body took too long.",
                $"Send it within {Timeout.TotalSeconds:0} seconds."
            );
        }
        catch (BadHttpRequestException broken)
        {
            throw new RequestRefusedException(broken.StatusCode, "The body could not be read.");
        }
    }

    private static RequestRefusedException TooLarge() =>
        new(StatusCodes.Status413PayloadTooLarge, "The body is too large.", $"At most {MaxBytes} bytes are accepted.");
}
