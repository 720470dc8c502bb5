using System.Collections.Concurrent;
using CoffeeBuddy.Functions.Security;
using CoffeeBuddy.Slack.Api;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Runs;

/// <summary>
/// Who is a member of which channel: as Slack's requests show it, otherwise as Slack answers. In memory for minutes, at
/// each replica. Nobody is a member of a channel that the app cannot see.
/// </summary>
public sealed partial class ChannelMembers(SlackClient slack, TimeProvider time, ILogger<ChannelMembers> logger)
{
    /// <summary>How long a member counts as one; somebody who left the channel may act there as long.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(5);

    /// <summary>How long somebody who is no member has to wait after joining.</summary>
    private static readonly TimeSpan MemoryOfOthers = TimeSpan.FromSeconds(15);

    /// <summary>Most people seen in channels in memory.</summary>
    private const int MaxSeen = 10_000;

    /// <summary>Most channels in memory, each with up to <see cref="SlackClient.MaxMembers"/>.</summary>
    private const int MaxAnswers = 500;

    /// <summary>
    /// Questions that one person can cause within a minute: with invented channel ids nobody uses up Slack's 100 calls a
    /// minute, which are for everybody.
    /// </summary>
    private const int QuestionsPerMinute = 20;

    private static readonly IReadOnlySet<string> Nobody = new HashSet<string>();

    // By workspace too: a caller of the API names both, and Slack is asked about both.
    private readonly ConcurrentDictionary<(string Workspace, string Channel, string User), DateTimeOffset> _seen =
        new();
    private readonly ConcurrentDictionary<(string Workspace, string Channel), Answer> _answers = new();
    private readonly SlidingLimit _questions = new(time, QuestionsPerMinute, TimeSpan.FromMinutes(1));

    /// <summary>A request that Slack has signed shows the person in the channel.</summary>
    /// <returns>Until when the person counts as a member.</returns>
    public DateTimeOffset Saw(string workspaceId, string channelId, string userId)
    {
        var now = time.GetUtcNow();
        if (_seen.Count >= MaxSeen)
            RemoveOld(_seen, MaxSeen, at => now - at >= Memory);
        _seen[(workspaceId, channelId, userId)] = now;
        return now + Memory;
    }

    /// <exception cref="MembersUnknownException">Slack does not say who is in the channel.</exception>
    public async Task<bool> ContainAsync(
        string workspaceId,
        string channelId,
        string userId,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var channel = (workspaceId, channelId);
        if (_seen.TryGetValue((workspaceId, channelId, userId), out var seenAt) && now - seenAt < Memory)
            return true;
        if (!_answers.TryGetValue(channel, out var answer) || !IsFresh(answer, userId, now))
            answer = Ask(channel, userId, outdated: answer, now);
        try
        {
            return (await answer.Members.Value.WaitAsync(cancellationToken)).Contains(userId);
        }
        catch (SlackApiException failure)
        {
            _answers.TryRemove(KeyValuePair.Create(channel, answer));
            Log.NotAnswered(logger, channelId, failure.Error, failure.Message);
            throw new MembersUnknownException(failure);
        }
    }

    /// <summary>
    /// One question for all who wait for it at the same time: it has a time limit of its own and nobody's token.
    /// </summary>
    private Answer Ask((string Workspace, string Channel) channel, string userId, Answer? outdated, DateTimeOffset now)
    {
        if (_questions.Take(userId) is { } wait)
        {
            Log.TooManyQuestions(logger, userId);
            throw new MembersUnknownException(wait);
        }
        if (_answers.Count >= MaxAnswers)
            RemoveOld(_answers, MaxAnswers, answer => now - answer.AskedAt >= Memory);
        var asked = new Answer(now, new(() => AskAsync(channel.Workspace, channel.Channel)));
        return _answers.AddOrUpdate(
            channel,
            _ => asked,
            (_, other) => ReferenceEquals(other, outdated) ? asked : other
        );
    }

    private static bool IsFresh(Answer answer, string userId, DateTimeOffset now)
    {
        var age = now - answer.AskedAt;
        var members = answer.Members.Value;
        return !members.IsCompleted
            || (members.IsCompletedSuccessfully && age < (members.Result.Contains(userId) ? Memory : MemoryOfOthers));
    }

    private async Task<IReadOnlySet<string>> AskAsync(string workspaceId, string channelId)
    {
        try
        {
            return await slack.GetMembersAsync(channelId, workspaceId, CancellationToken.None);
        }
        catch (SlackApiException failure) when (failure.Error == "channel_not_found")
        {
            return Nobody;
        }
    }

    /// <summary>Forgets everything where that is not enough: then Slack is asked again.</summary>
    private static void RemoveOld<TKey, TValue>(
        ConcurrentDictionary<TKey, TValue> memory,
        int most,
        Func<TValue, bool> isOld
    )
        where TKey : notnull
    {
        foreach (var entry in memory.Where(entry => isOld(entry.Value)).ToList())
            memory.TryRemove(entry);
        if (memory.Count >= most)
            memory.Clear();
    }

    private sealed record Answer(DateTimeOffset AskedAt, Lazy<Task<IReadOnlySet<string>>> Members);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Slack does not say who is in {ChannelId}, {Error}: {Reason}")]
        public static partial void NotAnswered(ILogger logger, string channelId, string error, string reason);

        [LoggerMessage(LogLevel.Warning, "{UserId} acts in so many channels that Slack is not asked about all of them")]
        public static partial void TooManyQuestions(ILogger logger, string userId);
    }
}

/// <summary>It is not known who is in the channel, so nobody may act there who was not seen there.</summary>
public sealed class MembersUnknownException : Exception
{
    /// <summary>Slack does not answer.</summary>
    public MembersUnknownException(Exception inner)
        : base("Slack does not say who is in the channel.", inner) { }

    /// <summary>The person has caused too many questions.</summary>
    public MembersUnknownException(TimeSpan retryAfter)
        : base("Slack is not asked about so many channels.") => RetryAfter = retryAfter;

    /// <summary>Null: Slack does not answer.</summary>
    public TimeSpan? RetryAfter { get; }
}
