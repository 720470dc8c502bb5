using System.Net.Http.Headers;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Timeout;

namespace CoffeeBuddy.Slack.Api;

/// <summary>
/// Sends calls to Slack: waits for the rate limiter, adds address, token and time limit, and reads the answer.
/// </summary>
/// <param name="pipeline">See <see cref="SlackResilience"/>.</param>
/// <param name="observer">Is called after every call that ended with an answer or an error.</param>
internal sealed class SlackTransport(
    HttpClient http,
    ResiliencePipeline pipeline,
    SlackRateLimiter limiter,
    IOptionsMonitor<SlackOptions> options,
    TimeProvider time,
    Action<SlackCall>? observer
)
{
    public async Task<T> CallAsync<T>(
        SlackMethod method,
        HttpContent body,
        JsonTypeInfo<T> responseType,
        RateLimitScope scope,
        CancellationToken cancellationToken
    )
        where T : ApiResponse
    {
        using var content = body;
        await limiter.WaitAsync(method, scope, options.CurrentValue.MaxRateLimitWait, cancellationToken);
        var settings = options.CurrentValue;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(settings.ApiUrl, method.Name));
        request.Content = content;
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", settings.BotToken);
        try
        {
            return await SendAsync(method, request, answer => answer.Read(method, responseType), cancellationToken);
        }
        catch (SlackApiException exception)
            when (exception is { Kind: SlackErrorKind.RateLimited, RetryAfter: { } retryAfter })
        {
            limiter.Block(method, scope, retryAfter);
            throw;
        }
    }

    /// <exception cref="SlackApiException">
    /// Also when the address is not one of Slack's: it comes from a payload, and requests must not go to other servers.
    /// </exception>
    public async Task RespondAsync(string responseUrl, HttpContent body, CancellationToken cancellationToken)
    {
        using var content = body;
        if (!ResponseUrl.TryParse(responseUrl, options.CurrentValue.ApiUrl, out var address))
            throw SlackMethod.ResponseUrl.Failure(
                "invalid_response_url",
                SlackErrorKind.Permanent,
                SlackOutcome.NotDone
            );
        // Without the token: the address itself grants access.
        using var request = new HttpRequestMessage(HttpMethod.Post, address);
        request.Content = content;
        await SendAsync(SlackMethod.ResponseUrl, request, ResponseUrl.ReadAnswer, cancellationToken);
    }

    private async Task<T> SendAsync<T>(
        SlackMethod method,
        HttpRequestMessage request,
        Func<SlackAnswer, T> read,
        CancellationToken cancellationToken
    )
    {
        var start = time.GetTimestamp();
        try
        {
            var result = read(await ExchangeAsync(method, request, cancellationToken));
            observer?.Invoke(new SlackCall(method.Name, Error: null, time.GetElapsedTime(start)));
            return result;
        }
        catch (SlackApiException exception)
        {
            observer?.Invoke(new SlackCall(method.Name, exception.Error, time.GetElapsedTime(start)));
            throw;
        }
    }

    private async Task<SlackAnswer> ExchangeAsync(
        SlackMethod method,
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await pipeline.ExecuteAsync(
                method,
                (http, request),
                static async (call, token) =>
                {
                    using var response = await call.http.SendAsync(call.request, token);
                    return await SlackAnswer.ReceiveAsync(response, token);
                },
                cancellationToken
            );
        }
        catch (TimeoutRejectedException exception)
        {
            throw Failure("timeout", SlackOutcome.InProgress, exception);
        }
        // HttpClient reports a connect timeout this way.
        catch (OperationCanceledException exception) when (exception.InnerException is TimeoutException)
        {
            throw Failure("network", SlackOutcome.NotDone, exception);
        }
        catch (HttpRequestException exception) when (IsWithoutConnection(exception.HttpRequestError))
        {
            throw Failure("network", SlackOutcome.NotDone, exception);
        }
        // The connection broke: Slack may have received the request.
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw Failure("network", SlackOutcome.Unknown, exception);
        }

        SlackApiException Failure(string error, SlackOutcome outcome, Exception cause) =>
            method.Failure(error, SlackErrorKind.Retry, outcome, innerException: cause);
    }

    private static bool IsWithoutConnection(HttpRequestError error) =>
        error
            is HttpRequestError.NameResolutionError
                or HttpRequestError.ConnectionError
                or HttpRequestError.SecureConnectionError
                or HttpRequestError.ProxyTunnelError;
}
