namespace CoffeeBuddy.Slack.Api;

/// <summary>The address in a payload for answers to one person.</summary>
internal static class ResponseUrl
{
    /// <summary>Whether the address is one of Slack's: on hooks.slack.com, or on the server of the Web API.</summary>
    public static bool TryParse(string responseUrl, Uri apiUrl, out Uri address)
    {
        if (!Uri.TryCreate(responseUrl, UriKind.Absolute, out address!) || address.UserInfo.Length > 0)
            return false;
        return address is { Scheme: "https", Host: "hooks.slack.com", IsDefaultPort: true }
            || (address.Scheme == apiUrl.Scheme && address.Authority == apiUrl.Authority);
    }

    /// <summary>
    /// Success is <c>ok</c> or <c>{"ok":true}</c>. A failure is a status, a JSON answer, or an error code as plain
    /// text.
    /// </summary>
    /// <exception cref="SlackApiException">The answer is a failure.</exception>
    public static ApiResponse ReadAnswer(SlackAnswer answer)
    {
        var method = SlackMethod.ResponseUrl;
        var response = answer.Deserialize(ApiJson.Default.ApiResponse);
        if (answer.IsSuccess && response is null or { Ok: true })
            return response ?? new ApiResponse { Ok = true };
        if (response is null && IsErrorCode(answer.Text.Trim()))
            response = new ApiResponse { Ok = false, Error = answer.Text.Trim() };
        throw answer.Failure(method, response);
    }

    private static bool IsErrorCode(string text) =>
        text is "used_url" or "expired_url" or "invalid_url" or "no_text" or "invalid_blocks" or "invalid_payload";
}
