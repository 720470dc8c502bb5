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

    /// <summary>A person's profile.</summary>
    public async Task<SlackUser> GetUserAsync(
        string userId,
        string? workspaceId = null,
        CancellationToken cancellationToken = default
    )
    {
        var response = await ReadAsync(
            SlackMethod.GetUser,
            [("user", userId)],
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
            TeamId = FirstText(user.TeamId),
            IsStranger = user.IsStranger,
            IsGuest = user.IsRestricted || user.IsUltraRestricted,
        };
    }

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
