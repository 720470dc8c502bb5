using System.Globalization;
using System.Net.Http.Headers;
using SlackSimulator.Model;

namespace SlackSimulator.ToApp;

/// <summary>Posts signed requests to the app's URLs and waits up to 3 s for the answer.</summary>
internal sealed class HttpTransport(WorkspaceClock clock, AppSettings app) : IDisposable
{
    /// <summary>The time an app has to answer.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(3);

    private readonly HttpClient _http = new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
        }
    )
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <returns>The answer, and the signature of the request.</returns>
    public async Task<(AppAnswer Answer, string Signature)> SendAsync(
        AppRequest request,
        CancellationToken cancellationToken
    )
    {
        var timestamp = clock.Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = RequestSigner.Sign(app.Current.SigningSecret, timestamp, request.Body);
        if (request.Url is null)
            return (new AppAnswer(null, "", null, 0, "app_missing_url"), signature);

        using var message = new HttpRequestMessage(HttpMethod.Post, request.Url)
        {
            Content = new ByteArrayContent(request.Body),
        };
        message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(request.ContentType);
        message.Headers.TryAddWithoutValidation("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)");
        message.Headers.TryAddWithoutValidation("Accept", "*/*");
        message.Headers.Add("X-Slack-Request-Timestamp", timestamp);
        message.Headers.Add("X-Slack-Signature", signature);
        if (request.RetryNum > 0)
        {
            message.Headers.Add("X-Slack-Retry-Num", request.RetryNum.ToString(CultureInfo.InvariantCulture));
            message.Headers.Add("X-Slack-Retry-Reason", request.RetryReason);
        }

        return (await ExchangeAsync(message, cancellationToken), signature);
    }

    public void Dispose() => _http.Dispose();

    private async Task<AppAnswer> ExchangeAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        var started = clock.Provider.GetTimestamp();
        double Elapsed() => clock.Provider.GetElapsedTime(started).TotalMilliseconds;
        using var timeout = new CancellationTokenSource(AnswerTimeout, clock.Provider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var response = await _http.SendAsync(message, either.Token);
            var body = await response.Content.ReadAsStringAsync(either.Token);
            var noRetry =
                response.Headers.TryGetValues("X-Slack-No-Retry", out var values)
                && values.Contains("1", StringComparer.Ordinal);
            return new AppAnswer(
                (int)response.StatusCode,
                body,
                response.Content.Headers.ContentType?.MediaType,
                Elapsed(),
                response.IsSuccessStatusCode ? null : "http_error",
                noRetry
            );
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new AppAnswer(null, "", null, Elapsed(), "operation_timeout");
        }
        catch (HttpRequestException)
        {
            return new AppAnswer(null, "", null, Elapsed(), "connection_failed");
        }
    }
}
