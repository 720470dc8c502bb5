using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Slack.Payloads;

namespace CoffeeBuddy.Slack.Api;

public sealed partial class SlackClient
{
    /// <summary>The id of the channel for direct messages with a person; Slack creates it when there is none.</summary>
    public async Task<string> OpenConversationAsync(
        string userId,
        string? workspaceId = null,
        CancellationToken cancellationToken = default
    )
    {
        var request = new OpenConversationRequest(userId, SlackIds.TeamOf(workspaceId));
        var response = await CallAsync(
            SlackMethod.OpenConversation,
            request,
            ApiJson.Default.OpenConversationRequest,
            ApiJson.Default.MessageResponse,
            new RateLimitScope(request.TeamId),
            cancellationToken
        );
        return response.Channel ?? throw SlackAnswer.Invalid(SlackMethod.OpenConversation);
    }

    /// <summary>The most members of a channel that are read.</summary>
    public const int MaxMembers = 5 * MembersPerPage;

    private const int MembersPerPage = 1000;

    /// <summary>Slack may fill pages in part.</summary>
    private const int MaxMemberPages = 10;

    /// <summary>For all pages together; each has its own limit too, <see cref="SlackOptions.ViewTimeout"/>.</summary>
    private static readonly TimeSpan MembersTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The user ids of a channel's members, among them guests and people of other companies. The app has to be a member
    /// itself, or the channel public. At most 10 pages and 5 s.
    /// </summary>
    /// <exception cref="SlackApiException">Also <c>too_many_members</c>: more than <see cref="MaxMembers"/>, not an
    /// error of Slack, and <c>timeout</c>: the pages took more than 5 s together.</exception>
    public async Task<IReadOnlySet<string>> GetMembersAsync(
        string channel,
        string? workspaceId = null,
        CancellationToken cancellationToken = default
    )
    {
        var members = new HashSet<string>(StringComparer.Ordinal);
        var started = _transport.Time.GetTimestamp();
        string? cursor = null;
        for (var page = 1; ; page++)
        {
            var response = await ReadAsync(
                SlackMethod.Members,
                [("channel", channel), ("limit", $"{MembersPerPage}"), ("cursor", cursor)],
                ApiJson.Default.MembersResponse,
                workspaceId,
                cancellationToken
            );
            members.UnionWith(response.Members ?? throw SlackAnswer.Invalid(SlackMethod.Members));
            cursor = response.ResponseMetadata?.NextCursor;
            if (string.IsNullOrEmpty(cursor))
                return members;
            if (members.Count >= MaxMembers || page == MaxMemberPages)
                throw SlackMethod.Members.Failure("too_many_members", SlackErrorKind.Permanent, SlackOutcome.NotDone);
            if (_transport.Time.GetElapsedTime(started) >= MembersTimeout)
                throw SlackMethod.Members.Failure("timeout", SlackErrorKind.Retry, SlackOutcome.NotDone);
        }
    }

    /// <summary>Whether a channel is archived: it still has its members. The app has to see the channel.</summary>
    public async Task<bool> IsArchivedAsync(
        string channel,
        string? workspaceId = null,
        CancellationToken cancellationToken = default
    )
    {
        var response = await ReadAsync(
            SlackMethod.ConversationInfo,
            [("channel", channel)],
            ApiJson.Default.ConversationResponse,
            workspaceId,
            cancellationToken
        );
        return (response.Channel ?? throw SlackAnswer.Invalid(SlackMethod.ConversationInfo)).IsArchived;
    }

    /// <summary>A person's profile.</summary>
    public async Task<SlackUser> GetUserAsync(
        string userId,
        string? workspaceId = null,
        CancellationToken cancellationToken = default
    )
    {
        var response = await ReadAsync(
            SlackMethod.GetUser,
            [("user", userId), ("include_locale", "true")],
            ApiJson.Default.UserResponse,
            workspaceId,
            cancellationToken
        );
        var user = response.User ?? throw SlackAnswer.Invalid(SlackMethod.GetUser);
        return new SlackUser(
            user.Id ?? userId,
            FirstText(user.Profile?.DisplayName, user.Profile?.RealName, user.RealName, user.Name) ?? userId,
            FirstText(user.Profile?.RealName, user.RealName),
            FirstText(user.Profile?.Email),
            FirstText(user.Tz),
            user.IsBot,
            user.Deleted
        )
        {
            UtcOffsetSeconds = user.TzOffset,
            Locale = Languages.IsLocale(user.Locale) ? user.Locale : null,
            TeamId = FirstText(user.TeamId),
            IsStranger = user.IsStranger,
            IsGuest = user.IsRestricted || user.IsUltraRestricted,
        };
    }

    /// <summary>When a person is not to be disturbed. Needs the scope dnd:read.</summary>
    /// <returns>Null: at no time.</returns>
    public async Task<DoNotDisturbPeriod?> GetDoNotDisturbAsync(
        string userId,
        string? workspaceId = null,
        CancellationToken cancellationToken = default
    )
    {
        var response = await ReadAsync(
            SlackMethod.DoNotDisturb,
            [("user", userId)],
            ApiJson.Default.DoNotDisturbResponse,
            workspaceId,
            cancellationToken
        );
        if (!response.DndEnabled)
            return null;
        var (from, until) = (response.NextDndStartTs, response.NextDndEndTs);
        return from is > 0 and < LatestTs && until is > 0 and < LatestTs
            ? new(DateTimeOffset.FromUnixTimeSeconds(from), DateTimeOffset.FromUnixTimeSeconds(until))
            : throw SlackAnswer.Invalid(SlackMethod.DoNotDisturb);
    }

    /// <summary>The year 5138: .NET knows these times, and so does PostgreSQL.</summary>
    private const long LatestTs = 100_000_000_000;

    private static string? FirstText(params ReadOnlySpan<string?> candidates)
    {
        foreach (var candidate in candidates)
        {
            if (!string.IsNullOrWhiteSpace(candidate))
                return candidate;
        }
        return null;
    }
}
