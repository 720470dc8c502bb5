using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Slack.Api;

/// <summary>Carries calls to Slack: address, token, time limit, and what an answer means.</summary>
/// <param name="observer">Told of every finished call.</param>
public sealed class SlackTransport(
    HttpClient http,
    IOptionsMonitor<SlackOptions> options,
    TimeProvider time,
    Action<SlackCall>? observer = null
)
{
    private const string ResponseUrl = "response_url";

    // Slack gives seconds with every 429; this is for whoever stands in between and does not.
    private static readonly TimeSpan UnknownRetryAfter = TimeSpan.FromSeconds(1);

    internal static HttpContent Json<T>(T value, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        return content;
    }

    internal static SlackApiException Invalid(string method) =>
        new(method, "invalid_response", SlackErrorKind.Retry) { OutcomeUnknown = true };

    internal async Task<T> CallAsync<T>(
        string method,
        HttpContent body,
        JsonTypeInfo<T> responseType,
        CancellationToken cancellationToken
    )
        where T : ApiResponse
    {
        var settings = options.CurrentValue;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(settings.ApiUrl, method))
        {
            Content = body,
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", settings.BotToken);
        var timeout =
            method.StartsWith("views.", StringComparison.Ordinal) && method != "views.publish"
                ? settings.ViewTimeout
                : settings.Timeout;
        return await ObserveAsync(
            method,
            async () =>
            {
                var (status, headers, text) = await SendAsync(method, request, timeout, cancellationToken);
                var answer = Read(text, responseType);
                if (answer is { Ok: true } && (int)status is >= 200 and < 300)
                    return answer;
                throw Failure(method, status, headers, answer);
            }
        );
    }

    /// <exception cref="SlackApiException">Also when the address is not one of Slack's: it came in a payload and must not lead elsewhere.</exception>
    internal async Task RespondAsync(string responseUrl, HttpContent body, CancellationToken cancellationToken)
    {
        var settings = options.CurrentValue;
        if (!IsSlacks(responseUrl, settings.ApiUrl, out var address))
            throw new SlackApiException(ResponseUrl, "invalid_response_url", SlackErrorKind.Permanent);
        // Without the token: the address itself is the permission.
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = body };
        await ObserveAsync(
            ResponseUrl,
            async () =>
            {
                var (status, headers, text) = await SendAsync(
                    ResponseUrl,
                    request,
                    settings.Timeout,
                    cancellationToken
                );
                // Success is "ok" or {"ok":true}; failure has a status, a JSON answer, or an error code as plain text.
                var answer = Read(text, SlackMessagesJson.Default.ApiResponse);
                if ((int)status is >= 200 and < 300 && answer is null or { Ok: true })
                    return true;
                var isCode =
                    answer is null
                    && text.Trim()
                        is "used_url"
                            or "expired_url"
                            or "invalid_url"
                            or "no_text"
                            or "invalid_blocks"
                            or "invalid_payload";
                throw Failure(
                    ResponseUrl,
                    status,
                    headers,
                    isCode ? new ApiResponse { Ok = false, Error = text.Trim() } : answer
                );
            }
        );
    }

    internal static bool IsSlacks(string responseUrl, Uri apiUrl, out Uri address)
    {
        if (!Uri.TryCreate(responseUrl, UriKind.Absolute, out address!) || address.UserInfo.Length > 0)
            return false;
        return address is { Scheme: "https", Host: "hooks.slack.com", IsDefaultPort: true }
            || (address.Scheme == apiUrl.Scheme && address.Authority == apiUrl.Authority);
    }

    private async Task<T> ObserveAsync<T>(string method, Func<Task<T>> call)
    {
        var start = time.GetTimestamp();
        try
        {
            var result = await call();
            observer?.Invoke(new SlackCall(method, null, null, time.GetElapsedTime(start)));
            return result;
        }
        catch (SlackApiException exception)
        {
            observer?.Invoke(new SlackCall(method, exception.Kind, exception.Error, time.GetElapsedTime(start)));
            throw;
        }
    }

    private async Task<(HttpStatusCode Status, HttpResponseHeaders Headers, string Text)> SendAsync(
        string method,
        HttpRequestMessage request,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            var bytes = await response.Content.ReadAsByteArrayAsync(either.Token);
            return (response.StatusCode, response.Headers, Encoding.UTF8.GetString(bytes));
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SlackApiException(method, "timeout", SlackErrorKind.Retry, innerException: exception)
            {
                OutcomeUnknown = true,
            };
        }
        catch (HttpRequestException exception)
        {
            // Without a connection nothing was asked; once there is one, the request may have arrived.
            var sent =
                exception.HttpRequestError
                is not (
                    HttpRequestError.NameResolutionError
                    or HttpRequestError.ConnectionError
                    or HttpRequestError.SecureConnectionError
                    or HttpRequestError.ProxyTunnelError
                );
            throw new SlackApiException(method, "network", SlackErrorKind.Retry, innerException: exception)
            {
                OutcomeUnknown = sent,
            };
        }
        catch (IOException exception)
        {
            throw new SlackApiException(method, "network", SlackErrorKind.Retry, innerException: exception)
            {
                OutcomeUnknown = true,
            };
        }
    }

    private static T? Read<T>(string text, JsonTypeInfo<T> type)
        where T : ApiResponse
    {
        try
        {
            return text.AsSpan().TrimStart() is ['{', ..] ? JsonSerializer.Deserialize(text, type) : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static SlackApiException Failure(
        string method,
        HttpStatusCode status,
        HttpResponseHeaders headers,
        ApiResponse? answer
    )
    {
        if (
            status == HttpStatusCode.TooManyRequests
            || answer?.Error is { } code && SlackErrors.KindOf(code) == SlackErrorKind.RateLimited
        )
            return new(
                method,
                "ratelimited",
                SlackErrorKind.RateLimited,
                headers.RetryAfter?.Delta ?? UnknownRetryAfter
            );
        if (answer is { Ok: false, Error: { Length: > 0 } error })
        {
            string[] needed = string.IsNullOrEmpty(answer.Needed) ? [] : [$"Needed: {answer.Needed}."];
            return new(method, error, SlackErrors.KindOf(error), headers.RetryAfter?.Delta)
            {
                OutcomeUnknown = SlackErrors.IsOutcomeUnknown(error),
                Details = [.. needed, .. answer.ResponseMetadata?.Messages ?? []],
            };
        }
        if ((int)status is >= 200 and < 300)
            return Invalid(method);
        // Slack says in JSON what is wrong. This is somebody on the way to it, such as a proxy, and may pass.
        return new(method, $"http_{(int)status}", SlackErrorKind.Retry, headers.RetryAfter?.Delta)
        {
            OutcomeUnknown = (int)status >= 500,
        };
    }
}
