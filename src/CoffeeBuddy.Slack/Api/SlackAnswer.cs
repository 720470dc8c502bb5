using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace CoffeeBuddy.Slack.Api;

/// <summary>An HTTP answer to a call, and what it means.</summary>
/// <param name="retryAfter">From the Retry-After header; null without one in seconds.</param>
// Not a record: ToString must not show the text, which contains what people ordered.
internal sealed class SlackAnswer(HttpStatusCode status, TimeSpan? retryAfter, string text)
{
    // Slack sends Retry-After with every 429. A proxy may leave it out.
    private static readonly TimeSpan DefaultRetryAfter = TimeSpan.FromSeconds(1);

    public string Text { get; } = text;

    public bool IsSuccess => (int)status is >= 200 and < 300;

    public static async Task<SlackAnswer> ReceiveAsync(
        HttpResponseMessage response,
        CancellationToken cancellationToken
    )
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return new(response.StatusCode, response.Headers.RetryAfter?.Delta, Encoding.UTF8.GetString(body));
    }

    /// <summary>The error for an answer that is not what Slack documents for the method.</summary>
    public static SlackApiException Invalid(SlackMethod method) =>
        method.Failure("invalid_response", SlackErrorKind.Retry, SlackOutcome.Unknown);

    /// <exception cref="SlackApiException">The answer is not a success.</exception>
    public T Read<T>(SlackMethod method, JsonTypeInfo<T> type)
        where T : ApiResponse
    {
        var response = Deserialize(type);
        return IsSuccess && response is { Ok: true } ? response : throw Failure(method, response);
    }

    /// <summary>The answer's JSON object; null when it has none.</summary>
    public T? Deserialize<T>(JsonTypeInfo<T> type)
        where T : ApiResponse
    {
        try
        {
            return Text.AsSpan().TrimStart() is ['{', ..] ? JsonSerializer.Deserialize(Text, type) : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    public SlackApiException Failure(SlackMethod method, ApiResponse? response)
    {
        if (status == HttpStatusCode.TooManyRequests || SlackErrors.IsRateLimit(response?.Error))
            return method.Failure(
                "ratelimited",
                SlackErrorKind.RateLimited,
                SlackOutcome.NotDone,
                retryAfter ?? DefaultRetryAfter
            );
        if (response is { Ok: false, Error: { Length: > 0 } error })
            return method.Failure(
                error,
                SlackErrors.KindOf(error),
                SlackErrors.OutcomeOf(error),
                retryAfter,
                details: DetailsOf(response)
            );
        if (IsSuccess)
            return Invalid(method);
        // Slack reports errors as JSON. This answer comes from something between us and Slack, and may be temporary.
        return method.Failure(
            $"http_{(int)status}",
            SlackErrorKind.Retry,
            (int)status >= 500 ? SlackOutcome.Unknown : SlackOutcome.NotDone,
            retryAfter
        );
    }

    private static IReadOnlyList<string> DetailsOf(ApiResponse response)
    {
        string[] needed = string.IsNullOrEmpty(response.Needed) ? [] : [$"Needed: {response.Needed}."];
        return [.. needed, .. response.ResponseMetadata?.Messages ?? []];
    }
}
