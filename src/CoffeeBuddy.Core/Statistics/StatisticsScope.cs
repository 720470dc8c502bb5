namespace CoffeeBuddy.Core.Statistics;

/// <summary>The runs that statistics are about.</summary>
/// <param name="ChannelId">Null: all channels of the workspace.</param>
public sealed record StatisticsScope(string WorkspaceId, string? ChannelId);
