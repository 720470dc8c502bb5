using CoffeeBuddy.Slack.Api;
using Microsoft.Extensions.Caching.Memory;

namespace CoffeeBuddy.Functions.Notifications;

/// <summary>Finds the channel of a person's direct messages. Slack never changes it, so the result is cached.</summary>
public sealed class DirectMessages(SlackClient slack) : IDisposable
{
    private readonly MemoryCache _channels = new(new MemoryCacheOptions { SizeLimit = 10_000 });

    /// <exception cref="SlackApiException">For example <c>user_not_found</c> or <c>cannot_dm_bot</c>.</exception>
    public async Task<string> ChannelOfAsync(string userId, string workspaceId, CancellationToken cancellationToken)
    {
        if (_channels.TryGetValue(userId, out string? known))
            return known!;
        var channel = await slack.OpenConversationAsync(userId, workspaceId, cancellationToken);
        return _channels.Set(
            userId,
            channel,
            new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = TimeSpan.FromHours(12) }
        );
    }

    public void Dispose() => _channels.Dispose();
}
