namespace CoffeeBuddy.Slack.Api;

/// <summary>The address in a payload for answers to one person.</summary>
internal static class ResponseUrl
{
    /// <summary>
    /// Whether the address is one of Slack's: on hooks.slack.com, on hooks.slack-gov.com where the Web API is
    /// GovSlack's, or on the server of the Web API.
    /// </summary>
    public static bool TryParse(string responseUrl, Uri apiUrl, out Uri address) =>
        SlackAddress.TryParse(responseUrl, "hooks", apiUrl, out address);

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

    // An answer of plain text with another word may come from a proxy.
    private static readonly string[] ErrorCodes =
    [
        "action_prohibited",
        "channel_is_archived",
        "channel_not_found",
        "expired_url",
        "invalid_blocks",
        "invalid_payload",
        "invalid_token",
        "invalid_url",
        "msg_too_long",
        "no_active_hooks",
        "no_service",
        "no_team",
        "no_text",
        "posting_to_general_channel_denied",
        "rollup_error",
        "team_disabled",
        "too_many_attachments",
        "used_url",
        "user_not_found",
    ];

    private static bool IsErrorCode(string text) => ErrorCodes.Contains(text);
}
