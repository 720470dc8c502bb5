using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;

namespace CoffeeBuddy.Slack.Api;

public sealed partial class SlackClient
{
    /// <summary>Opens a modal for the person whose command or click the trigger comes from.</summary>
    /// <param name="triggerId">Valid once, for 3 s.</param>
    public Task<OpenedView> OpenViewAsync(
        string triggerId,
        View view,
        string? workspaceId = null,
        CancellationToken cancellationToken = default
    ) =>
        SendAsync(
            SlackMethod.OpenView,
            new ViewRequest(view) { TriggerId = triggerId, TeamId = SlackIds.TeamOf(workspaceId) },
            cancellationToken
        );

    /// <summary>Replaces an open modal.</summary>
    /// <param name="hash">Update only the view with this hash; another one fails with <c>hash_conflict</c>. Null:
    /// always update.</param>
    public Task<OpenedView> UpdateViewAsync(
        string viewId,
        View view,
        string? hash = null,
        string? workspaceId = null,
        CancellationToken cancellationToken = default
    ) =>
        SendAsync(
            SlackMethod.UpdateView,
            new ViewRequest(view)
            {
                ViewId = viewId,
                Hash = hash,
                TeamId = SlackIds.TeamOf(workspaceId),
            },
            cancellationToken
        );

    /// <summary>Sets a person's App Home.</summary>
    public Task<OpenedView> PublishViewAsync(
        string userId,
        View view,
        string? workspaceId = null,
        CancellationToken cancellationToken = default
    ) =>
        SendAsync(
            SlackMethod.PublishView,
            new ViewRequest(view) { UserId = userId, TeamId = SlackIds.TeamOf(workspaceId) },
            cancellationToken
        );

    private async Task<OpenedView> SendAsync(
        SlackMethod method,
        ViewRequest request,
        CancellationToken cancellationToken
    )
    {
        var response = await CallAsync(
            method,
            request,
            ApiJson.Default.ViewRequest,
            ApiJson.Default.ViewCallResponse,
            new RateLimitScope(request.TeamId),
            cancellationToken
        );
        return response.View ?? throw SlackAnswer.Invalid(method);
    }
}
