namespace CoffeeBuddy.Slack.Api;

/// <summary>What Slack counts a call for, besides its method.</summary>
/// <param name="WorkspaceId">Null for a call without <c>team_id</c>: the token's own workspace.</param>
/// <param name="Channel">The channel posted to; null when the method names none.</param>
internal readonly record struct RateLimitScope(string? WorkspaceId, string? Channel = null);
