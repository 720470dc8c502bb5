using System.Collections.Concurrent;

namespace CoffeeBuddy.Chaos.Record;

public sealed record PlaceOfMessage(string Channel, string Ts);

/// <summary>The newest messages with buttons.</summary>
internal sealed class Board
{
    private readonly ConcurrentDictionary<string, PlaceOfMessage> _announcements = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, PlaceOfMessage> _runners = new(StringComparer.Ordinal);

    public PlaceOfMessage? AnnouncementIn(string channel) => _announcements.GetValueOrDefault(channel);

    public PlaceOfMessage? RunnerMessageOf(string person) => _runners.GetValueOrDefault(person);

    /// <summary>Removes a message whose button no longer exists.</summary>
    public void Forget(PlaceOfMessage place)
    {
        foreach (var places in (ConcurrentDictionary<string, PlaceOfMessage>[])[_announcements, _runners])
        {
            foreach (var pair in places.Where(pair => pair.Value == place))
                places.TryRemove(pair);
        }
    }

    public void Pin(Post post)
    {
        if (post.Kind == MessageKinds.Announcement)
            _announcements[post.Channel] = new(post.Channel, post.Ts);
        else if (post.Kind is MessageKinds.RunnerDm or MessageKinds.Reminder)
            _runners[post.Recipient] = new(post.Channel, post.Ts);
    }
}
