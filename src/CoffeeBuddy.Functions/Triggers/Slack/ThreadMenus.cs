using System.Collections.Concurrent;
using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Menus;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Triggers.Slack;

/// <summary>
/// The menus with which Slack's events are told from conversation, a few seconds old. Events are accepted without the
/// database too: then the last menu that is known counts. Orders are decided with the stored menu, not with this one.
/// </summary>
public sealed class ThreadMenus(MenuStore menus, TimeProvider time, IOptions<CoffeeOptions> options)
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(3);

    /// <summary>A part of the 3 s in which Slack has to be answered.</summary>
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMilliseconds(500);

    /// <summary>Most channels in memory.</summary>
    private const int MaxChannels = 1000;

    private readonly ConcurrentDictionary<
        (string Workspace, string Channel),
        (Menu Menu, DateTimeOffset ReadAt)
    > _known = new();

    public async Task<Menu> GetAsync(string workspaceId, string channelId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var isKnown = _known.TryGetValue((workspaceId, channelId), out var known);
        if (isKnown && now - known.ReadAt < Memory)
            return known.Menu;
        var menu = isKnown ? known.Menu : options.Value.Menu;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeLimit);
        try
        {
            menu = await menus.OfChannelAsync(workspaceId, channelId, limit.Token);
        }
        catch (DatabaseFailureException)
        {
            // The last one counts until the next attempt.
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The same.
        }
        if (_known.Count >= MaxChannels)
            _known.Clear();
        _known[(workspaceId, channelId)] = (menu, now);
        return menu;
    }
}
