using System.Collections.Frozen;

namespace CoffeeBuddy.Slack.Api;

/// <summary>
/// What Slack's error codes mean for the caller: every code that Slack documents for the methods that are called here
/// (https://docs.slack.dev/reference/methods), and the plain texts of a response_url.
/// </summary>
public static class SlackErrors
{
    /// <summary>The app's token, scopes or installation must be corrected.</summary>
    private static readonly string[] Authentication =
    [
        "access_denied",
        "accesslimited",
        "account_inactive",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "forbidden_team",
        "invalid_auth",
        "invalid_token",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "team_access_not_granted",
        "team_disabled",
        "team_not_found",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
    ];

    /// <summary>Slack says that a later call may succeed.</summary>
    private static readonly string[] Temporary =
    [
        "external_channel_migrating",
        "fatal_error",
        "file_update_failed",
        "internal_error",
        "request_timeout",
        "rollup_error",
        "service_unavailable",
        "team_added_to_org",
        "update_failed",
    ];

    /// <summary>The channel, the thread or the message cannot be written to.</summary>
    private static readonly string[] Place =
    [
        "action_prohibited",
        "cannot_reply_to_message",
        "cant_broadcast_message",
        "cant_update_message",
        "channel_is_archived",
        "channel_not_found",
        "channel_type_not_supported",
        "edit_window_closed",
        "invalid_channel",
        "is_archived",
        "is_inactive",
        "message_limit_exceeded",
        "message_not_found",
        "messages_tab_disabled",
        "method_not_supported_for_channel_type",
        "no_active_hooks",
        "no_service",
        "no_team",
        "not_in_channel",
        "posting_to_general_channel_denied",
        "restricted_action",
        "restricted_action_non_threadable_channel",
        "restricted_action_read_only_channel",
        "restricted_action_thread_locked",
        "restricted_action_thread_only_channel",
        "slack_connect_blocked_file_type",
        "slack_connect_canvas_sharing_blocked",
        "slack_connect_clip_sharing_blocked",
        "slack_connect_file_link_sharing_blocked",
        "slack_connect_file_upload_sharing_blocked",
        "slack_connect_lists_sharing_blocked",
        "streaming_state_conflict",
        "thread_not_found",
    ];

    /// <summary>The person cannot be reached or seen.</summary>
    private static readonly string[] Person =
    [
        "cannot_dm_bot",
        "invalid_user_combination",
        "invalid_user_id",
        "not_enabled",
        "not_enough_users",
        "too_many_users",
        "user_disabled",
        "user_not_found",
        "user_not_in_channel",
        "user_not_visible",
        "users_list_not_supplied",
        "users_not_found",
    ];

    /// <summary>The call itself is wrong, or came too late.</summary>
    private static readonly string[] Call =
    [
        "alt_txt_too_large",
        "as_user_not_supported",
        "attachment_payload_limit_exceeded",
        "block_mismatch",
        "deprecated_endpoint",
        "duplicate_channel_not_found",
        "duplicate_external_id",
        "duplicate_message_not_found",
        "exchanged_trigger_id",
        "expired_trigger_id",
        "expired_url",
        "external_id_conflict",
        "file_not_found",
        "file_type_not_allowed",
        "file_upload_size_restricted",
        "file_uploads_disabled",
        "file_uploads_except_images_disabled",
        "hash_conflict",
        "insecure_request",
        "invalid_arg_name",
        "invalid_arguments",
        "invalid_array_arg",
        "invalid_attachments",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_charset",
        "invalid_cursor",
        "invalid_form_data",
        "invalid_json",
        "invalid_limit",
        "invalid_metadata_format",
        "invalid_metadata_keys",
        "invalid_metadata_schema",
        "invalid_payload",
        "invalid_post_type",
        "invalid_thread_ts",
        "invalid_trigger",
        "invalid_trigger_id",
        "invalid_ts_latest",
        "invalid_ts_oldest",
        "invalid_url",
        "json_not_object",
        "limit_required",
        "markdown_text_conflict",
        "metadata_must_be_sent_from_app",
        "metadata_too_large",
        "method_deprecated",
        "missing_args",
        "missing_argument",
        "missing_charset",
        "missing_post_type",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_dual_broadcast_content_update",
        "no_text",
        "not_found",
        "push_limit_reached",
        "snippet_too_large",
        "storage_limit_reached",
        "superfluous_charset",
        "too_many_attachments",
        "too_many_contact_cards",
        "trigger_exchanged",
        "trigger_expired",
        "unknown_method",
        "unknown_snippet_type",
        "upgrade_required",
        "used_url",
        "view_not_found",
        "view_too_large",
    ];

    private static readonly FrozenDictionary<string, SlackErrorKind> Kinds = Authentication
        .Select(code => KeyValuePair.Create(code, SlackErrorKind.Authentication))
        .Concat(Temporary.Select(code => KeyValuePair.Create(code, SlackErrorKind.Retry)))
        .Concat(
            ((string[])[.. Place, .. Person, .. Call]).Select(code =>
                KeyValuePair.Create(code, SlackErrorKind.Permanent)
            )
        )
        .ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>
    /// What to do about an error code. <see cref="SlackResilience"/> repeats a call that failed with a code that is not
    /// documented; after that the code counts as permanent, so that people are told in another way.
    /// </summary>
    internal static SlackErrorKind KindOf(string error) =>
        IsRateLimit(error) ? SlackErrorKind.RateLimited : Kinds.GetValueOrDefault(error, SlackErrorKind.Permanent);

    /// <summary>
    /// Whether a direct message was refused because of its recipient, so that one to somebody else may succeed.
    /// </summary>
    public static bool IsAboutRecipient(string error) =>
        Array.IndexOf(Person, error) >= 0 || (Array.IndexOf(Place, error) >= 0 && error is not "messages_tab_disabled");

    /// <summary>Whether Slack documents the code.</summary>
    internal static bool IsDocumented(string error) => IsRateLimit(error) || Kinds.ContainsKey(error);

    internal static bool IsRateLimit(string? error) => error is "ratelimited" or "rate_limited";

    /// <summary>
    /// Whether Slack executed the call. Slack documents for <c>internal_error</c> and <c>fatal_error</c> that a part of
    /// the operation may have succeeded (https://docs.slack.dev/reference/methods/chat.postMessage).
    /// </summary>
    internal static SlackOutcome OutcomeOf(string error) =>
        error is "internal_error" or "fatal_error" ? SlackOutcome.Unknown : SlackOutcome.NotDone;
}
