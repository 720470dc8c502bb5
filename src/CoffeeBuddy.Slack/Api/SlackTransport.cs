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
    public TimeProvider Time => time;

    /// <summary>Opens WebSockets by the same way as calls: proxy, versions of TLS.</summary>
    public HttpMessageInvoker Http => http;

    public TimeSpan Timeout => options.CurrentValue.Timeout;

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
        var address = new Uri(settings.ApiUrl, method.Name);
        var authorization = new AuthenticationHeaderValue(
            "Bearer",
            method.UsesAppToken ? settings.AppToken : settings.BotToken
        );
        try
        {
            return await SendAsync(
                method,
                () => Request(address, content, authorization),
                answer => answer.Read(method, responseType),
                cancellationToken
            );
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
        await SendAsync(
            SlackMethod.ResponseUrl,
            () => Request(address, content, authorization: null),
            ResponseUrl.ReadAnswer,
            cancellationToken
        );
    }

    /// <exception cref="SlackApiException">
    /// Also when the address is not one of Slack's: what people do must not go to other servers.
    /// </exception>
    public async Task UploadAsync(string uploadUrl, HttpContent body, CancellationToken cancellationToken)
    {
        using var content = body;
        var method = SlackMethod.UploadContent;
        if (!UploadUrl.TryParse(uploadUrl, options.CurrentValue.ApiUrl, out var address))
            throw method.Failure("invalid_upload_url", SlackErrorKind.Permanent, SlackOutcome.NotDone);
        // Without the token: the address itself grants access. Slack answers with a text.
        await SendAsync(
            method,
            () => Request(address, content, authorization: null),
            answer => answer.IsSuccess ? answer : throw answer.Failure(method, response: null),
            cancellationToken
        );
    }

    // A request can be sent once, its content again.
    private static HttpRequestMessage Request(
        Uri address,
        HttpContent content,
        AuthenticationHeaderValue? authorization
    )
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
        request.Headers.Authorization = authorization;
        return request;
    }

    private async Task<T> SendAsync<T>(
        SlackMethod method,
        Func<HttpRequestMessage> request,
        Func<SlackAnswer, T> read,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await pipeline.ExecuteAsync(
                method,
                (Transport: this, Method: method, Request: request, Read: read),
                static (call, token) => call.Transport.SendOnceAsync(call.Method, call.Request(), call.Read, token),
                cancellationToken
            );
        }
        // Here and not around each attempt: the time limit is for all of them.
        catch (TimeoutRejectedException exception)
        {
            observer?.Invoke(new SlackCall(method.Name, "timeout", exception.Timeout));
            throw Failure(method, "timeout", SlackOutcome.InProgress, exception);
        }
    }

    private async Task<T> SendOnceAsync<T>(
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
            using var response = await http.SendAsync(request, cancellationToken);
            return await SlackAnswer.ReceiveAsync(response, cancellationToken);
        }
        // HttpClient reports a connect timeout this way.
        catch (OperationCanceledException exception) when (exception.InnerException is TimeoutException)
        {
            throw Failure(method, "network", SlackOutcome.NotDone, exception);
        }
        catch (HttpRequestException exception) when (IsWithoutConnection(exception.HttpRequestError))
        {
            throw Failure(method, "network", SlackOutcome.NotDone, exception);
        }
        // The connection broke: Slack may have received the request.
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw Failure(method, "network", SlackOutcome.Unknown, exception);
        }
    }

    private static SlackApiException Failure(SlackMethod method, string error, SlackOutcome outcome, Exception cause) =>
        method.Failure(error, SlackErrorKind.Retry, outcome, innerException: cause);

    private static bool IsWithoutConnection(HttpRequestError error) =>
        error
            is HttpRequestError.NameResolutionError
                or HttpRequestError.ConnectionError
                or HttpRequestError.SecureConnectionError
                or HttpRequestError.ProxyTunnelError;
}
