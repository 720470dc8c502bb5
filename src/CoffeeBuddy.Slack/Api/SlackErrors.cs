namespace CoffeeBuddy.Slack.Api;

/// <summary>What Slack's error codes mean for the caller.</summary>
internal static class SlackErrors
{
    /// <summary>What to do about an error code. An unknown code may be temporary and is retried.</summary>
    public static SlackErrorKind KindOf(string error) =>
        error switch
        {
            _ when IsRateLimit(error) => SlackErrorKind.RateLimited,
            "invalid_auth"
            or "token_revoked"
            or "token_expired"
            or "account_inactive"
            or "not_authed"
            or "missing_scope"
            or "not_allowed_token_type"
            or "no_permission"
            or "org_login_required"
            or "team_access_not_granted"
            or "ekm_access_denied"
            or "access_denied" => SlackErrorKind.Authentication,
            "channel_not_found"
            or "is_archived"
            or "not_in_channel"
            or "channel_is_archived"
            or "restricted_action"
            or "user_not_found"
            or "users_not_found"
            or "user_not_visible"
            or "user_disabled"
            or "user_not_in_channel"
            or "cannot_dm_bot"
            or "invalid_blocks"
            or "invalid_blocks_format"
            or "msg_too_long"
            or "msg_blocks_too_long"
            or "no_text"
            or "invalid_arguments"
            or "invalid_arg_name"
            or "invalid_json"
            or "invalid_post_type"
            or "invalid_form_data"
            or "message_not_found"
            or "cant_update_message"
            or "edit_window_closed"
            or "messages_tab_disabled"
            or "expired_trigger_id"
            or "exchanged_trigger_id"
            or "invalid_trigger_id"
            or "view_not_found"
            or "view_too_large"
            or "hash_conflict"
            or "not_found"
            or "push_limit_reached"
            or "duplicate_external_id"
            or "not_enabled"
            or "unknown_method"
            or "method_deprecated"
            or "deprecated_endpoint"
            or "expired_url"
            or "used_url"
            or "invalid_url"
            or "invalid_payload"
            or "invalid_response_url" => SlackErrorKind.Permanent,
            _ => SlackErrorKind.Retry,
        };

    public static bool IsRateLimit(string? error) => error is "ratelimited" or "rate_limited";

    /// <summary>
    /// Whether Slack executed the call. Slack documents for <c>internal_error</c> and <c>fatal_error</c> that a part of
    /// the operation may have succeeded (https://docs.slack.dev/reference/methods/chat.postMessage).
    /// </summary>
    public static SlackOutcome OutcomeOf(string error) =>
        error is "internal_error" or "fatal_error" ? SlackOutcome.Unknown : SlackOutcome.NotDone;
}
